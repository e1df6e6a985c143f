"""What events are made of: lines of the ledger, and purchases and returns that have none.

The till writes no event, and pays for none: they are made afterwards, of the rows that it writes anyway.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from loyalty.models import LoyaltyTransaction, Purchase, PurchaseReturn
from loyalty.outputs import told
from webhooks.catalogue import OF_LINES
from webhooks.models import Event

RECORDED, RETURNED = "purchase.recorded", "purchase.returned"
EARNS = frozenset({"stamps.given", "points.earned"})


@dataclass(frozen=True)
class Draft:
    """An event that has no position yet; `about` says which row it is about, as columns of Event."""

    type: str
    happened_at: datetime
    data: Mapping[str, Any]
    customer_id: int | None = None
    about: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """A table of which events are made, in the order of its ids: `rows` that have none yet, and their `drafts`."""

    name: str
    table: Callable[[], QuerySet[Any]]
    without_event: Callable[[QuerySet[Any]], QuerySet[Any]]
    drafts: Callable[[Sequence[Any]], list[Draft]]


# --- Lines ------------------------------------------------------------------------------------------------


def _untold_lines(lines: QuerySet[LoyaltyTransaction]) -> QuerySet[LoyaltyTransaction]:
    told_itself = Exists(Event.objects.filter(line=OuterRef("pk")))
    told_with_others = Exists(Event.objects.filter(purchase_return=OuterRef("purchase_return")))
    return told.to_tell(lines.filter(~told_itself, ~told_with_others))


def _of_lines(lines: Sequence[LoyaltyTransaction]) -> list[Draft]:
    """One of each line; one more where a purchase is whole with it, and one alone for all that a return took."""
    together = _together(lines)
    every = {line.pk: line for whole in (lines, *together.values()) for line in whole}
    said = dict(zip(every, told.lines_told(list(every.values())), strict=True))
    drafts: list[Draft] = []
    for line in (every[one.pk] for one in lines):
        kind = OF_LINES[line.transaction_type]
        if kind != RETURNED:
            drafts.append(_draft(kind, line, {"line_id": line.pk}, data=said[line.pk]))
        whole = together.get(_receipt(line, kind), [])
        if whole and whole[-1].pk == line.pk:
            data = {**said[line.pk], "transactions": [said[one.pk]["transaction"] for one in whole]}
            drafts.append(_draft(*_of_receipt(line, kind), data=data))
    return drafts


def _of_receipt(line: LoyaltyTransaction, kind: str) -> tuple[str, LoyaltyTransaction, Mapping[str, Any]]:
    if kind == RETURNED:
        return RETURNED, line, {"purchase_return_id": line.purchase_return_id}
    return RECORDED, line, {"purchase_id": line.purchase_id}


def _draft(
    kind: str, line: LoyaltyTransaction, about: Mapping[str, Any], *, data: Mapping[str, Any]
) -> Draft:
    return Draft(kind, line.created_at, data, line.card.customer_id, about)


def _receipt(line: LoyaltyTransaction, kind: str) -> tuple[str, int | None]:
    """What a line belongs to together with others: a return, or a purchase that gave it."""
    if kind == RETURNED:
        return RETURNED, line.purchase_return_id
    is_given = kind in EARNS and line.purchase_return_id is None and line.voids_id is None
    return RECORDED, line.purchase_id if is_given else None


def _together(lines: Iterable[LoyaltyTransaction]) -> dict[tuple[str, int | None], list[LoyaltyTransaction]]:
    """All lines of the receipts that some lines belong to, in order: they were committed together."""
    wanted = {_receipt(line, OF_LINES[line.transaction_type]) for line in lines}
    purchases = {pk for kind, pk in wanted if kind == RECORDED and pk}
    returns = {pk for kind, pk in wanted if kind == RETURNED and pk}
    found: dict[tuple[str, int | None], list[LoyaltyTransaction]] = defaultdict(list)
    if purchases or returns:
        of_them = Q(purchase__in=purchases) | Q(purchase_return__in=returns)
        for line in told.to_tell(LoyaltyTransaction.objects.filter(of_them)).order_by("pk"):
            found[_receipt(line, OF_LINES[line.transaction_type])].append(line)
    return {receipt: whole for receipt, whole in found.items() if receipt[1]}


# --- Purchases and returns without a line -----------------------------------------------------------------


def _untold_purchases(rows: QuerySet[Purchase]) -> QuerySet[Purchase]:
    lines = LoyaltyTransaction.objects.filter(purchase=OuterRef("pk"), purchase_return__isnull=True)
    rows = rows.filter(~Exists(lines), ~Exists(Event.objects.filter(purchase=OuterRef("pk"))))
    return rows.select_related("card__customer", "store")


def _untold_returns(rows: QuerySet[PurchaseReturn]) -> QuerySet[PurchaseReturn]:
    lines = LoyaltyTransaction.objects.filter(purchase_return=OuterRef("pk"))
    rows = rows.filter(~Exists(lines), ~Exists(Event.objects.filter(purchase_return=OuterRef("pk"))))
    return rows.select_related("purchase__card__customer", "purchase__store")


def _of_purchases(rows: Sequence[Purchase]) -> list[Draft]:
    return [_without_line(RECORDED, row, row) for row in rows]


def _of_returns(rows: Sequence[PurchaseReturn]) -> list[Draft]:
    return [_without_line(RETURNED, row, row.purchase) for row in rows]


def _without_line(
    kind: str,
    row: Purchase | PurchaseReturn,
    purchase: Purchase,
) -> Draft:
    data: dict[str, Any] = {
        "transaction": None,
        "transactions": [],
        "card": told.card_told(purchase.card_id, at=row.created_at, store=purchase.store),
        "purchase": told.purchase_told(purchase, at=row.created_at),
    }
    about = {"purchase_id": row.pk} if kind == RECORDED else {"purchase_return_id": row.pk}
    return Draft(kind, row.created_at, data, purchase.card.customer_id, about)


SOURCES = (
    Source("lines", lambda: LoyaltyTransaction.objects.all(), _untold_lines, _of_lines),
    Source("purchases", lambda: Purchase.objects.all(), _untold_purchases, _of_purchases),
    Source("returns", lambda: PurchaseReturn.objects.all(), _untold_returns, _of_returns),
)
