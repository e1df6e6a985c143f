"""What cards and customers had a moment ago, kept for lists: `CardStanding` and `CustomerStanding`.

    standings.move_on(calendar)                       # each minute: what has lines since is copied from the cards
    standings.narrowed(cards, merchant_id, Q(stamps__gte=5))  # a list: by an index, and what is newer
    standings.copy_batches(merchant_id, batches, sign=-1)  # cards go or come back: their customers have less, or more

A card and a customer have one from the moment they are made, by a trigger: no list leaves anybody out.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from loyalty.models import CardStanding, CustomerStanding, LoyaltyCard, LoyaltyTransaction, MerchantCalendar

# Cards with a line above the one up to which it was copied; all of them the first time.
SINCE = """SELECT line.card_id FROM loyalty_loyaltytransaction line
    WHERE line.merchant_id = %(merchant)s AND line.id > %(after)s AND line.id <= %(upto)s"""
EVERY = "SELECT id FROM loyalty_loyaltycard WHERE merchant_id = %(merchant)s"
BATCH = "SELECT id FROM loyalty_loyaltycard WHERE merchant_id = %(merchant)s AND deletion_batch = ANY(%(batches)s)"
FEW = 5_000  # of all, named one by one
COPIED = ("stamps", "points", "owed", "last_activity_at")


def _kept(table: str, key: str, rows: str) -> str:
    """Insert rows, or put them in the place of those that differ; in the order of their keys, as locks are taken."""
    names = ", ".join(COPIED)
    new = ", ".join(f"EXCLUDED.{name}" for name in COPIED)
    old = ", ".join(f"kept.{name}" for name in COPIED)
    return f"""
INSERT INTO {table} AS kept ({key}, merchant_id, {names}) {rows} ORDER BY 1
ON CONFLICT ({key}) DO UPDATE SET ({names}) = ({new}) WHERE ({old}) IS DISTINCT FROM ({new})"""


CARDS = _kept(
    "loyalty_cardstanding",
    "card_id",
    """
SELECT id, merchant_id, stamp_count, points_balance, stamps_owed + points_owed, COALESCE(last_activity_at, created_at)
FROM loyalty_loyaltycard WHERE merchant_id = %(merchant)s AND id IN ({cards})""",
)
CUSTOMERS = _kept(
    "loyalty_customerstanding",
    "customer_id",
    """
SELECT customer.id, customer.merchant_id, COALESCE(SUM(stamp_count), 0), COALESCE(SUM(points_balance), 0),
    COALESCE(SUM(stamps_owed + points_owed), 0),
    COALESCE(MAX(COALESCE(card.last_activity_at, card.created_at)), customer.created_at)
FROM customers_customer customer
LEFT JOIN loyalty_loyaltycard card ON card.customer_id = customer.id AND {is_there}
WHERE customer.merchant_id = %(merchant)s AND {which}
GROUP BY customer.id""",
)
THERE = "card.deleted_at IS NULL"
COMING_BACK = "(card.deleted_at IS NULL OR card.deletion_batch = ANY(%(batches)s))"
OF_CARDS = "customer.id IN (SELECT customer_id FROM loyalty_loyaltycard WHERE id IN ({cards}))"


def move_on(calendar: MerchantCalendar) -> None:
    """Copy what has lines since the last time; the caller has locked the calendar, and saves it."""
    if calendar.safe_id <= calendar.standings_upto:
        return
    is_first = calendar.standings_upto == 0
    values = {
        "merchant": calendar.merchant_id,
        "after": calendar.standings_upto,
        "upto": calendar.safe_id,
    }
    _copy(EVERY if is_first else SINCE, values, customers="true" if is_first else OF_CARDS)
    calendar.standings_upto = calendar.safe_id


def copy_batches(merchant_id: int, batches: Sequence[UUID], *, sign: int) -> None:
    """Copy the cards of deletion batches, and what their customers have without them (-1) or with them again (+1)."""
    _copy(
        BATCH,
        {"merchant": merchant_id, "batches": list(batches)},
        is_there=COMING_BACK if sign > 0 else THERE,
    )


def _copy(which: str, values: dict[str, Any], *, customers: str = OF_CARDS, is_there: str = THERE) -> None:
    with connection.cursor() as cursor:
        cursor.execute(CARDS.format(cards=which), values)
        cursor.execute(CUSTOMERS.format(which=customers.format(cards=which), is_there=is_there), values)


def narrowed(rows: QuerySet, merchant_id: int | None, kept: Q) -> QuerySet:
    """Cards or customers that may have what is asked, where it is few: those that had it when they were copied last,
    by an index, and all with a line since. What they have now is still to be asked of themselves.

    Where it is many they are come upon soon enough, from the newest on.

    Args:
        merchant_id: whose they are; None where there are several merchants' among them: then nothing is narrowed.
    """
    calendars = MerchantCalendar.objects.filter(merchant_id=merchant_id)
    upto = calendars.values_list("standings_upto", flat=True).first() if merchant_id else None
    if not upto:
        return rows
    table, key, of = (
        (CardStanding, "card", "card")
        if rows.model is LoyaltyCard
        else (CustomerStanding, "customer", "card__customer")
    )
    had = table._default_manager.filter(kept, merchant_id=merchant_id).order_by()
    since = LoyaltyTransaction.objects.filter(merchant_id=merchant_id, pk__gt=upto).order_by()
    known = [*had.values_list(key, flat=True)[: FEW + 1], *since.values_list(of, flat=True)[: FEW + 1]]
    return rows.filter(pk__in=set(known)) if len(known) <= FEW else rows


def are_made() -> bool:
    """Whether each card and customer in sight has its standing: they are made once after this came to be."""
    return not MerchantCalendar.objects.filter(standings_upto=0).exists()
