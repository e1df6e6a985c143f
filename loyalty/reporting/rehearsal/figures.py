"""What a rehearsal adds up: two courses of the same days side by side, the real one and the drafted one."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from loyalty.offers import Promotion
from loyalty.rules import POINT

NAMED = 20
HOURS = 24


@dataclass
class Check:
    """Whether the rules as they were give what the ledger says: `wrong` names the first lines that differ."""

    cards: int = 0
    lines: int = 0
    carried: int = 0  # lines that no rule made: adjustments, imports, merges of before
    differing: int = 0  # lines
    differing_cards: int = 0
    stamps: int = 0  # by how much they differ, all together
    units: int = 0
    wrong: list[str] = field(default_factory=list)

    def differs(self, words: str, *, stamps: int = 0, units: int = 0) -> None:
        """Note a line that is not as the rules say."""
        self.differing += 1
        self.stamps += abs(stamps)
        self.units += abs(units)
        if len(self.wrong) < NAMED:
            self.wrong.append(words)

    @property
    def holds(self) -> bool:
        return not self.differing


@dataclass
class Course:
    """What one course amounts to: given in the days that are played, and what there is at their end.

    `units` are ten-thousandths of a point; cents are of the currency's minor unit.
    """

    stamps: int = 0
    units: int = 0
    rewards: int = 0
    rewards_cents: int = 0
    expired_units: int = 0
    liability_cents: int = 0

    @property
    def points(self) -> int:
        return self.units // POINT

    @property
    def cost_cents(self) -> int:
        return self.rewards_cents + self.liability_cents


@dataclass
class Slots:
    """Figures by day, or by hour: stamps and ten-thousandths that were given, and would have been."""

    stamps: list[int]
    drafted_stamps: list[int]
    units: list[int]
    drafted_units: list[int]

    @classmethod
    def of(cls, count: int) -> "Slots":
        return cls(*([0] * count for _series in range(4)))

    def add(self, slot: int, real: tuple[int, int], drafted: tuple[int, int]) -> None:
        self.stamps[slot] += real[0]
        self.units[slot] += real[1]
        self.drafted_stamps[slot] += drafted[0]
        self.drafted_units[slot] += drafted[1]


@dataclass
class Sooner:
    """Cards whose reward would have come at another time: how many, and by how many seconds all together."""

    earlier: int = 0
    earlier_seconds: float = 0
    later: int = 0
    later_seconds: float = 0
    new: int = 0  # would have had one, and have none yet
    none: int = 0  # had one, and would have none yet

    def compare(self, real: Sequence[datetime], drafted: Sequence[datetime]) -> bool:
        """Count a card by the first of its rewards that differs; whether one does."""
        for was, would in zip(real, drafted, strict=False):
            seconds = (was - would).total_seconds()
            if seconds > 0:
                self.earlier, self.earlier_seconds = self.earlier + 1, self.earlier_seconds + seconds
            elif seconds < 0:
                self.later, self.later_seconds = self.later + 1, self.later_seconds - seconds
            if seconds:
                return True
        if len(drafted) > len(real):
            self.new += 1
        elif len(real) > len(drafted):
            self.none += 1
        return len(real) != len(drafted)


def as_iso(day: date | None) -> str | None:
    """A day as a job keeps it."""
    return None if day is None else day.isoformat()


@dataclass
class Promoted:
    """What a promotion of the draft would have given, in its parts. Days as ISO writes them; None: all that are played.

    `used_up_on`: when its budget would have been used up; None: never.
    """

    unit: int
    first_day: str | None = None
    last_day: str | None = None
    times: int = 0
    cards: int = 0
    given: int = 0
    bought_cents: int = 0  # what is left of the purchases with it
    used_up_on: str | None = None

    @classmethod
    def of(cls, promotion: Promotion) -> "Promoted":
        return cls(promotion.unit, as_iso(promotion.first_day), as_iso(promotion.last_day))


@dataclass
class Outcome:
    """What a rehearsal found, its check first."""

    days: int
    check: Check = field(default_factory=Check)
    real: Course = field(default_factory=Course)
    drafted: Course = field(default_factory=Course)
    by_day: Slots = field(default_factory=lambda: Slots.of(0))
    by_hour: Slots = field(default_factory=lambda: Slots.of(HOURS))
    sooner: Sooner = field(default_factory=Sooner)
    cards: int = 0  # to which anything happened
    reached: int = 0  # of them, and of the others, those for whom anything would be otherwise
    purchases: int = 0
    bought_cents: int = 0  # what is left of them
    promotions: dict[int, Promoted] = field(default_factory=dict)  # of the draft, by their ids

    def __post_init__(self) -> None:
        self.by_day = Slots.of(self.days)

    @property
    def cost_cents(self) -> int:
        """What the draft would have cost more: rewards handed out, and what cards are worth at the end."""
        return self.drafted.cost_cents - self.real.cost_cents

    def as_data(self) -> dict[str, Any]:
        """All of it, for a job to keep."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Outcome":
        """What a job has kept."""
        made = cls(
            data["days"],
            Check(**data["check"]),
            Course(**data["real"]),
            Course(**data["drafted"]),
            sooner=Sooner(**data["sooner"]),
            by_hour=Slots(**data["by_hour"]),
            cards=data["cards"],
            reached=data["reached"],
            purchases=data["purchases"],
            bought_cents=data["bought_cents"],
            promotions={int(number): Promoted(**told) for number, told in data["promotions"].items()},
        )
        made.by_day = Slots(**data["by_day"])
        return made
