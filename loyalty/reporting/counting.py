"""Counting the ledger: what its lines amount to, by store and local day."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce, TruncDate

from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.models import TransactionType as Kind
from loyalty.reporting import cards_then
from tenancy.models import Merchant


def big(field: str) -> Cast:
    """A column as a number that does not overflow when a million of them are added."""
    return Cast(F(field), BigIntegerField())


def _sum(field: str, condition: Q, factor: int = 1) -> Coalesce:
    return Coalesce(Sum(big(field) * Value(factor), filter=condition), Value(0))


def _count(condition: Q) -> Count:
    return Count("id", filter=condition)


UNDOES = "voids__transaction_type"
WAS_ISSUED = ~Q(**{UNDOES: Kind.OPENING_BALANCE})  # what was brought over was given elsewhere
TAKEN_BACK = Q(WAS_ISSUED, transaction_type=Kind.POINTS_VOIDED, points_delta__lt=0)
POINTS_BACK = Q(transaction_type=Kind.POINTS_RETURNED) | Q(**{UNDOES: Kind.POINTS_RETURNED})
STAMPS_GIVEN = (
    Q(transaction_type__in=[Kind.STAMP_EARNED, Kind.FRIEND_BONUS])
    | Q(WAS_ISSUED, transaction_type=Kind.STAMP_VOIDED, stamps_delta__lt=0)
    | Q(transaction_type=Kind.STAMPS_RETURNED)
    | Q(**{UNDOES: Kind.STAMPS_RETURNED})
)
POINTS_GIVEN = (
    Q(transaction_type__in=[Kind.WELCOME_BONUS, Kind.POINTS_EARNED, Kind.FRIEND_BONUS])
    | Q(transaction_type=Kind.POINTS_ADJUSTMENT, points_delta__gt=0)
    | TAKEN_BACK
    | POINTS_BACK
)


def _ledger_figures() -> dict[str, Any]:
    """The aggregates behind FIGURES, over any set of ledger lines."""
    up, down = Q(points_delta__gt=0), Q(points_delta__lt=0)
    given_back = Q(transaction_type=Kind.STAMP_VOIDED, **{UNDOES: Kind.STAMP_REDEEMED})
    undone_redemption = Q(transaction_type=Kind.POINTS_VOIDED, **{UNDOES: Kind.POINTS_REDEEMED})
    undone_deduction = Q(up, transaction_type=Kind.POINTS_VOIDED, **{UNDOES: Kind.POINTS_ADJUSTMENT})
    redeemed = Q(transaction_type=Kind.POINTS_REDEEMED)
    deducted = Q(down, transaction_type=Kind.POINTS_ADJUSTMENT)
    forgiven = Q(transaction_type__in=[Kind.DEBT_FORGIVEN, Kind.FORGIVENESS_ADJUSTED])
    expired = Q(transaction_type__in=[Kind.POINTS_EXPIRED, Kind.EXPIRY_ADJUSTED])
    return {
        "new_cards": _count(Q(transaction_type=Kind.CARD_CREATED)),
        "stamps": _sum("stamps_delta", STAMPS_GIVEN),
        "stamps_redeemed": _count(Q(transaction_type=Kind.STAMP_REDEEMED)) - _count(given_back),
        "points_issued": _sum("points_delta", POINTS_GIVEN),
        "points_redeemed": _sum("points_delta", redeemed | undone_redemption, factor=-1),
        "points_redemptions": _count(redeemed) - _count(undone_redemption),
        "points_expired": _sum("points_delta", expired, factor=-1),
        "points_voided": _sum(
            "points_delta",
            TAKEN_BACK | POINTS_BACK | deducted | undone_deduction | forgiven,
            factor=-1,
        ),
    }


def living_lines(merchant: Merchant) -> QuerySet[LoyaltyTransaction]:
    """The ledger of a merchant's living cards; the deleted ones are fewer to look at."""
    deleted = LoyaltyCard.deleted_objects.filter(merchant=merchant).order_by()
    return LoyaltyTransaction.objects.filter(~Q(card__in=deleted.values("pk")), merchant=merchant)


def count_days(
    lines: QuerySet[LoyaltyTransaction],
    merchant: Merchant,
    *,
    start: date | None,
    end: date | None = None,
    after_line: int = 0,
    upto_line: int | None = None,
) -> list[dict[str, Any]]:
    """Figures per store and local day from the ledger alone; `end` is excluded, and so is the line `after_line`."""
    if start is not None:
        lines = lines.filter(transaction_at__gte=cards_then.midnight(start, merchant))
    if end is not None:
        lines = lines.filter(transaction_at__lt=cards_then.midnight(end, merchant))
    if after_line:
        lines = lines.filter(pk__gt=after_line)
    if upto_line is not None:
        lines = lines.filter(pk__lte=upto_line)
    by_day = lines.annotate(date=TruncDate("transaction_at", tzinfo=merchant.tzinfo)).order_by()
    rows: Iterable[Any] = by_day.values("store_id", "date").annotate(**_ledger_figures())
    return list(rows)
