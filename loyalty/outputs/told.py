"""What is told of lines of the ledger to those who were not there: each with its card as it was after that line.

Lines never change. A card does: it is told as it was then (`loyalty.outputs.then`), whatever has happened since.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NotRequired, TypedDict

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.utils.translation import override

from loyalty import selectors
from loyalty.closings import Closings
from loyalty.models import LoyaltyProgram, LoyaltyTransaction
from loyalty.models import Purchase as PurchaseRow
from loyalty.outputs.around import OF_LINE, Around
from loyalty.outputs.card import Card
from loyalty.outputs.program import Program, program
from loyalty.outputs.purchase import Purchase, purchase
from loyalty.outputs.then import Moment, cards_to_tell, cards_told, told_around
from loyalty.outputs.transaction import Transaction, as_written, transaction, with_people
from tenancy.former import Former, copied
from tenancy.models import Store

OF_PROGRAM = ("merchant__loyalty_settings",)
OF_PURCHASE = ("card__customer", "store")


class LineTold(TypedDict):
    """A line, and its card after it; the purchase as it was then, where the line is of one."""

    transaction: Transaction
    card: Card
    purchase: NotRequired[Purchase]


def to_tell(lines: QuerySet[LoyaltyTransaction]) -> QuerySet[LoyaltyTransaction]:
    """Lines together with all that is told of them, but for their cards, of which there are fewer."""
    of_purchase = [f"purchase__{name}" for name in OF_PURCHASE]
    return with_people(lines).select_related(*OF_LINE, "purchase_return", *of_purchase)


def lines_told(lines: Sequence[LoyaltyTransaction]) -> list[LineTold]:
    """Some lines (`to_tell`) of one merchant in their order; each has its card afterwards."""
    if not lines:
        return []
    now = cards_to_tell(line.card_id for line in lines)
    for line in lines:
        line.card = now[line.card_id]
    around = Around.of(now.values(), _named_in(lines), since=min(line.created_at for line in lines))
    cards = told_around([Moment.after(line) for line in lines], now, around)
    closings = Closings.of({line.purchase_id for line in lines if line.purchase_id is not None})
    return [_line_told(line, card, around, closings) for line, card in zip(lines, cards, strict=True)]


def _named_in(lines: Sequence[LoyaltyTransaction]) -> Iterator[Model | None]:
    for line in lines:
        yield from (getattr(line, name) for name in OF_LINE)
        if line.purchase is not None:
            yield from (line.purchase.store, line.purchase.card, line.purchase.card.customer)


def _line_told(line: LoyaltyTransaction, card: Card, around: Around, closings: Closings) -> LineTold:
    then, at = around.line(as_written(line)), line.created_at
    with override(then.card.merchant.default_language):
        planned = around.planned(then.card.program, at) if line.promotions else None
        told: LineTold = {"transaction": transaction(then, can_void=False, planned=planned), "card": card}
        if line.purchase is not None:
            told["purchase"] = _purchase_then(line.purchase, around, closings, at)
    return told


def card_told(card_id: int, *, at: datetime, store: Store) -> Card:
    """A card at a store as it was at a moment (UTC) at which it had been made, where no line was written."""
    lines = LoyaltyTransaction.objects.filter(card=card_id, created_at__lte=at).order_by("-pk")
    (card,) = cards_told([Moment(lines[0], at, store)])
    return card


def cards_told_at(card_ids: Sequence[int], *, at: datetime) -> list[Card]:
    """Cards of one merchant as they were at a moment (UTC) by which they had been made, each at home, by id."""
    newest = LoyaltyTransaction.objects.filter(card=OuterRef("card"), created_at__lte=at).order_by("-pk")
    lines = LoyaltyTransaction.objects.filter(card__in=card_ids, pk=Subquery(newest.values("pk")[:1]))
    return cards_told([Moment(line, at, None) for line in lines.order_by("card")])


def program_told(row: LoyaltyProgram, *, at: datetime) -> Program:
    """A program (`OF_PROGRAM` joined) as it was at a moment (UTC), in the merchant's language of then."""
    settings = selectors.settings_of(row.merchant)
    around = Around.of_programs([row], [row.merchant, settings], since=at)
    then = around.program(row, at)
    then.merchant = copied(around.former.at(row.merchant, at))
    then.merchant.loyalty_settings = copied(around.former.at(settings, at))
    planned = around.planned(row, at).by_id.values()
    then.has_promotions = any(one.planned_at is not None and one.planned_at <= at for one in planned)
    with override(then.merchant.default_language):
        return program(then, around.on_offer(row, at))


def purchase_told(row: PurchaseRow, *, at: datetime) -> Purchase:
    """A purchase as it was at a moment (UTC)."""
    named = [row.store, row.card, row.card.customer]
    return _purchase_then(row, Around(Former.of(named, since=at), {}, {}), Closings.of([row.pk]), at)


def _purchase_then(row: PurchaseRow, around: Around, closings: Closings, at: datetime) -> Purchase:
    then = copied(row)
    then.store = around.former.at(row.store, at)
    then.card = copied(around.former.at(row.card, at))
    then.card.customer = around.former.at(row.card.customer, at)
    return {**purchase(then, can_return=False), "returned_cents": closings.cents_back(row.pk, at)}
