"""What a rehearsal is told of cards, purchases and lines: plain rows, in the order in which `reading` selects them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple


class Holder(NamedTuple):
    """A card as it is now, with what is known of its customer. Nets: points in ten-thousandths.

    A *family* is a card and those merged into it. `active_before`, `visit_days` and `brought` are of before the days
    that are played, and only there if somebody asks for them.
    """

    family: int
    card_id: int
    stamps: int
    units: int
    is_living: bool
    last_activity_at: datetime | None
    birth_date: date | None = None
    tags: tuple[str, ...] = ()
    active_before: datetime | None = None
    visit_days: Sequence[date] | None = None
    brought: int = 0


class Receipt(NamedTuple):
    """A purchase of the days that are played; `day` counts from the first of them, `hour` is the merchant's."""

    family: int
    card_id: int
    id: int
    store_id: int
    terms_id: int
    amount_cents: int
    items: Any
    offers: Any
    at: datetime
    day: int
    hour: int


class Line(NamedTuple):
    """A line of the ledger: what it changes, the nets after it, and what it is about."""

    family: int
    card_id: int
    id: int
    store_id: int | None
    kind: str
    stamps: int
    units: int
    stamps_after: int
    units_after: int
    promised_stamps: int  # of `stamps`, those that promotions gave
    purchase_id: int | None
    return_id: int | None
    returned_cents: int | None
    undone_at: datetime | None  # of the return
    voids_id: int | None
    reward_id: int | None
    reward_points_cost: int | None
    happened_at: datetime | None  # of what is written again: when it happened first
    at: datetime
    day: int
    hour: int


@dataclass(frozen=True)
class Family:
    """A card with those merged into it, and all that happened to them in the days that are played."""

    holders: list[Holder]
    receipts: list[Receipt]
    lines: list[Line]
