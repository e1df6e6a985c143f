"""What loyalty adds to the list of customers: what they have on their cards."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
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

from customers.models import Customer
from loyalty import finding, rules
from loyalty.console.balance_filters import CUSTOMER_FILTERS
from loyalty.models import LoyaltyCard
from loyalty.reporting import standings


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


def with_nets(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Customers with the net of their living cards: stamps, and points in their ten-thousandths."""
    cards = LoyaltyCard.objects.filter(customer=OuterRef("pk")).order_by().values("customer")
    stamps = Sum(F("stamp_count") - F("stamps_owed"))
    points = Sum((F("points_balance") - F("points_owed")) * rules.POINT + F("points_fraction"))
    return customers.annotate(
        stamps_net=Coalesce(Subquery(cards.annotate(net=stamps).values("net")), 0),
        points_net=Coalesce(
            Subquery(cards.annotate(net=points).values("net")), 0, output_field=BigIntegerField()
        ),
    )


def on_one_card(customer: Any) -> Mapping[str, int | Decimal]:
    """What somebody would have if all their cards were one, as merging them would make it: what is owed on one card is
    paid by the other.
    """
    points, owed, fraction = rules.split(customer.points_net)
    return {
        "stamps": max(customer.stamps_net, 0),
        "stamps_owed": max(-customer.stamps_net, 0),
        "points": points + Decimal(fraction) / rules.POINT if fraction else points,
        "points_owed": owed,
    }


def customer_filters() -> Sequence[type[ListFilter]]:
    """The filters by what they have."""
    return CUSTOMER_FILTERS


def balances_are_kept() -> bool:
    """Whether every customer in sight has a standing."""
    return standings.are_made()


def customers_of_code(text: str) -> Collection[int]:
    """The customers of the cards that a whole number, QR code or code of an earlier card means."""
    return list(finding.with_whole_code(text).values_list("customer", flat=True))
