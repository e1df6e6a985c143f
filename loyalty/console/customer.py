"""What loyalty adds to a customer's page: their cards."""

from collections.abc import Collection, Sequence
from typing import Any

from django.contrib.admin import ListFilter
from django.db.models import (
    Aggregate,
    BigIntegerField,
    DateTimeField,
    F,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.models import Customer
from groundwork.console.grants import Grants
from loyalty import finding
from loyalty.console.balance_filters import CUSTOMER_FILTERS
from loyalty.console.card import state_of, valid_at
from loyalty.console.lines import LineColumns, ledger_link, with_a_line
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.reporting import standings
from tenancy.console.base import ReadOnlyInline
from tenancy.roles import READERS

LINES_SHOWN = 50
LINE_COLUMNS = ("when", "kind", "amount", "stamps", "points", "balance", "receipt", "reward_then", "who")


class CardInline(ReadOnlyInline):
    """The living cards of a customer; the number leads to the card's page and its buttons."""

    grants = Grants(view=READERS)
    model = LoyaltyCard
    fk_name = "customer"
    hide_title = True
    ordering = ["-id"]
    fields = ["number", "stamp_count", "points_balance", "valid_at", "state", "last_activity_at"]

    @display(description=_("card number"))
    def number(self, card: LoyaltyCard) -> str:
        page = reverse("admin:loyalty_loyaltycard_change", args=[card.pk])
        return format_html('<a class="console-link" href="{}">{}</a>', page, card.display_number)

    @display(description=_("valid at"))
    def valid_at(self, card: LoyaltyCard) -> Any:
        return valid_at(card)

    @display(description=_("state"))
    def state(self, card: LoyaltyCard) -> Any:
        return state_of(card)[1]


def customer_sections(customer: Customer) -> Sequence[dict[str, Any]]:
    """What happened on all cards of a customer, the newest first, with what they held after each line."""
    lines = with_a_line(LoyaltyTransaction.objects.filter(card__customer=customer).select_related("card"))
    columns, newest = LineColumns(), lines.order_by("-id")[: LINES_SHOWN + 1]
    shown = [
        {name: getattr(columns, name)(line) for name in LINE_COLUMNS} | {"card": line.card, "line": line}
        for line in newest
    ]
    more = ledger_link(_("All transactions"), customer=customer.pk) if len(shown) > LINES_SHOWN else ""
    return [{"template": "admin/customer_ledger.html", "lines": shown[:LINES_SHOWN], "more": more}]


def with_balances(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Customers with what they have on their living cards, counted as they are read."""
    cards = LoyaltyCard.objects.filter(customer=OuterRef("pk")).order_by().values("customer")

    def together(figure: Aggregate) -> Subquery:
        return Subquery(cards.annotate(figure=figure).values("figure"))

    moment = DateTimeField()
    seen = Max(Coalesce("last_activity_at", "created_at", output_field=moment))
    return customers.annotate(
        stamps=Coalesce(together(Sum("stamp_count")), 0),
        points=Coalesce(together(Sum("points_balance", output_field=BigIntegerField())), 0),
        owed=Coalesce(together(Sum(F("stamps_owed") + F("points_owed"))), 0),
        last_activity_at=Coalesce(together(seen), "created_at", output_field=moment),
    )


def customer_filters() -> Sequence[type[ListFilter]]:
    """The filters by what they have."""
    return CUSTOMER_FILTERS


def balances_are_kept() -> bool:
    """Whether every customer in sight has a standing."""
    return standings.are_made()


def customer_inlines() -> Sequence[type]:
    """The table of a customer's cards."""
    return [CardInline]


def customers_of_code(text: str) -> Collection[int]:
    """The customers of the cards that a whole number, QR code or code of an earlier card means."""
    return list(finding.with_whole_code(text).values_list("customer", flat=True))
