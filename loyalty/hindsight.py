"""Hindsight: what expiries would have taken, and what would have been let go, had only what was kept been bought.

Points that were never rightly there cannot have expired, and what was not owed after all needed nobody to let it go.
So where something is undone or returned after an expiry, or after a debt was let go, these are told again with it left
out: an expiry took at most what it took, and no more is let go than somebody let go. Pure functions.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from loyalty.rules import ADJUSTMENTS, POINT

EXPIRY, FORGIVENESS = "points_expired", "debt_forgiven"
BOUNDED = frozenset({EXPIRY, FORGIVENESS})  # they take, or give, what there is and no more


class Moved(NamedTuple):
    """A change of a net, in stamps and in ten-thousandths of a point."""

    stamps: int = 0
    units: int = 0

    def plus(self, other: "Moved") -> "Moved":
        return Moved(self.stamps + other.stamps, self.units + other.units)

    def minus(self, other: "Moved") -> "Moved":
        return Moved(self.stamps - other.stamps, self.units - other.units)


@dataclass(frozen=True)
class Told:
    """A line of the ledger of a card, or of one merged into it, in order of `id`."""

    id: int
    card_id: int
    kind: str
    moved: Moved
    at: datetime
    purchase_id: int | None = None
    voids_id: int | None = None
    restores_id: int | None = None


class Adjustments(NamedTuple):
    """What is still to be written so that expiries took, and debts let go gave, what they had to."""

    expiry: Moved
    forgiveness: Moved


NOTHING = Adjustments(Moved(), Moved())


Origin = tuple[str, int]


def origins(lines: Iterable[Told]) -> dict[int, Origin]:
    """By its id, what a line belongs to: its purchase, the line that it undoes or writes again, or itself."""
    found: dict[int, Origin] = {}
    for line in lines:
        named = line.voids_id or line.restores_id or line.id
        found[line.id] = (
            ("purchase", line.purchase_id) if line.purchase_id else found.get(named, ("line", named))
        )
    return found


def adjustments(lines: Iterable[Told], changes: Mapping[tuple[str, int], Moved]) -> Adjustments:
    """What `changes` of what is known by its origin make of the expiries and of what was let go since."""
    lines = list(lines)
    origin_of = origins(lines)
    sums = _by_origin(lines, origin_of, changes)
    nets: dict[int, Moved] = defaultdict(Moved)
    carried: dict[tuple[datetime, Moved], Moved] = {}
    open_: dict[str, Moved] = {EXPIRY: Moved(), FORGIVENESS: Moved()}
    for line in lines:
        net = nets[line.card_id]
        if line.kind in BOUNDED:
            moved = _taken(net, line.moved) if line.kind == EXPIRY else _let_go(net, line.moved)
            open_[line.kind] = open_[line.kind].plus(moved).minus(line.moved)
        elif line.kind in ADJUSTMENTS:
            kind = EXPIRY if line.kind == "expiry_adjusted" else FORGIVENESS
            moved, open_[kind] = Moved(), open_[kind].minus(line.moved)
        elif line.kind == "merge_out":
            moved = Moved().minus(net)
            carried[line.at, line.moved] = net
        elif line.kind == "merge_in":
            moved = carried.pop((line.at, Moved().minus(line.moved)), line.moved)
        else:
            moved = sums.pop(origin_of[line.id], Moved())
        nets[line.card_id] = net.plus(moved)
    return Adjustments(open_[EXPIRY], open_[FORGIVENESS])


def _by_origin(
    lines: Iterable[Told], origin_of: Mapping[int, Origin], changes: Mapping[Origin, Moved]
) -> dict[tuple[str, int], Moved]:
    """What each purchase, and each line besides, gives when all is said."""
    sums: dict[tuple[str, int], Moved] = defaultdict(Moved, changes)
    for line in lines:
        if line.kind not in BOUNDED | ADJUSTMENTS:
            sums[origin_of[line.id]] = sums[origin_of[line.id]].plus(line.moved)
    return sums


def _taken(net: Moved, took: Moved) -> Moved:
    """An expiry's move where the net was another one: what was there, at most what it took."""
    return Moved(0, -min(-took.units, max(net.units, 0)))


def _let_go(net: Moved, gave: Moved) -> Moved:
    """The move that lets go what is owed where the net was another one: at most what was let go."""
    owed = Moved(max(-net.stamps, 0), max(-(net.units // POINT), 0) * POINT)
    return Moved(min(gave.stamps, owed.stamps), min(gave.units, owed.units))
