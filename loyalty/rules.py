"""The arithmetic of loyalty: pure functions of their arguments. No clock, no database.

Stamps: cooldown and daily limit. Points: what a purchase earns, when points expire. Cards: the check digit.
Ledger: which counter a transaction moves.
"""

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from groundwork.formats import currencies

WARNING_DAYS = 14
WARNED_AT_LEAST = timedelta(days=7)
LARGEST_PURCHASE_EUROS = 10_000  # unless the program says another amount
LARGEST_AMOUNT_CENTS = 10**11  # of any amount in a program or purchase, so that its points fit at every rate
MAXIMUM_ADJUSTMENT_POINTS = 1_000_000
MAXIMUM_STAMPS_AT_ONCE = 10
OFFLINE_LIMIT = timedelta(hours=12)
POINT = 10_000  # a point, in the ten-thousandths in which it is counted
CLOCK_GRACE = timedelta(minutes=1)


@dataclass(frozen=True)
class Amounts:
    """A number of stamps and of points."""

    stamps: int = 0
    points: int = 0


def split(net: int) -> tuple[int, int, int]:
    """A card's net, in ten-thousandths of a point, as balance, owed points and fraction.

    >>> split(35_000), split(-35_000)
    ((3, 0, 5000), (0, 4, 5000))
    """
    whole, fraction = divmod(net, POINT)
    return max(whole, 0), max(-whole, 0), fraction


def owed_change(net_after: int, delta: int) -> int:
    """How much more (above 0) or less is owed since a change of a net, in whole stamps or points.

    >>> owed_change(-200, -500), owed_change(100, 300)
    (200, -200)
    """
    return max(0, -net_after) - max(0, delta - net_after)


def largest_purchase_cents(maximum_purchase_cents: int | None, currency: str) -> int:
    """What one purchase may be at most: what the program says, else about 10,000 euros in the currency (ISO 4217).

    >>> largest_purchase_cents(None, "EUR"), largest_purchase_cents(None, "JPY"), largest_purchase_cents(5, "EUR")
    (1000000, 1000000, 5)
    """
    if maximum_purchase_cents is not None:
        return maximum_purchase_cents
    return currencies.minor_units(LARGEST_PURCHASE_EUROS, currency)


def local_day(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Midnight before and after a moment in a time zone, as UTC. A day has 23 to 25 hours."""
    date = at.astimezone(zone).date()
    start = datetime.combine(date, time.min, tzinfo=zone)
    end = datetime.combine(date + timedelta(days=1), time.min, tzinfo=zone)
    return start.astimezone(UTC), end.astimezone(UTC)


@dataclass(frozen=True)
class StampUsage:
    """What a card's stamps (not undone) say about one moment: how many that day, and the nearest on either side."""

    today: int = 0
    before: datetime | None = None
    after: datetime | None = None


@dataclass(frozen=True)
class StampVerdict:
    """Whether a card may be stamped: `code` says why not, `next_stamp_at` (UTC) when it may."""

    allowed: bool
    code: str | None = None
    next_stamp_at: datetime | None = None

    def retry_after(self, now: datetime) -> int | None:
        """Whole seconds from now until the next stamp, at least 1."""
        if self.next_stamp_at is None:
            return None
        return max(1, math.ceil((self.next_stamp_at - now).total_seconds()))


def may_stamp(
    usage: StampUsage,
    *,
    at: datetime,
    cooldown_minutes: int,
    max_daily_stamps: int,
    zone: ZoneInfo,
    count: int = 1,
) -> StampVerdict:
    """Judge a stamp at a moment: the distance to the nearest other stamp, then the limit of the local day."""
    cooldown = timedelta(minutes=cooldown_minutes)
    for neighbour in (usage.before, usage.after):
        if neighbour is not None and abs(at - neighbour) < cooldown:
            newest = max(moment for moment in (usage.before, usage.after) if moment is not None)
            return StampVerdict(False, "stamp_cooldown", newest + cooldown)
    if usage.today + count > max_daily_stamps:
        return StampVerdict(False, "daily_stamp_limit", local_day(at, zone)[1])
    return StampVerdict(True)


def luhn_digit(digits: str) -> str:
    """The check digit after these digits (ISO/IEC 7812-1, annex B).

    >>> luhn_digit("7992739871")
    '3'
    """
    total = 0
    for position, character in enumerate(reversed(digits)):
        value = int(character) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def luhn_is_valid(digits: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    return (
        digits.isascii() and digits.isdecimal() and len(digits) > 1 and luhn_digit(digits[:-1]) == digits[-1]
    )


def pin_is_too_simple(pin: str) -> bool:
    """Whether a PIN is one digit throughout, or a run like 1234 or 8765 (also across 0: 7890, 3210)."""
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(pin)}
    return steps in ({0}, {1}, {9})


def expiration_days(days: int | None, *, has_points: bool, switched_on: Iterable[bool]) -> int | None:
    """After how many days without activity points expire; None while they do not.

    They do not where nobody has set a period, and while they cannot be spent: in a program of stamps alone, or where
    one of what spending takes is not `switched_on` (merchant, program, and the card, if it is about one). Once they can
    be spent again, nothing expires for WARNING_DAYS, and a warning goes first: that is `not_before` in `expires_at`.
    """
    return days if days and has_points and all(switched_on) else None


def warning_notice(expiration_days: int) -> timedelta:
    """How long before the expiry a warning goes out: 14 days, or half the period if it is 28 days or less."""
    return min(timedelta(days=WARNING_DAYS), timedelta(days=expiration_days) / 2)


def expires_at(
    *,
    last_activity_at: datetime,
    expiration_days: int,
    not_before: tuple[datetime | None, ...] = (),
    warned_at: datetime | None = None,
    requires_warning: bool = False,
) -> datetime:
    """When a card's points expire: days after the last activity (UTC).

    `not_before`: nothing expires before any of these moments (a period newly switched on or shortened, a
    reactivation), and then a warning goes first, as it does where the program `requires_warning`: the points expire
    7 days after the warning at the earliest. A warning counts that came no sooner than one of this moment may: the day
    that an earlier one named is no longer true (the card was used, expiry was put off, or the period is longer now).

    This is the moment that people are told. The points are taken OFFLINE_LIMIT later, so that whatever was recorded
    offline before the moment has come in by then, and has saved them.
    """
    inactive = last_activity_at + timedelta(days=expiration_days)
    moment = max([inactive, *[other for other in not_before if other]])
    is_warned = warned_at is not None and warned_at >= moment - warning_notice(expiration_days)
    if warned_at is not None and is_warned and (requires_warning or moment > inactive):
        moment = max(moment, warned_at + WARNED_AT_LEAST)
    return moment


def liability_cents(
    *,
    stamp_count: int,
    stamps_target: int,
    stamps_reward_value_cents: int | None,
    points_balance: int,
    point_value_cents: Decimal,
) -> int:
    """What a card's balances are worth in cents, each part rounded down."""
    stamps = stamp_count * (stamps_reward_value_cents or 0) // stamps_target
    return stamps + math.floor(points_balance * point_value_cents)


# --- The ledger: which counters a transaction moves -------------------------------------------------------

VOIDABLE = frozenset(
    {
        "stamp_earned",
        "stamp_redeemed",
        "points_earned",
        "points_redeemed",
        "welcome_bonus",
        "points_adjustment",
        "points_returned",
        "stamps_returned",
    }
)
ADJUSTMENTS = frozenset({"expiry_adjusted", "forgiveness_adjusted"})
NOT_ACTIVITY = ADJUSTMENTS.union(
    ("points_expired", "card_deactivated", "card_reactivated", "merge_out", "debt_forgiven")
)
# What is taken back whether it is still there or not; and what is owed elsewhere, and is brought along.
TAKEN_BACK = frozenset({"stamp_voided", "points_voided", "stamps_returned", "points_returned"})
MAY_OWE = TAKEN_BACK | ADJUSTMENTS | {"merge_in", "opening_balance"}

# (kind, what it undoes or None, +1 or -1) -> (counter, factor on the delta). "rewards" counts pieces, not stamps.
STAMP_COUNTERS: Mapping[tuple[str, int], tuple[str, int]] = {
    ("friend_bonus", 1): ("total_stamps_earned", 1),
    ("stamp_earned", 1): ("total_stamps_earned", 1),
    ("opening_balance", 1): ("total_stamps_earned", 1),
    ("opening_balance", -1): ("total_stamps_voided", -1),
    ("merge_in", 1): ("total_stamps_earned", 1),
    ("merge_in", -1): ("total_stamps_voided", -1),
    ("merge_out", -1): ("total_stamps_voided", -1),
    ("merge_out", 1): ("total_stamps_voided", -1),
    ("debt_forgiven", 1): ("total_stamps_voided", -1),
    ("forgiveness_adjusted", 1): ("total_stamps_voided", -1),
    ("forgiveness_adjusted", -1): ("total_stamps_voided", -1),
    ("stamps_returned", -1): ("total_stamps_voided", -1),
    # The rest goes by another promotion, which gives some.
    ("stamps_returned", 1): ("total_stamps_earned", 1),
    ("stamp_redeemed", -1): ("total_stamps_spent", -1),
    ("stamp_voided", -1): ("total_stamps_voided", -1),
    ("stamp_voided", 1): ("total_stamps_spent", -1),
}
POINTS_COUNTERS: Mapping[tuple[str, int], tuple[str, int]] = {
    ("friend_bonus", 1): ("total_points_earned", 1),
    ("welcome_bonus", 1): ("total_points_earned", 1),
    ("points_earned", 1): ("total_points_earned", 1),
    ("points_adjustment", 1): ("total_points_earned", 1),
    ("opening_balance", 1): ("total_points_earned", 1),
    ("opening_balance", -1): ("total_points_voided", -1),
    ("merge_in", 1): ("total_points_earned", 1),
    ("points_adjustment", -1): ("total_points_voided", -1),
    ("points_expired", -1): ("total_points_voided", -1),
    ("merge_in", -1): ("total_points_voided", -1),
    ("merge_out", -1): ("total_points_voided", -1),
    ("merge_out", 1): ("total_points_voided", -1),
    ("debt_forgiven", 1): ("total_points_voided", -1),
    ("expiry_adjusted", 1): ("total_points_voided", -1),
    ("expiry_adjusted", -1): ("total_points_voided", -1),
    ("forgiveness_adjusted", 1): ("total_points_voided", -1),
    ("forgiveness_adjusted", -1): ("total_points_voided", -1),
    ("points_returned", -1): ("total_points_voided", -1),
    ("points_redeemed", -1): ("points_redeemed", -1),
    ("points_voided", -1): ("total_points_voided", -1),
    ("points_voided", 1): ("points_redeemed", -1),
}
# Undoing a return, a downward adjustment, or what was owed to begin with, gives back what it had counted as voided.
COUNTED_AS_VOIDED = {"points_returned", "points_adjustment", "opening_balance"}
UNDONE = {
    ("stamp_voided", 1): ({"stamps_returned", "opening_balance"}, ("total_stamps_voided", -1)),
    ("points_voided", 1): (COUNTED_AS_VOIDED, ("total_points_voided", -1)),
}
REWARDS = {("stamp_redeemed", -1): 1, ("stamp_voided", 1): -1}


def sign(number: int) -> int:
    """-1, 0 or 1."""
    return (number > 0) - (number < 0)


def counter_changes(
    kind: str, *, stamps_delta: int, points_delta: int, undoes: str | None = None
) -> dict[str, int]:
    """How a transaction moves a card's counters. Raises KeyError for a delta that its kind cannot have."""
    changes: dict[str, int] = {}
    for delta, table in ((stamps_delta, STAMP_COUNTERS), (points_delta, POINTS_COUNTERS)):
        if not delta:
            continue
        key = (kind, sign(delta))
        kinds, (counter, factor) = UNDONE.get(key, ((), ("", 0)))
        if undoes not in kinds:
            counter, factor = table[key]
            if table is STAMP_COUNTERS and key in REWARDS:
                changes["stamps_redeemed"] = REWARDS[key]
        changes[counter] = factor * delta
    return changes
