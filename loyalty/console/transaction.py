"""The ledger in the console: to look at, never to change."""

from types import MappingProxyType
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from groundwork.console.actions import ReasonForm
from groundwork.console.grants import Grants
from groundwork.formats.money import money
from loyalty import finding, selectors
from loyalty.errors import NotVoidable
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.services import voids
from tenancy.actor import actor_for
from tenancy.console.base import ConsoleAdmin
from tenancy.roles import MANAGERS, READERS

FEW_CARDS = 200


def who(line: LoyaltyTransaction) -> str:
    """Who did it: the person with the PIN, else the user, else the till or its own system; empty for nobody."""
    user = line.user and (line.user.get_full_name() or line.user.email)
    return str(line.staff_pin or user or line.api_key or line.till or "")


def signed(number: int) -> str:
    """A change with its sign; nothing for no change."""
    return f"{number:+d}".replace("-", "\N{MINUS SIGN}") if number else ""


def by_receipt_or_card(rows: QuerySet, receipts: QuerySet, search_term: str) -> QuerySet:
    """Rows of the receipt that was asked for, if there are any; else those of the cards that match."""
    if not search_term or receipts.exists():
        return receipts if search_term else rows
    cards = finding.matching(LoyaltyCard.all_objects.order_by(), search_term).values_list("pk", flat=True)
    # Few cards are named one by one: their rows may be old, and the database would look for them among the new.
    few = list(cards[: FEW_CARDS + 1])
    return rows.filter(card__in=few if len(few) <= FEW_CARDS else cards)


class LineColumns:
    """What a line says of itself, in the list of all and on the page of its card."""

    @display(description=_("kind"), ordering="transaction_type")
    def kind(self, line: LoyaltyTransaction) -> Any:
        return line.get_transaction_type_display()

    @display(description=_("stamps"))
    def stamps(self, line: LoyaltyTransaction) -> str:
        return signed(line.stamps_delta)

    @display(description=_("points"))
    def points(self, line: LoyaltyTransaction) -> str:
        return signed(line.points_delta)

    @display(description=_("who"))
    def who(self, line: LoyaltyTransaction) -> str:
        return who(line)


@admin.register(LoyaltyTransaction)
class LoyaltyTransactionAdmin(LineColumns, ConsoleAdmin):
    """All lines of the ledger that a user may see, newest first."""

    grants = Grants(view=READERS, act=MANAGERS)
    menu_icon = "receipt_long"
    empty_help = _("Every stamp, every point and every reward is listed here as soon as it is given.")
    actions_detail = ("undo",)
    ordering = ["-id"]
    list_display = ["transaction_at", "kind", "card", "stamps", "points", "store", "merchant", "who", "notes"]
    list_display_links = ["transaction_at", "kind"]
    exported_besides = [
        "id",
        "card_id",
        "amount",
        "order_reference",
        "stamps_owed_after",
        "points_owed_after",
    ]
    exported_as = MappingProxyType(
        {"stamps": "stamps_delta", "points": "points_delta"}
    )  # numbers, without signs
    list_filter = ["transaction_type", "store", "recorded_offline", "merchant"]
    list_select_related = ["card", "store", "merchant", "staff_pin", "user", "api_key", "till"]
    search_fields = ["order_reference", "card__card_number"]
    search_help_text = _("Card number, receipt number, or part of a customer's name or e-mail")
    fieldsets = [
        (None, {"fields": ["merchant", ("transaction_type", "card"), ("transaction_at", "created_at")]}),
        (
            _("What changed"),
            {
                "fields": [
                    ("stamps_delta", "stamps_balance_after", "stamps_owed_after"),
                    ("points_delta", "points_balance_after", "points_owed_after"),
                    ("amount", "order_reference", "purchase"),
                    ("reward_name", "reward_points_cost"),
                    "voids",
                ]
            },
        ),
        (_("Where and who"), {"fields": ["store", ("staff_pin", "user", "api_key", "till"), "notes"]}),
        (_("Trace"), {"fields": [("address", "device"), "recorded_offline"]}),
    ]

    readonly_fields = ["amount", "address", "device"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        receipts = queryset.filter(order_reference=search_term.strip())
        return by_receipt_or_card(queryset, receipts, search_term), False

    def name_in_history(self, row: LoyaltyTransaction) -> str:
        return f"#{row.pk}"

    @display(description=_("amount"))
    def amount(self, line: LoyaltyTransaction) -> str:
        cents = line.purchase_amount_cents
        return "" if cents is None else money(cents, line.merchant.currency)

    @display(description=_("network address"))
    def address(self, line: LoyaltyTransaction) -> str:
        return line.ip_address or ""

    @display(description=_("browser or app"))
    def device(self, line: LoyaltyTransaction) -> str:
        return line.user_agent

    # --- undoing ---

    def has_undo_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        line = self.row(request, obj)
        if line is None or not self.may(request, "act", line):
            return False
        store = line.store or line.card.enrolled_at_store
        settings = selectors.settings_of(line.merchant)
        actor = actor_for(request, line.merchant_id)
        return store is not None and voids.refusal(line, store=store, actor=actor, settings=settings) is None

    @action(description=_("Undo"), permissions=["undo"], icon="undo")
    def undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(
            request,
            object_id,
            title=_("Undo this transaction"),
            explanation=_(
                "The opposite is written to the ledger. What of it is spent already is owed from then on."
            ),
            form_class=ReasonForm,
            perform=self._undo,
        )

    def _undo(self, request: HttpRequest, line: LoyaltyTransaction, cleaned: dict[str, Any]) -> str:
        store = line.store or line.card.enrolled_at_store
        if store is None:
            raise NotVoidable()
        done = voids.void(
            store=store,
            transaction_id=line.pk,
            actor=actor_for(request, line.merchant_id),
            reason=cleaned["reason"],
            asks_for_pin=False,
        )
        if not done.shortfall:
            return gettext("It was undone.")
        return gettext("It was undone; %(count)d were spent already and are owed now.") % {
            "count": done.shortfall
        }
