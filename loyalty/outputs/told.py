"""What is told of lines of the ledger to those who were not there: each with its card as it was after that line.

Lines never change. A card does: its figures are those of its ledger up to the line, whatever has happened since.
"""

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import NotRequired, TypedDict

from django.db.models import Max, OuterRef, QuerySet, Subquery, Sum

from loyalty import rules, selectors
from loyalty.ledger import LAST_TIMES
from loyalty.models import LoyaltyCard, LoyaltyTransaction, PurchaseReturn, TransactionType
from loyalty.models import Purchase as PurchaseRow
from loyalty.models.card import COUNTERS
from loyalty.outputs.card import CardFacts, facts
from loyalty.outputs.purchase import Purchase, purchase
from loyalty.outputs.transaction import Transaction, transaction, with_people

CLOSES = (TransactionType.CARD_DEACTIVATED, TransactionType.MERGE_OUT)
OF_CARD = ("program", "merchant", "customer", "enrolled_at_store", "scope_store")
OF_PURCHASE = ("card__customer", "store")


class LineTold(TypedDict):
    """A line, and its card after it; the purchase as it was then, where the line is of one."""

    transaction: Transaction
    card: CardFacts
    purchase: NotRequired[Purchase]


def to_tell(lines: QuerySet[LoyaltyTransaction]) -> QuerySet[LoyaltyTransaction]:
    """Lines together with all that is told of them."""
    of_purchase = [f"purchase__{name}" for name in OF_PURCHASE]
    return with_people(lines).select_related(
        "store", "staff_pin", "card__customer", "card__program", "purchase_return", *of_purchase
    )


def cards_to_tell(card_ids: Iterable[int]) -> Mapping[int, LoyaltyCard]:
    """Cards by id, deleted ones too, with all that is told of them; `newest_line` is the last one of each."""
    lines = LoyaltyTransaction.objects.filter(card=OuterRef("pk")).order_by("-pk")
    rows = LoyaltyCard.all_objects.filter(pk__in=set(card_ids)).select_related(*OF_CARD)
    rows = selectors.annotated(rows).annotate(newest_line=Subquery(lines.values("pk")[:1]))
    return {row.pk: row for row in rows}


def lines_told(lines: Sequence[LoyaltyTransaction]) -> list[LineTold]:
    """Some lines (`to_tell`) in their order."""
    cards = cards_to_tell(line.card_id for line in lines)
    told: list[LineTold] = []
    for line in lines:
        card = cards[line.card_id]
        then = card if card.newest_line == line.pk else _at(card, line)  # type: ignore[attr-defined]
        one: LineTold = {
            "transaction": {**transaction(line, can_void=False), "voided_by": None},
            "card": facts(then),
        }
        if line.purchase is not None:
            one["purchase"] = purchase_told(line.purchase, upto=line.purchase_return)
        told.append(one)
    return told


def purchase_told(row: PurchaseRow, *, upto: PurchaseReturn | None) -> Purchase:
    """A purchase as it was once something was brought back, or (None) before anything was."""
    returned = 0
    if upto is not None:
        parts = PurchaseReturn.objects.filter(purchase=row, pk__lte=upto.pk, undone_at__isnull=True)
        returned = parts.aggregate(cents=Sum("amount_cents"))["cents"] or 0
    return {**purchase(row, can_return=False), "returned_cents": returned}


def _at(card: LoyaltyCard, last: LoyaltyTransaction) -> LoyaltyCard:
    """A card as it was after a line of its own."""
    figures = dict.fromkeys(COUNTERS, 0)
    is_active = True
    upto = LoyaltyTransaction.objects.filter(card=card, pk__lte=last.pk)
    moves = upto.order_by("pk").values_list(
        "transaction_type", "stamps_delta", "points_delta", "voids__transaction_type"
    )
    for kind, stamps, points, undoes in moves:
        changes = rules.counter_changes(kind, stamps_delta=stamps, points_delta=points, undoes=undoes)
        for counter, change in changes.items():
            figures[counter] += change
        if kind in CLOSES or kind == TransactionType.CARD_REACTIVATED:
            is_active = kind == TransactionType.CARD_REACTIVATED
    then = copy.copy(card)
    then.__dict__.update(figures, is_active=is_active, **_balances(last), **_times(upto))
    return then


def _balances(last: LoyaltyTransaction) -> dict[str, int]:
    return {
        "stamp_count": last.stamps_balance_after,
        "stamps_owed": last.stamps_owed_after,
        "points_balance": last.points_balance_after,
        "points_owed": last.points_owed_after,
        "points_fraction": last.points_fraction_after,
    }


def _times(upto: QuerySet[LoyaltyTransaction]) -> dict[str, object]:
    """When something last happened to a card, as its lines say it."""
    newest = dict(upto.values_list("transaction_type").annotate(at=Max("transaction_at")).order_by())
    times: dict[str, object] = {}
    for field in sorted(set(LAST_TIMES.values())):
        of_field = [at for kind, at in newest.items() if LAST_TIMES.get(kind) == field]
        times[field] = max(of_field, default=None)
    times["last_activity_at"] = max(
        (at for kind, at in newest.items() if kind not in rules.NOT_ACTIVITY), default=None
    )
    return times
