"""What a café in plain Python writes on paper: its cards, what happened to them, and its receipts."""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Luxembourg")
TARGET, COOLDOWN, DAILY, BONUS = 3, timedelta(minutes=15), 5, 20
CENTS_PER_POINT, MINIMUM_CENTS = 40, 100  # 2.5 points a euro, from 1.00
PERIOD, WARNING, WARNED, GRACE = (timedelta(days=days) for days in (30, 14, 7, 14))
HELD = timedelta(hours=12)
WINDOW = timedelta(hours=24)
UNDOABLE = {
    "stamp_earned",
    "stamp_redeemed",
    "points_earned",
    "points_redeemed",
    "welcome_bonus",
    "points_adjustment",
    "points_returned",
    "stamps_returned",
}


@dataclass
class Purchase:
    """A receipt: what it cost, what came back of it, and the lines it wrote. `pk` is the service's name for it."""

    card: "Card"
    store: int
    cents: int
    recorded: datetime
    receipt: str = ""
    returned: int = 0
    lines: list["Line"] = field(default_factory=list)
    pk: int = 0

    def earned(self) -> list["Line"]:
        return [line for line in self.lines if line.kind in ("points_earned", "stamp_earned")]

    def is_open(self) -> bool:
        is_undone = bool(self.earned()) and all(line.undone for line in self.earned())
        return self.returned < self.cents and not is_undone

    def change(self) -> tuple[int, Fraction]:
        """The stamps and points still to be given (or taken) so that it has given what is left of it is worth."""
        kept = self.cents - self.returned
        stamps, points = 0, Fraction(0)
        for line in self.earned():
            if not line.undone and line.kind == "points_earned" and kept >= MINIMUM_CENTS:
                points = Fraction(kept, CENTS_PER_POINT)
            if not line.undone and line.kind == "stamp_earned" and kept:
                stamps += line.stamps
        return stamps - sum(line.stamps for line in self.lines), points - sum(
            line.exact for line in self.lines
        )


@dataclass
class Line:
    """Something that happened to a card: `exact` points, of which `points` whole ones moved its balance."""

    card: "Card"
    kind: str
    stamps: int
    points: int
    store: int
    at: datetime
    exact: Fraction = Fraction(0)
    recorded: datetime | None = None
    purchase: Purchase | None = None
    brought_back: int = 0  # cents, of a return's lines
    undone: bool = False
    owed: int = 0  # how many stamps and points are owed since this line, and were not before


@dataclass
class Card:
    """The figures on a card, and all that happened to it."""

    active: bool = True
    merged: "Card | None" = None
    net_stamps: int = 0
    net_points: Fraction = Fraction(0)
    stamps_earned: int = 0
    stamps_spent: int = 0
    stamps_voided: int = 0
    rewards: int = 0
    points_earned: int = 0
    points_spent: int = 0
    points_voided: int = 0
    last_activity: datetime | None = None
    warned: datetime | None = None
    not_before: datetime | None = None
    lines: list[Line] = field(default_factory=list)
    inside: list["Card"] = field(default_factory=list)

    @property
    def stamps(self) -> int:
        return max(self.net_stamps, 0)

    @property
    def stamps_owed(self) -> int:
        return max(-self.net_stamps, 0)

    @property
    def points(self) -> int:
        return max(math.floor(self.net_points), 0)

    @property
    def points_owed(self) -> int:
        return max(-math.floor(self.net_points), 0)

    @property
    def fraction(self) -> int:
        return int((self.net_points - math.floor(self.net_points)) * 10_000)

    def counted_stamps(self) -> list[Line]:
        """The stamps that are neither undone nor brought back, those of the cards merged into it too."""
        lines = [line for card in (self, *self.inside) for line in card.lines]
        return [
            line
            for line in lines
            if line.kind == "stamp_earned"
            and not line.undone
            and (line.purchase is None or line.purchase.is_open())
        ]

    def last_stamp(self) -> datetime | None:
        return max((line.at for line in self.counted_stamps()), default=None)

    def active_at(self, at: datetime) -> None:
        self.last_activity = max(filter(None, (self.last_activity, at)))

    def note(
        self,
        kind: str,
        *,
        stamps: int = 0,
        exact: Fraction | int = 0,
        at: datetime,
        store: int,
        purchase: Purchase | None = None,
        **more: object,
    ) -> Line:
        owed, whole = (self.stamps_owed, self.points_owed), math.floor(self.net_points)
        self.net_stamps += stamps
        self.net_points += exact
        points = math.floor(self.net_points) - whole
        line = Line(self, kind, stamps, points, store, at, Fraction(exact), purchase=purchase, **more)
        line.owed = max(0, self.stamps_owed - owed[0]) + max(0, self.points_owed - owed[1])
        self.lines.append(line)
        if purchase is not None:
            purchase.lines.append(line)
        return line
