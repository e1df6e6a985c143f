"""A café in plain Python: what it would write on paper. The state machine holds the services against it.

Nothing here knows the database, the services or `rules`: every figure is worked out again, in the simplest way.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
}


@dataclass
class Line:
    """Something that happened to a card."""

    card: "Card"
    kind: str
    stamps: int
    points: int
    store: int
    at: datetime
    receipt: str = ""
    undone: bool = False


@dataclass
class Card:
    """The figures on a card, and all that happened to it."""

    active: bool = True
    merged: bool = False
    stamps: int = 0
    points: int = 0
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

    def counted_stamps(self) -> list[Line]:
        return [line for line in self.lines if line.kind == "stamp_earned" and not line.undone]

    def last_stamp(self) -> datetime | None:
        return max((line.at for line in self.counted_stamps()), default=None)

    def active_at(self, at: datetime) -> None:
        self.last_activity = max(filter(None, (self.last_activity, at)))

    def note(
        self, kind: str, *, stamps: int = 0, points: int = 0, at: datetime, store: int, **more: str
    ) -> Line:
        self.stamps += stamps
        self.points += points
        line = Line(self, kind, stamps, points, store, at, **more)
        self.lines.append(line)
        return line


class Cafe:
    """The rules of the house. Each method says why it refuses (a code), or returns the line it wrote."""

    def __init__(self) -> None:
        self.receipts: set[str] = set()

    def enroll(self, store: int, now: datetime) -> Card:
        card = Card(points_earned=BONUS, last_activity=now)
        card.note("card_created", at=now, store=store)
        card.note("welcome_bonus", points=BONUS, at=now, store=store)
        return card

    def stamp(self, card: Card, store: int, role: str, count: int, at: datetime) -> Line | str:
        if count > 1 and role == "staff":
            return "manager_required"
        if not card.active:
            return "card_inactive"
        stamps = card.counted_stamps()
        if any(abs(at - line.at) < COOLDOWN for line in stamps):
            return "stamp_cooldown"
        same_day = [line for line in stamps if _date(line.at) == _date(at)]
        if sum(line.stamps for line in same_day) + count > DAILY:
            return "daily_stamp_limit"
        card.stamps_earned += count
        card.active_at(at)
        return card.note("stamp_earned", stamps=count, at=at, store=store)

    def redeem_stamps(self, card: Card, store: int, now: datetime) -> Line | str:
        if not card.active:
            return "card_inactive"
        if card.stamps < TARGET:
            return "not_enough_stamps"
        card.stamps_spent += TARGET
        card.rewards += 1
        card.active_at(now)
        return card.note("stamp_redeemed", stamps=-TARGET, at=now, store=store)

    def earn(self, card: Card, store: int, cents: int, receipt: str, at: datetime) -> Line | str:
        if not card.active:
            return "card_inactive"
        if cents < MINIMUM_CENTS:
            return "purchase_below_minimum"
        if receipt in self.receipts:
            return "order_reference_used"
        if receipt:
            self.receipts.add(receipt)
        points = cents // CENTS_PER_POINT
        card.points_earned += points
        card.active_at(at)
        return card.note("points_earned", points=points, at=at, store=store, receipt=receipt)

    def redeem_points(self, card: Card, store: int, cost: int, now: datetime) -> Line | str:
        if not card.active:
            return "card_inactive"
        if card.points < cost:
            return "not_enough_points"
        card.points_spent += cost
        card.active_at(now)
        return card.note("points_redeemed", points=-cost, at=now, store=store)

    def adjust(self, card: Card, store: int, role: str, delta: int, now: datetime) -> Line | str:
        if role == "staff":
            return "manager_required"
        if not card.active:
            return "card_inactive"
        if card.points + delta < 0:
            return "not_enough_points"
        card.points_earned += max(delta, 0)
        card.points_voided += max(-delta, 0)
        card.active_at(now)
        return card.note("points_adjustment", points=delta, at=now, store=store)

    def void(self, line: Line, store: int, role: str, now: datetime) -> Line | str:
        card = line.card
        if refusal := self._cannot_void(line, store, role, now):
            return refusal
        stamps, points = -min(line.stamps, card.stamps), -min(line.points, card.points)
        self._count_undone(line, stamps, points)
        line.undone = True
        self.receipts.discard(line.receipt)
        card.active_at(now)
        kind = "stamp_voided" if line.kind.startswith("stamp") else "points_voided"
        return card.note(kind, stamps=stamps, points=points, at=now, store=store)

    def _cannot_void(self, line: Line, store: int, role: str, now: datetime) -> str | None:
        if not line.card.active and role == "staff":
            return "card_inactive"
        if line.kind not in UNDOABLE or line.card.merged:
            return "not_voidable"
        if line.undone:
            return "already_voided"
        if now - line.at > WINDOW and role == "staff":
            return "void_window_passed"
        return "void_other_store" if store != line.store and role != "owner" else None

    def _count_undone(self, line: Line, stamps: int, points: int) -> None:
        card = line.card
        if line.kind == "stamp_redeemed":
            card.stamps_spent -= stamps
            card.rewards -= 1
        elif line.kind == "points_redeemed":
            card.points_spent -= points
        else:
            card.stamps_voided -= stamps
            card.points_voided -= points

    def switch(self, card: Card, active: bool, now: datetime) -> str | None:
        if card.active == active:
            return "card_already_active" if active else "card_already_inactive"
        if card.merged:
            return "card_inactive"
        card.active = active
        if active:
            card.not_before = now + GRACE
        return None

    def merge(self, source: Card, target: Card, store: int, now: datetime) -> str | None:
        if source is target or source.merged:
            return "cards_not_mergeable"
        if not target.active:
            return "card_inactive"
        stamps, points = source.stamps, source.points
        source.stamps_voided += stamps
        source.points_voided += points
        source.note("merge_out", stamps=-stamps, points=-points, at=now, store=store)
        target.stamps_earned += stamps
        target.points_earned += points
        target.note("merge_in", stamps=stamps, points=points, at=now, store=store)
        target.active_at(now)
        source.active, source.merged = False, True
        return None

    def expire(self, cards: list[Card], now: datetime) -> int:
        """Expire and warn; returns how many points went."""
        gone = 0
        for card in cards:
            if not (card.active and card.points):
                continue
            on_time = card.last_activity + PERIOD
            due = max(filter(None, (on_time, card.not_before)))
            was_warned = card.warned is not None and card.warned >= card.last_activity
            taken = now - HELD  # what was recorded offline before has come in
            if due <= taken and (due == on_time or (was_warned and card.warned <= taken - WARNED)):
                gone += card.points
                card.points_voided += card.points
                card.note("points_expired", points=-card.points, at=now, store=-1)
            elif due - WARNING <= now and not was_warned and (due > now or due != on_time):
                card.warned = now
        return gone


def _date(at: datetime) -> object:
    return at.astimezone(ZONE).date()
