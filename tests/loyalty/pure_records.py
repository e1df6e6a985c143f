"""What a café in plain Python writes on paper: its cards, what happened to them, and its receipts."""

import itertools
import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Luxembourg")
TARGET, COOLDOWN, DAILY, BONUS = 3, timedelta(minutes=15), 5, 20
PERIOD, WARNING, WARNED, GRACE = (timedelta(days=days) for days in (30, 14, 7, 14))
HELD = timedelta(hours=12)
WINDOW = timedelta(hours=24)
# What promotions give on top: points again from so much on, and something to a friend who was brought.
DOUBLE_FROM, WELCOME_FROM, WELCOME = 2000, 1000, 7
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


@dataclass(frozen=True)
class Terms:
    """What the house promises from a moment on (None: since ever): points for a euro, and for stamps too or not."""

    since: datetime | None = None
    points_per_euro: Fraction = Fraction("2.5")
    minimum_cents: int = 100
    keeps_remainders: bool = True
    has_stamps: bool = True

    def worth(self, cents: int) -> Fraction:
        if cents < self.minimum_cents:
            return Fraction(0)
        exact = Fraction(math.floor(self.points_per_euro * cents * 100), 10_000)
        return exact if self.keeps_remainders else Fraction(math.floor(exact))


@dataclass
class Purchase:
    """A receipt: what it cost, what came back of it, and the lines it wrote. `pk` is the service's name for it."""

    card: "Card"
    store: int
    cents: int
    recorded: datetime
    at: datetime
    terms: Terms
    receipt: str = ""
    is_of_a_friend: bool = False
    returned: int = 0
    lines: list["Line"] = field(default_factory=list)
    pk: int = 0

    def earned(self) -> list["Line"]:
        return [line for line in self.lines if line.kind in ("points_earned", "stamp_earned")]

    def worth(self, cents: int) -> Fraction:
        """What so much of it gives, with what promotions give on top of it."""
        plain = self.terms.worth(cents)
        if cents < self.terms.minimum_cents:
            return plain
        doubled = plain if cents >= DOUBLE_FROM else 0
        return plain + doubled + (WELCOME if self.is_of_a_friend and cents >= WELCOME_FROM else 0)

    def welcome(self) -> int:
        """What a friend has of the welcome with it now."""
        has_points = any(line.kind == "points_earned" and not line.undone for line in self.lines)
        kept = self.cents - self.returned
        is_enough = kept >= max(WELCOME_FROM, self.terms.minimum_cents)
        return WELCOME if self.is_of_a_friend and has_points and is_enough else 0

    def earned_points_are_undone(self) -> bool:
        return any(line.kind == "points_earned" and line.undone for line in self.lines)

    def is_open(self) -> bool:
        is_undone = bool(self.earned()) and all(line.undone for line in self.earned())
        return self.returned < self.cents and not is_undone

    def change(self) -> tuple[int, Fraction]:
        """The stamps and points still to be given (or taken) so that it has given what is left of it is worth."""
        kept = self.cents - self.returned
        stamps, points = 0, Fraction(0)
        for line in self.earned():
            if not line.undone and line.kind == "points_earned":
                points = self.worth(kept)
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
    undoes: "Line | None" = None
    came_from: "Line | None" = None  # a merge's other line
    owed_before: tuple[int, int] = (0, 0)  # stamps and points
    owed_after: tuple[int, int] = (0, 0)
    number: int = field(default_factory=itertools.count().__next__)

    def cause(self) -> int:
        """What a line is part of: its purchase, what it undoes, or itself."""
        return id(self.purchase or self.undoes or self)


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
        line.owed_before, line.owed_after = owed, (self.stamps_owed, self.points_owed)
        self.lines.append(line)
        if purchase is not None:
            purchase.lines.append(line)
        return line


def owed_by(lines: list[Line]) -> int:
    """How many stamps and points are owed since some lines of a card, and were not before."""
    before, after = lines[0].owed_before, lines[-1].owed_after
    return sum(max(0, now - then) for then, now in zip(before, after, strict=True))


def told_again(card: Card, cause: int, stamps: int, exact: Fraction) -> dict[str, tuple[int, Fraction]]:
    """What expired, and was let go, less than is written if `cause` had moved that much more from the beginning."""
    lines = sorted((line for one in (card, *card.inside) for line in one.lines), key=lambda line: line.number)
    causes = {cause: (stamps, exact)}
    for line in lines:
        done = causes.get(line.cause(), (0, Fraction(0)))
        causes[line.cause()] = (done[0] + line.stamps, done[1] + line.exact)
    nets: dict[int, tuple[int, Fraction]] = {}
    right = {"expiry": (0, Fraction(0)), "forgiveness": (0, Fraction(0))}
    moves: dict[int, tuple[int, Fraction]] = {}
    for line in lines:
        net = nets.get(id(line.card), (0, Fraction(0)))
        move, about = (0, Fraction(0)), ""
        if line.kind == "points_expired":
            move, about = (0, -min(-line.exact, max(net[1], Fraction(0)))), "expiry"
        elif line.kind == "debt_forgiven":
            move, about = (
                (min(line.stamps, max(-net[0], 0)), Fraction(min(line.exact, max(-math.floor(net[1]), 0)))),
                "forgiveness",
            )
        elif line.kind.endswith("_adjusted"):
            about = line.kind.removesuffix("_adjusted")
        elif line.kind == "merge_out":
            move = (-net[0], -net[1])
        elif line.came_from is not None:
            out = moves[id(line.came_from)]
            move = (-out[0], -out[1])
        else:
            move = causes.pop(line.cause(), move)
        moves[id(line)] = move
        nets[id(line.card)] = (net[0] + move[0], net[1] + move[1])
        if about:
            said = right[about]
            right[about] = (said[0] + move[0] - line.stamps, said[1] + move[1] - line.exact)
    return right
