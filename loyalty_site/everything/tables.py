"""Which tables a merchant's export has, with which columns; and those that it has not, each with the reason.

A table of merchants that is in neither list fails a test, and so does a column that looks like a secret and is in none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Field, Model, QuerySet

# How rows are worked on, and what is made of other columns: nobody's data.
INNER = frozenset(
    {
        "attempts",
        "deletion_batch",
        "lease",
        "leased_until",
        "losses",
        "next_attempt_at",
        "points_idle_month",
        "reference_key",
        "search_text",
    }
)
# What opens something for whoever has it.
SECRET: Mapping[str, frozenset[str]] = {
    "loyalty.LoyaltyCard": frozenset({"access_token"}),
    "loyalty.StaffPin": frozenset({"pin_hash"}),
    "tenancy.ApiKey": frozenset({"key_hash"}),
    "tenancy.Till": frozenset({"token_hash", "code_hash", "display_hash"}),
    "wallet.WalletPass": frozenset({"auth_token", "card_key"}),
    "webhooks.Endpoint": frozenset({"secret", "former_secret", "earlier_secrets"}),
}


@dataclass(frozen=True)
class Table:
    """A table of the export: `also` are columns that stand in another table, by their path from this one.

    `without`: columns that are left out besides secrets and inner ones.
    """

    name: str
    label: str
    also: Sequence[str] = ()
    without: frozenset[str] = field(default_factory=frozenset)

    @property
    def model(self) -> type[Model]:
        return apps.get_model(self.label)

    def fields(self) -> Iterator[tuple[str, Field]]:
        """The columns and what they hold, in order."""
        hidden = INNER | self.without | SECRET.get(self.label, frozenset())
        for each in self.model._meta.concrete_fields:
            if each.name not in hidden:
                yield each.attname, each
        for path in self.also:
            yield path.replace("__", "_"), _at(self.model, path)

    def rows(self, merchant_id: int) -> QuerySet:
        """All rows of a merchant, deleted ones too, with its columns; in the order of their ids."""
        known = getattr(self.model, "all_objects", self.model._default_manager)
        whose = getattr(self.model, "merchant_path", "merchant_id")
        columns = [each.attname for each in self.model._meta.concrete_fields]
        named = dict(self.fields())
        asked = [name for name in columns if name in named] + list(self.also)
        rows: QuerySet = known.filter(**{whose: merchant_id}).order_by("pk").values_list("pk", *asked)
        return rows


def _at(model: type[Model], path: str) -> Any:
    *way, last = path.split("__")
    for step in way:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return model._meta.get_field(last)


TABLES = (
    Table("merchant", "tenancy.Merchant"),
    Table("stores", "tenancy.Store"),
    Table("members", "tenancy.StoreUser", also=("user__email", "user__first_name", "user__last_name")),
    Table("invitations", "tenancy.Invitation"),
    Table("invitation_stores", "tenancy.InvitedStore"),
    Table("tills", "tenancy.Till"),
    Table("api_keys", "tenancy.ApiKey"),
    Table("history", "tenancy.HistoryEntry", also=("content_type__model", "user__email")),
    Table("settings", "loyalty.MerchantLoyaltySettings", without=frozenset({"import_columns"})),
    Table("programs", "loyalty.LoyaltyProgram"),
    Table("terms", "loyalty.ProgramTerms"),
    Table("rewards", "loyalty.PointsReward"),
    Table("promotions", "loyalty.Promotion"),
    Table("promotion_uses", "loyalty.PromotionUse"),
    Table("invitations_of_friends", "loyalty.FriendLink"),
    Table("friends", "loyalty.Friend"),
    Table("gifts_for_friends", "loyalty.FriendGift"),
    Table("staff_pins", "loyalty.StaffPin"),
    Table("customers", "customers.Customer"),
    Table("cards", "loyalty.LoyaltyCard"),
    Table("card_codes", "loyalty.CardCode"),
    Table("card_batches", "loyalty.CardBatch"),
    Table("printed_cards", "loyalty.PrintedCard"),
    Table("transactions", "loyalty.LoyaltyTransaction"),
    Table("purchases", "loyalty.Purchase"),
    Table("returns", "loyalty.PurchaseReturn"),
    Table("undo_batches", "loyalty.UndoBatch"),
    Table("undo_lines", "loyalty.UndoneLine"),
    Table("imports", "loyalty.ImportBatch"),
    Table("imported_people", "loyalty.ImportedPerson"),
    Table("observations", "loyalty.Observation"),
    Table("saved_questions", "tenancy.SavedQuestion", also=("user__email",)),
    Table("daily_figures", "loyalty.DailyFigures"),
    Table("email_templates", "notifications.EmailTemplate"),
    Table("emails", "notifications.EmailLog", without=frozenset({"context", "dedup_key"})),
    Table("address_problems", "notifications.AddressProblem"),
    Table("wallet_passes", "wallet.WalletPass"),
    Table("wallet_offers", "wallet.WalletOffer"),
    Table("pass_designs", "wallet.PassDesign"),
    Table("webhook_endpoints", "webhooks.Endpoint"),
)

LEFT_OUT: Mapping[str, str] = {
    "loyalty.CardStanding": "says again what the cards say, for long lists",
    "loyalty.CustomerStanding": "says again what the cards say, for long lists",
    "loyalty.CardVisits": "made of transactions, for long lists",
    "loyalty.VisitFigures": "made of cards and transactions, to count faster",
    "loyalty.CardSnapshot": "made of cards and transactions, to count faster",
    "loyalty.MerchantCalendar": "how far figures are counted",
    "loyalty.StaffToken": "opens a till for minutes; nothing but secrets",
    "notifications.TextMessage": "a queue: a text is not kept once it is sent",
    "tenancy.FormerRow": "what rows said before they were changed, for days; each person's export has theirs",
    "tenancy.IdempotencyKey": "answers kept for repeated calls, for hours",
    "tenancy.OutboxMessage": "a queue; what it tells of is in the other tables",
    "tenancy.SettledMessage": "what left that queue, for a week",
    "wallet.AppleDeviceRegistration": "addresses of phones, which are of use to the wallet alone",
    "webhooks.EventLog": "a counter",
    "webhooks.Progress": "how far events are made",
    "webhooks.Event": "says again what the other tables say, for days",
    "webhooks.Delivery": "a queue; what was told to whom, for days",
}
