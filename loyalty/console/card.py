"""Cards in the console: search by anything, balances and ledger to look at."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.birthdays import as_data
from customers.models import InYear
from groundwork.console.grants import Grants
from loyalty import finding
from loyalty.console.card_actions import CardActions, owed_on
from loyalty.console.card_filters import CARD_FILTERS
from loyalty.console.card_import import Importing
from loyalty.console.lines import LineColumns, ledger_link, with_a_line
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.outputs.owed import amounts
from loyalty.ports import card_page
from loyalty.reporting import standings
from loyalty.rules import POINT
from tenancy.console.asked_list import AskedList
from tenancy.console.base import ConsoleAdmin, ReadOnlyInline
from tenancy.roles import MANAGERS, OWNERS, READERS

# Columns of a card that are its customer's, by what sorts them.
OF_CUSTOMERS = {
    "birthday": "birthday_in_year",
    "language": "customer__preferred_language",
    "consent": "customer__marketing_consent",
}


def valid_at(card: LoyaltyCard) -> Any:
    """The one store where a card is valid, or the words for all of them."""
    return card.scope_store or _("all stores")


def state_of(card: LoyaltyCard) -> tuple[str, Any]:
    """Whether a card can be used: a key for its colour, and the word."""
    if card.merged_into_id:
        return "merged", _("merged")
    return ("on", _("active")) if card.is_active else ("off", _("deactivated"))


class LedgerInline(LineColumns, ReadOnlyInline):
    """All that happened to a card, newest first; also what happened at other stores."""

    grants = Grants(view=READERS)
    model = LoyaltyTransaction
    fk_name = "card"
    per_page = 20
    ordering = ["-id"]
    hide_title = True
    fields = ["when", "kind", "stamps", "points", "balance", "amount", "reward_then", "store", "who", "notes"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return with_a_line(LoyaltyTransaction.objects.all()).order_by("-id")


@admin.register(LoyaltyCard)
class LoyaltyCardAdmin(CardActions, Importing, AskedList, ConsoleAdmin):
    """A customer's card. Its QR code and page address are secrets and not shown."""

    grants = Grants(view=READERS, delete=OWNERS, act=MANAGERS)
    menu_icon = "loyalty"
    empty_help = _(
        "Customers get a card at the till or with the QR code on the counter; those you have already can be imported."
    )
    inlines = [LedgerInline]
    list_display = [
        "number",
        "customer",
        "stamp_count",
        "points_balance",
        "merchant",
        "owed_now",
        "valid_at",
        "state",
        "enrolled",
        "last_activity_at",
    ]
    columns_besides = [
        "email",
        "phone",
        "birthday",
        "language",
        "consent",
        "total_stamps_earned",
        "stamps_redeemed",
        "total_points_earned",
        "points_redeemed",
        "enrolled_at_store",
    ]
    companion = "standing"
    companion_columns = MappingProxyType(
        {
            "stamp_count": "stamps",
            "points_balance": "points",
            "owed_now": "owed",
            "last_activity_at": "last_activity_at",
        }
    )
    list_filter = list(CARD_FILTERS)
    list_filter_submit = True
    list_select_related = ["customer", "merchant", "scope_store", "enrolled_at_store"]
    search_fields = ["card_number"]
    search_help_text = _("Card number, or part of a customer's name, e-mail or phone")
    fieldsets = [
        (None, {"fields": ["merchant", ("number", "is_active"), ("customer", "program"), "codes", "ledger"]}),
        (
            _("Balances"),
            {
                "fields": [
                    ("stamp_count", "total_stamps_earned", "stamps_redeemed", "total_stamps_voided"),
                    ("points_balance", "total_points_earned", "points_redeemed", "total_points_voided"),
                    "owed",
                ]
            },
        ),
        (
            _("Where and when"),
            {
                "fields": [
                    ("enrolled_at_store", "valid_at", "merged_into"),
                    ("created_at", "last_activity_at", "last_stamp_at", "last_points_at"),
                ]
            },
        ),
    ]
    readonly_fields = ["number", "codes", "valid_at", "owed", "created_at", "ledger"]
    exported_besides = [
        "stamps_owed",
        "points_owed",
        "codes",
        "email",
        "first_name",
        "last_name",
        "phone",
        "birthday",
        "language",
        "consent",
        "created_at",
        "id",
        "customer_id",
    ]
    exported_as = MappingProxyType({"points_balance": "points_exactly", "language": "language_code"})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return finding.matching(queryset, search_term), False

    def rows_shown(self, request: HttpRequest) -> QuerySet:
        return super().rows_shown(request).prefetch_related("codes")

    def added_inlines(self) -> Sequence[type]:
        return [inline for app in card_page for inline in app.card_inlines()]

    def store_in_history(self, row: LoyaltyCard) -> int | None:
        return row.enrolled_at_store_id

    @display(description=_("card number"), ordering="card_number")
    def number(self, card: LoyaltyCard) -> str:
        return card.display_number

    @display(description=_("codes of earlier cards"))
    def codes(self, card: LoyaltyCard) -> str:
        return ", ".join(code.code for code in card.codes.all())

    @display(description=_("transactions"))
    def ledger(self, card: LoyaltyCard) -> str:
        return ledger_link(_("All of this card in the list of transactions"), card=card.pk)

    # --- columns of its file, by which somebody else's system, or ours, knows the person again ---

    def points_exactly(self, card: LoyaltyCard) -> int | Decimal:
        fraction = Decimal(card.points_fraction) / POINT
        return card.points_balance + fraction if fraction else card.points_balance

    @display(description=_("e-mail"))
    def email(self, card: LoyaltyCard) -> str:
        return card.customer.email or ""

    @display(description=_("first name"))
    def first_name(self, card: LoyaltyCard) -> str:
        return card.customer.first_name

    @display(description=_("last name"))
    def last_name(self, card: LoyaltyCard) -> str:
        return card.customer.last_name

    @display(description=_("phone"))
    def phone(self, card: LoyaltyCard) -> str:
        return card.customer.phone

    @display(description=_("birthday"), ordering=InYear("customer__birth_date"))
    def birthday(self, card: LoyaltyCard) -> Any:
        return as_data(card.customer.birth_date)

    @display(description=_("language"), ordering="customer__preferred_language")
    def language(self, card: LoyaltyCard) -> str:
        return card.customer.get_preferred_language_display()

    def language_code(self, card: LoyaltyCard) -> str:
        return card.customer.preferred_language

    @display(description=_("wants offers by e-mail"), ordering="customer__marketing_consent", boolean=True)
    def consent(self, card: LoyaltyCard) -> bool:
        return card.customer.marketing_consent

    @display(description=_("owed"))
    def owed(self, card: LoyaltyCard) -> Any:
        return format_html_join(mark_safe("<br>"), "{}", ([sentence] for sentence in owed_on(card)))

    @display(description=_("owed"), ordering="points_owed")
    def owed_now(self, card: LoyaltyCard) -> str:
        return ", ".join(amounts(stamps=card.stamps_owed, points=card.points_owed))

    @display(description=_("card since"), ordering="id")
    def enrolled(self, card: LoyaltyCard) -> Any:
        return timezone.localtime(card.created_at).date()

    def sorted_when_long(self, request: HttpRequest) -> Sequence[str]:
        return *super().sorted_when_long(request), "enrolled"

    def sorted_beside(self) -> Collection[str]:
        return {*super().sorted_beside(), *OF_CUSTOMERS}

    def with_what_is_beside(
        self, request: HttpRequest, rows: QuerySet, column: str
    ) -> tuple[QuerySet, Sequence[str]] | None:
        """What customers are sorted by sorts their cards: by an index that only a change of the customer writes."""
        if column not in OF_CUSTOMERS:
            return super().with_what_is_beside(request, rows, column)
        rows = rows.filter(customer__isnull=False, **self.of_one_merchant(request, "customer"))
        rows = rows.annotate(birthday_in_year=InYear("customer__birth_date"))
        return rows, (OF_CUSTOMERS[column], "customer__id", "id")

    def companion_filter(self, request: HttpRequest) -> dict[str, Any] | None:
        return super().companion_filter(request) if standings.are_made() else None

    @display(description=_("valid at"))
    def valid_at(self, card: LoyaltyCard) -> Any:
        return valid_at(card)

    @display(
        description=_("state"),
        ordering="is_active",
        label={"on": "success", "off": "danger", "merged": "default"},
    )
    def state(self, card: LoyaltyCard) -> tuple[str, Any]:
        return state_of(card)
