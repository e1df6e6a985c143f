"""Visits in a rehearsal: the days of a store on which a card earned what stands, as `promoted` counts them."""

from collections import Counter
from collections.abc import Iterable
from datetime import date


class Visits:
    """A card's days, and how often it earned on each. `brought`: opening balances; who has one is no new customer."""

    def __init__(self, days: Iterable[date] = (), *, brought: int = 0) -> None:
        self.days, self.brought = Counter(days), brought

    def note(self, day: date, change: int) -> None:
        """Something was earned on a day (1), or does not stand any more (-1)."""
        self.days[day] += change

    def join(self, other: "Visits") -> None:
        """Take over those of a card that was merged into this one."""
        self.days.update(other.days)
        self.brought += other.brought

    @property
    def has_earned(self) -> bool:
        """Whether anything stands, on any day."""
        return self.brought > 0 or any(times > 0 for times in self.days.values())

    def before(self, today: date) -> list[date]:
        """The days before one on which the card was here."""
        return [day for day, times in self.days.items() if times > 0 and day < today]
