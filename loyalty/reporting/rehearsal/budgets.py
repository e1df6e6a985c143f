"""Budgets in a rehearsal: when one would have been used up.

Cards are played one after the other, and a budget is used up by all of them in the order of time. So a play counts what
is given by the hour; the hour in which a budget is used up is known after it, and the next play gives no more from
there on. All budgets end so in one further play, but for those of promotions that are not given together: once one of
them has ended, more is given of the others, and that takes a play more for each. Nothing is kept of a purchase.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from loyalty.earning import clash
from loyalty.offers import Promotion

HOUR = 3600  # seconds
NOTHING: Mapping[int, int] = {}


@dataclass
class End:
    """The hour in which a budget is used up, counted since 1970, and what is left of it until then."""

    hour: int
    rest: int
    left: int = 0


class Budgets:
    """What is left of the budgets of a draft's promotions, in their parts. What is brought back later stays spent.

    `beside`: promotions that the program has; they have no budget here.
    """

    def __init__(self, promotions: Iterable[Promotion], beside: Iterable[Promotion] = ()) -> None:
        promotions = list(promotions)
        self.limits = {each.id: each.budget * each.unit for each in promotions if each.budget is not None}
        own = {each.id for each in promotions}
        self.groups = _groups([*promotions, *(each for each in beside if each.id not in own)])
        self.ends: dict[int, End] = {}
        self.given: dict[int, dict[int, int]] = {}

    def begin(self) -> None:
        """Begin a play."""
        self.given = {number: defaultdict(int) for number in self.limits}
        for end in self.ends.values():
            end.left = end.rest

    def left(self, at: datetime) -> Mapping[int, int]:
        """What of each budget is left for a purchase at a moment (UTC)."""
        if not self.limits:
            return NOTHING
        hour = _hour(at)
        return {number: self._left(number, hour) for number in self.limits}

    def _left(self, number: int, hour: int) -> int:
        end = self.ends.get(number)
        if end is None or hour < end.hour:
            return self.limits[number]
        return end.left if hour == end.hour else 0

    def note(self, number: int, at: datetime, change: int) -> None:
        """Count what a promotion gives, or below 0 takes back, at a moment (UTC)."""
        if number not in self.limits:
            return
        hour, end = _hour(at), self.ends.get(number)
        self.given[number][hour] += change
        if end is not None and end.hour == hour and change > 0:
            end.left -= change

    def end_the_next(self) -> bool:
        """After a play: let budgets end that were used up in it; whether there is one that was not known.

        Of promotions that are not given together, the first: when the next one ends, this one's end decides.
        """
        found = [first for group in self.groups if (first := self._first_end(group)) is not None]
        self.ends |= dict(found)
        return bool(found)

    def _first_end(self, group: set[int]) -> tuple[int, End] | None:
        open_ = (group & self.limits.keys()) - self.ends.keys()
        ends = [(number, end) for number in open_ if (end := self._used_up(number)) is not None]
        return min(ends, key=lambda each: (each[1].hour, each[0]), default=None)

    def _used_up(self, number: int) -> End | None:
        left = self.limits[number]
        for hour, given in sorted(self.given[number].items()):
            if given >= left:
                return End(hour, left)
            left -= given
        return None

    def used_up_at(self, number: int) -> datetime | None:
        """The hour (UTC) in which a budget would have been used up; None: it lasts."""
        end = self.ends.get(number)
        return None if end is None else datetime.fromtimestamp(end.hour * HOUR, UTC)


def _hour(at: datetime) -> int:
    return int(at.timestamp()) // HOUR


def _groups(promotions: Iterable[Promotion]) -> list[set[int]]:
    """Promotions by their ids, those together that have to do with each other: directly, or by way of others."""
    groups: list[list[Promotion]] = []
    for each in promotions:
        near = [group for group in groups if any(clash(each, other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([each, *(other for group in near for other in group)])
    return [{each.id for each in group} for group in groups]
