"""What is told of lines of the ledger to those who were not there: each with its card as it was after that line.

Lines never change. A card does: it is told as it was then (`loyalty.outputs.then`), whatever has happened since.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NotRequired, TypedDict

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from loyalty.models import LoyaltyTransaction, PurchaseReturn
from loyalty.models import Purchase as PurchaseRow
from loyalty.outputs.card import Card
from loyalty.outputs.purchase import Purchase, purchase
from loyalty.outputs.then import Moment, cards_told
from loyalty.outputs.transaction import Transaction, as_written, transaction, with_people
from tenancy.models import Store

OF_PURCHASE = ("card__customer", "store")


class LineTold(TypedDict):
    """A line, and its card after it; the purchase as it was then, where the line is of one."""

    transaction: Transaction
    card: Card
    purchase: NotRequired[Purchase]


def to_tell(lines: QuerySet[LoyaltyTransaction]) -> QuerySet[LoyaltyTransaction]:
    """Lines together with all that is told of them."""
    of_purchase = [f"purchase__{name}" for name in OF_PURCHASE]
    return with_people(lines).select_related(
        "store", "staff_pin", "card__customer", "card__program", "purchase_return", *of_purchase
    )


def lines_told(lines: Sequence[LoyaltyTransaction]) -> list[LineTold]:
    """Some lines (`to_tell`) of one merchant in their order."""
    told: list[LineTold] = []
    for line, card in zip(lines, cards_told([Moment.after(line) for line in lines]), strict=True):
        one: LineTold = {
            "transaction": transaction(as_written(line), can_void=False),
            "card": card,
        }
        if line.purchase is not None:
            one["purchase"] = purchase_told(line.purchase, upto=line.purchase_return)
        told.append(one)
    return told


def card_told(card_id: int, *, at: datetime, store: Store) -> Card:
    """A card at a store as it was at a moment (UTC) at which it had been made, where no line was written."""
    lines = LoyaltyTransaction.objects.filter(card=card_id, created_at__lte=at).order_by("-pk")
    (card,) = cards_told([Moment(lines[0], at, store)])
    return card


def cards_told_now(card_ids: Sequence[int], *, now: datetime) -> list[Card]:
    """Cards of one merchant as they are, each where it is at home, by id."""
    newest = LoyaltyTransaction.objects.filter(card=OuterRef("card")).order_by("-pk").values("pk")[:1]
    lines = LoyaltyTransaction.objects.filter(card__in=card_ids, pk=Subquery(newest)).order_by("card")
    return cards_told([Moment(line, now, None) for line in lines])


def purchase_told(row: PurchaseRow, *, upto: PurchaseReturn | None) -> Purchase:
    """A purchase as it was once something was brought back, or (None) before anything was."""
    returned = 0
    if upto is not None:
        parts = PurchaseReturn.objects.filter(purchase=row, pk__lte=upto.pk, undone_at__isnull=True)
        returned = parts.aggregate(cents=Sum("amount_cents"))["cents"] or 0
    return {**purchase(row, can_return=False), "returned_cents": returned}
