"""Purchases, and what recording one or bringing something back has done."""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from django.utils import timezone

from groundwork.formats.wire import Moment, moment
from loyalty.models import Purchase as PurchaseRow
from loyalty.models import PurchaseReturn
from loyalty.outputs.card import Card, card
from loyalty.outputs.promotion import PromotionPart, parts
from loyalty.outputs.transaction import Amounts, Ledger, Transaction, newly_owed, settled
from loyalty.services import returns
from loyalty.services.purchases import Given, Recorded
from loyalty.services.returns import Returned


class Item(TypedDict):
    """A line of a receipt, as the till sent it."""

    sku: str
    category: str
    quantity: int
    amount_cents: int


class Purchase(TypedDict):
    """A receipt. `can_return`: bringing something back would be allowed just now, to somebody whose PIN is right."""

    id: int
    card_id: int
    card_number: str
    customer_name: str
    order_reference: str
    purchase_amount_cents: int
    returned_cents: int
    items: list[Item]
    store: str
    store_name: str
    can_return: bool
    recorded_offline: bool
    purchased_at: Moment


class Return(TypedDict):
    """Something of a purchase that was brought back; `undone_at` if that was a mistake."""

    id: int
    amount_cents: int
    returned_at: Moment
    undone_at: Moment | None


class PurchaseWithReturns(Purchase):
    """A receipt with all that happened to it, oldest first."""

    returns: list[Return]
    transactions: list[Transaction]


class PointsGiven(TypedDict):
    """`code` says why there are none."""

    given: int
    code: str | None


class StampGiven(PointsGiven):
    """`retry_after`: the seconds until a stamp would be given."""

    retry_after: int | None


class PurchaseRecorded(TypedDict):
    """What a receipt gave, and the card after it. `reward_ready`: this call has filled the card."""

    purchase: Purchase
    transactions: list[Transaction]
    promotions: list[PromotionPart]
    points: PointsGiven
    stamp: StampGiven
    settled: Amounts
    reward_ready: bool
    card: Card


class Quote(TypedDict):
    """What a receipt would give, and the card as it would be."""

    points: int
    stamps: int
    promotions: list[PromotionPart]
    stamp: StampGiven
    settled: Amounts
    reward_ready: bool
    card: Card


class PurchaseReturned(TypedDict):
    """What bringing back took. `shortfall`: stamps or points that are owed by this call, because they are spent."""

    purchase: Purchase
    transactions: list[Transaction]
    shortfall: int
    owed: Amounts
    card: Card


class ReturnQuote(TypedDict):
    """What bringing back would take, what of it would be owed, and the card as it would be."""

    points: int
    stamps: int
    owed: Amounts
    card: Card


class Receipts(Ledger):
    """Shows purchases to somebody at a store."""

    def purchases(self, rows: Iterable[PurchaseRow]) -> list[Purchase]:
        return [self.purchase(row) for row in rows]

    def purchase(self, row: PurchaseRow) -> Purchase:
        return purchase(row, can_return=self._can_return(row))

    def _can_return(self, row: PurchaseRow) -> bool:
        refused = returns.refusal(
            row, store=self.store, actor=self.actor, settings=self.settings, now=timezone.now()
        )
        return row.is_open and refused is None

    def whole(self, row: PurchaseRow) -> PurchaseWithReturns:
        """A purchase with its returns and its lines of the ledger."""
        parts = PurchaseReturn.objects.filter(purchase=row).order_by("pk")
        lines = returns.lines_of(row)
        return {
            **self.purchase(row),
            "returns": [_return(part) for part in parts],
            "transactions": self.lines(lines),
        }

    def recorded(self, done: Recorded) -> PurchaseRecorded:
        assert done.purchase is not None
        return {
            "purchase": self.purchase(done.purchase),
            "transactions": self.fresh(done.transactions),
            "promotions": parts(done.promotions, done.card.program),
            "points": {"given": done.points.given, "code": done.points.code},
            "stamp": _stamp(done.stamp),
            "settled": settled(done.transactions),
            "reward_ready": done.reward_ready,
            "card": card(done.card, self.store, done.usage, known=done.known),
        }

    def quote(self, done: Recorded) -> Quote:
        return {
            "points": done.points.given,
            "stamps": done.stamp.given,
            "promotions": parts(done.promotions, done.card.program),
            "stamp": _stamp(done.stamp),
            "settled": settled(done.transactions),
            "reward_ready": done.reward_ready,
            "card": card(done.card, self.store, done.usage, known=done.known),
        }

    def returned(self, done: Returned) -> PurchaseReturned:
        return {
            "purchase": self.purchase(done.purchase),
            "transactions": self.fresh(done.transactions),
            "shortfall": done.shortfall,
            "owed": newly_owed(done.transactions),
            "card": card(done.card, self.store),
        }

    def return_quote(self, done: Returned) -> ReturnQuote:
        return {
            "points": -sum(line.points_delta for line in done.transactions),
            "stamps": -sum(line.stamps_delta for line in done.transactions),
            "owed": newly_owed(done.transactions),
            "card": card(done.card, self.store),
        }


def purchase(row: PurchaseRow, *, can_return: bool) -> Purchase:
    """A receipt, as somebody is told it who may bring something of it back, or may not."""
    return {
        "id": row.pk,
        "card_id": row.card_id,
        "card_number": row.card.display_number,
        "customer_name": row.card.customer.name,
        "order_reference": row.order_reference,
        "purchase_amount_cents": row.amount_cents,
        "returned_cents": row.returned_cents,
        "items": [_item(item) for item in row.items],
        "store": row.store.store_code,
        "store_name": row.store.name,
        "can_return": can_return,
        "recorded_offline": row.recorded_offline,
        "purchased_at": moment(row.purchased_at),
    }


def _item(item: Mapping[str, Any]) -> Item:
    return {
        "sku": item.get("sku", ""),
        "category": item.get("category", ""),
        "quantity": item["quantity"],
        "amount_cents": item["amount_cents"],
    }


def _return(row: PurchaseReturn) -> Return:
    return {
        "id": row.pk,
        "amount_cents": row.amount_cents,
        "returned_at": moment(row.returned_at),
        "undone_at": moment(row.undone_at),
    }


def _stamp(stamp: Given) -> StampGiven:
    return {"given": stamp.given, "code": stamp.code, "retry_after": stamp.retry_after}
