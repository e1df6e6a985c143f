"""What the ledger can be asked: who, where, when, what, for how much, and for whom."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from groundwork.console.filters import AmountFilter, AskedFilter, ConditionFilter, MomentFilter, RowFilter
from groundwork.formats.currencies import minor_digits
from loyalty.models import LoyaltyCard, LoyaltyTransaction, TransactionType
from loyalty.reporting.counting import POINTS_GIVEN, STAMPS_GIVEN
from loyalty.visiting import VISITS
from tenancy.models import Merchant, StoreUser, User
from tenancy.roles import has_one_merchant, merchant_ids, visible_to

CARDS_OF_A_PERSON = 200


class WhenFilter(MomentFilter):
    title = _("when")
    parameter_name = "when"
    field = "transaction_at"


class KindFilter(AskedFilter):
    """Every kind of line, as a choice."""

    template = "admin/filter_rows.html"
    title = _("kind")
    parameter_name = "transaction_type__exact"
    field = "transaction_type"

    def read(self, text: str) -> str:
        return TransactionType(text).value

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        kind = self.values.get(self.parameter_name)
        return queryset.filter(transaction_type=kind) if kind else queryset

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        chosen = self.values.get(self.parameter_name, "")
        for value, label in [("", _("All")), *TransactionType.choices]:
            yield {
                "value": value,
                "display": capfirst(label),
                "selected": value == chosen,
                "query_string": changelist.get_query_string({self.parameter_name: value or None}),
            }


UNDOING = LoyaltyTransaction.objects.filter(voids=OuterRef("pk")).order_by()


class UndoneFilter(ConditionFilter):
    """What stands, what was undone, and what undoes."""

    title = _("undone or not")
    parameter_name = "state"
    conditions = MappingProxyType(
        {
            # Said so, and not by a join: of that the planner expects one row, and reads the whole ledger for it.
            "stands": (_("Stands"), Q(~Exists(UNDOING), voids__isnull=True)),
            "undone": (_("Was undone"), Q(voided_by__isnull=False)),
            "undoes": (_("Undoes another"), Q(voids__isnull=False)),
        }
    )

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() != "undone":
            return super().queryset(request, queryset)
        # From the few that undo to what they undid: joined the other way round, every line would be looked at.
        undoing = LoyaltyTransaction.objects.filter(voids__isnull=False)
        return queryset.filter(pk__in=undoing.order_by().values("voids"))


class GivenFilter(ConditionFilter):
    """What amounts to the stamps and points given, as the overview counts them: less what was taken back."""

    title = _("what counts as given")
    parameter_name = "given"
    conditions = MappingProxyType(
        {
            "stamps": (_("Stamps given"), Q(STAMPS_GIVEN, card__deleted_at__isnull=True)),
            "points": (_("Points given"), Q(POINTS_GIVEN, card__deleted_at__isnull=True)),
        }
    )


class VisitFilter(ConditionFilter):
    """What makes a day of a card a visit."""

    title = _("visits")
    parameter_name = "visit"
    conditions = MappingProxyType(
        {"yes": (_("What makes a visit"), Q(~Exists(UNDOING), transaction_type__in=VISITS))}
    )


class PurchaseAmountFilter(AmountFilter):
    title = _("amount")
    parameter_name = "amount"
    field = "purchase_amount_cents"

    def digits(self) -> int:
        if not has_one_merchant(self.asker.user):
            return super().digits()
        (merchant_id,) = merchant_ids(self.asker.user)
        return minor_digits(Merchant.objects.get(pk=merchant_id).currency)


class WhoFilter(RowFilter):
    """Somebody who stands in lines, also if they are there no more."""

    def rows(self) -> QuerySet:
        remote: Any = LoyaltyTransaction._meta.get_field(self.field).related_model
        known = getattr(remote, "all_objects", remote._default_manager)
        rows: QuerySet = self.page.visible(self.asker, known.all())
        return rows


class StaffPinFilter(WhoFilter):
    title = _("staff PIN")
    parameter_name = field = "staff_pin"


class UserFilter(WhoFilter):
    title = _("user")
    parameter_name = field = "user"

    def rows(self) -> QuerySet:
        """Whoever is or was a member where this person sees the members."""
        members = visible_to(self.asker.user, StoreUser.all_objects.order_by())
        return User.objects.filter(pk__in=members.values("user")).order_by("email")

    def name_of(self, row: User) -> str:
        return row.get_full_name() or row.email


class ApiKeyFilter(WhoFilter):
    title = _("API key")
    parameter_name = field = "api_key"


class TillFilter(WhoFilter):
    title = _("till")
    parameter_name = field = "till"


class RewardFilter(WhoFilter):
    title = _("reward")
    parameter_name = field = "reward"


class CardFilter(WhoFilter):
    """One card; its page leads here."""

    title = _("card")
    parameter_name = field = "card"
    offers = False


class CustomerFilter(RowFilter):
    """All cards of one person; their page leads here."""

    title = _("customer")
    parameter_name = field = "customer"
    offers = False

    def rows(self) -> QuerySet:
        rows: QuerySet = self.page.visible(self.asker, Customer.all_objects.all())
        return rows

    def of(self, chosen: int) -> Q:
        cards = LoyaltyCard.all_objects.filter(customer=chosen).order_by().values_list("pk", flat=True)
        # Named one by one: the database would look for the lines of few cards among the newest.
        return Q(card__in=list(cards[:CARDS_OF_A_PERSON]))


LEDGER_FILTERS = (
    WhenFilter,
    KindFilter,
    UndoneFilter,
    GivenFilter,
    VisitFilter,
    "store",
    StaffPinFilter,
    UserFilter,
    TillFilter,
    ApiKeyFilter,
    PurchaseAmountFilter,
    RewardFilter,
    CardFilter,
    CustomerFilter,
    "recorded_offline",
    "merchant",
)
