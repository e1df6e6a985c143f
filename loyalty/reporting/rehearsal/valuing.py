"""What purchases are worth in a rehearsal, as they are bought, brought back and undone: pure, by `earning.worth`."""

import dataclasses
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loyalty.earning import Breakdown, worth
from loyalty.offers import Bought, Offer, Promotion
from loyalty.reporting.rehearsal.told import Line, Receipt
from loyalty.terms import Terms

NOTHING = Breakdown()
REMEMBERED = 50_000  # worths of plain amounts: most shops have few different ones


class Tariff:
    """What purchases earn under the terms of their moments, with some of these changed or none."""

    def __init__(
        self, terms: Mapping[int, Terms], *, digits: int, changes: Mapping[str, Any] | None = None
    ) -> None:
        self.terms = {number: dataclasses.replace(each, **(changes or {})) for number, each in terms.items()}
        self.digits = digits
        self.plain: dict[tuple[int, int, int, int], Breakdown] = {}

    def worth(self, kept: "Kept", stamps: int, offered: Sequence[Offer]) -> Breakdown:
        """What is left of a purchase is worth, with so many stamps of its own."""
        row = kept.row
        if offered:
            return self._reckoned(row, kept.cents, stamps, offered)
        key = (row.terms_id, row.amount_cents, kept.cents, stamps)
        found = self.plain.get(key)
        if found is None:
            if len(self.plain) >= REMEMBERED:
                self.plain.clear()
            found = self.plain[key] = self._reckoned(row, kept.cents, stamps, ())
        return found

    def _reckoned(self, row: Receipt, cents: int, stamps: int, offered: Sequence[Offer]) -> Breakdown:
        bought = Bought(row.amount_cents, self.digits, stamps, items_of(row))
        return worth(bought, offered, self.terms[row.terms_id], kept_cents=cents)

    def has_stamps(self, row: Receipt) -> bool:
        return self.terms[row.terms_id].has_stamps


@dataclass(slots=True)
class Kept:
    """A purchase, and what has become of it up to a line: what of it is left, and which of its lines live."""

    row: Receipt
    offers: tuple[Offer, ...] = ()
    more: tuple[Offer, ...] | None = None  # of the draft; None: not asked yet
    cents: int = 0
    stamps: int = 0  # that its living lines gave without promotions
    has_points: bool = False  # it has earned points, and these are not undone
    lost_points: bool = False  # it had
    earned: int = 0
    living: int = 0
    is_visit: bool = False  # something of it stands, and counts as a visit
    real: tuple[int, int] = (0, 0)  # what its lines gave up to now: stamps, ten-thousandths
    drafted: tuple[int, int] = (0, 0)
    parts: dict[int, int] = field(default_factory=dict)  # by promotion of the draft, what it gives
    returns: set[int] = field(default_factory=set)
    undone: set[int] = field(default_factory=set)

    def note(self, line: Line, undone: Line | None) -> None:
        """Take notice of a line: something is earned, brought back or undone."""
        if line.voids_id is not None:
            if undone is not None:
                self._note_undone(line, undone)
        elif line.kind == "points_earned":
            self.has_points, self.lost_points = True, False
            self.earned, self.living = self.earned + 1, self.living + 1
        elif line.kind == "stamp_earned":
            self.stamps += line.stamps - line.promised_stamps
            self.earned, self.living = self.earned + 1, self.living + 1
        elif line.return_id is not None and line.return_id not in self.returns:
            self.returns.add(line.return_id)
            self.cents -= line.returned_cents or 0

    def _note_undone(self, line: Line, undone: Line) -> None:
        if undone.kind == "points_earned":
            self.has_points, self.lost_points, self.living = False, True, self.living - 1
        elif undone.kind == "stamp_earned":
            self.stamps -= undone.stamps - undone.promised_stamps
            self.living -= 1
        elif undone.return_id not in self.undone and _is_undone_by(line, undone):
            self.undone.add(undone.return_id or 0)
            self.cents += undone.returned_cents or 0

    @property
    def is_undone(self) -> bool:
        return self.earned > 0 and self.living == 0


def _is_undone_by(line: Line, part: Line) -> bool:
    """Whether a line undoes a return: one of its lines may be undone for the sake of another return as well."""
    return part.return_id is not None and part.undone_at is not None and part.undone_at <= line.at


def as_it_was(kept: Kept, tariff: Tariff) -> Breakdown:
    """What is left of a purchase is worth by the rules of the till."""
    found = tariff.worth(kept, kept.stamps, kept.offers)
    return found if kept.has_points else found.without_points()


def as_drafted(kept: Kept, tariff: Tariff, *, had_stamps: bool) -> Breakdown:
    """What is left of a purchase would be worth. Where there were no stamps, it would have had one."""
    if kept.is_undone or not kept.cents:
        return NOTHING
    stamps = kept.stamps if had_stamps or not tariff.has_stamps(kept.row) else 1
    found = tariff.worth(kept, stamps, kept.offers + (kept.more or ()))
    return found.without_points() if kept.lost_points else found


def items_of(row: Receipt) -> Sequence[Mapping[str, Any]]:
    """The items of a purchase, as its row keeps them."""
    return json.loads(row.items) if row.items else ()


def offers_of(row: Receipt, rules: Mapping[int, Promotion]) -> tuple[Offer, ...]:
    """The promotions that held for a purchase, as its row keeps them."""
    if not row.offers:
        return ()
    return tuple(
        Offer(rules[each["promotion"]], each["cents"], each["room"]) for each in json.loads(row.offers)
    )


def asks(promotions: Collection[Promotion], what: str) -> bool:
    """Whether one of some promotions asks for something: "asks_for_visits", "asks_for_uses"."""
    return any(getattr(promotion, what) for promotion in promotions)
