"""Which promotions hold for a purchase, and how much each may give: pure functions. No clock, no database.

That depends on the moment, the store and the person, and is kept with the purchase; what the promotions give for an
amount is reckoned from it, at once and whenever something is brought back (`loyalty.earning`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from customers import birthdays
from loyalty import wall_clock
from loyalty.rules import POINT

FACTOR, POINTS, STAMPS = "factor", "points", "stamps"
EVERYBODY, FIRST_PURCHASE, BIRTHDAY = "everybody", "first_purchase", "birthday"
EVERY_VISIT, BACK_AFTER, TAGGED = "every_nth_visit", "back_after", "with_tag"
FRIEND = "brought_by_friend"
DRAFT, PLANNED, RUNNING, ENDED, STOPPED = "draft", "planned", "running", "ended", "stopped"

LARGEST_FACTOR = 100
LARGEST_BIRTHDAY_WINDOW = 30
# A birthday is celebrated once in so many days, whatever becomes of its date: two windows lie further apart.
BIRTHDAY_AGAIN = timedelta(days=300)


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """What a promotion says. Empty sets and None: nothing of that kind is asked.

    `amount` is in points or stamps, as are the bounds: in what the promotion gives. `weekdays` are ISO's, 1 to 7.
    `planned_at` and `stopped_at` (UTC) are when somebody decided so; days and hours are those of the store.
    """

    id: int
    effect: str
    factor: Decimal = Decimal(1)
    amount: int = 0
    planned_at: datetime | None = None
    stopped_at: datetime | None = None
    first_day: date | None = None
    last_day: date | None = None
    weekdays: frozenset[int] = frozenset()
    from_time: time | None = None
    until_time: time | None = None
    store_ids: frozenset[int] = frozenset()
    audience: str = EVERYBODY
    days: int = 0
    every: int = 0
    tag: str = ""
    friend_amount: int = 0  # what goes to whoever brought the friend
    month_limit: int | None = None
    least_cents: int = 0
    skus: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    card_day_limit: int | None = None
    card_limit: int | None = None
    budget: int | None = None
    not_with: frozenset[int] = frozenset()

    @property
    def unit(self) -> int:
        """In how many parts one of what it gives is counted."""
        return 1 if self.effect == STAMPS else POINT

    @property
    def asks_for_uses(self) -> bool:
        """Whether it matters what a card has had of it."""
        return self.card_day_limit is not None or self.card_limit is not None or self.audience == BIRTHDAY

    @property
    def asks_for_visits(self) -> bool:
        """Whether it matters when a card was here before."""
        return self.audience in (FIRST_PURCHASE, EVERY_VISIT, BACK_AFTER)

    def excludes(self, other: "Promotion") -> bool:
        """Whether one of two promotions is not given together with the other."""
        return other.id in self.not_with or self.id in other.not_with


@dataclass(frozen=True)
class Given:
    """What a card has had of a promotion and not brought back, in the promotion's parts."""

    today: int = 0
    in_all: int = 0
    around: int = 0  # less than BIRTHDAY_AGAIN before or after


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a store and a card at a moment; a visit is a day of the store on which the card earned.

    `visits` and `last_visit` count the days before. `given` and `left` (of a budget, in the promotion's parts) are by
    promotion. `welcomes`: the promotions that welcome this card's owner now, as a friend of somebody.
    """

    store_id: int
    zone: ZoneInfo
    birth_date: date | None = None
    tags: frozenset[str] = frozenset()
    welcomes: frozenset[int] = frozenset()
    has_earned: bool = False
    visits: int = 0
    last_visit: date | None = None
    given: Mapping[int, Given] = field(default_factory=dict)
    left: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Bought:
    """What is bought: `amount_cents` None for a stamp without a receipt. `stamps`: those that it gets anyway."""

    amount_cents: int | None
    digits: int
    stamps: int = 0
    items: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Offer:
    """A promotion that holds for a purchase: `cents` of it count, it gives at most `room` (its parts; None: any)."""

    promotion: Promotion
    cents: int | None
    room: int | None = None


def offers(bought: Bought, facts: Facts, promotions: Iterable[Promotion], at: datetime) -> tuple[Offer, ...]:
    """The promotions that hold for a purchase at a moment (UTC), each with what of it counts, and its room."""
    found = []
    for promotion in promotions:
        cents = counting_cents(promotion, bought)
        room = _room(promotion, facts)
        fits = is_enough(promotion, cents) and (room is None or room > 0)
        if fits and is_on(promotion, at, facts.store_id, facts.zone) and is_for(promotion, facts, at):
            found.append(Offer(promotion, cents, room))
    return tuple(found)


def is_for(promotion: Promotion, facts: Facts, at: datetime) -> bool:
    """Whether a promotion is for a card at a moment (UTC), and the bounds of a card leave it something."""
    room = _room_of_card(promotion, facts)
    return _is_meant(promotion, facts, at) and (room is None or room > 0)


def is_on(promotion: Promotion, at: datetime, store_id: int, zone: ZoneInfo) -> bool:
    """Whether a promotion runs at a store at a moment (UTC), by the store's clock.

    Hours over midnight belong to the day on which they begin. They are those of the clock on the wall: an hour that
    comes twice in autumn counts twice, one that is left out in spring not at all.
    """
    if not was_decided(promotion, at):
        return False
    if promotion.store_ids and store_id not in promotion.store_ids:
        return False
    day = _opened_on(promotion, at.astimezone(zone))
    return day is not None and _has_day(promotion, day)


def was_decided(promotion: Promotion, at: datetime) -> bool:
    """Whether a promotion had been planned by a moment (UTC), and not stopped."""
    if promotion.planned_at is None or at < promotion.planned_at:
        return False
    return promotion.stopped_at is None or at < promotion.stopped_at


def closes_at(promotion: Promotion, at: datetime, zone: ZoneInfo) -> datetime | None:
    """When (UTC) a promotion that is on at a moment pauses or ends, by the clock; None if it goes on and on."""
    day = _opened_on(promotion, at.astimezone(zone))
    if day is None:
        return at
    if promotion.from_time and promotion.until_time:
        ends_on = day + timedelta(days=promotion.from_time > promotion.until_time)
        first, last = wall_clock.shows(ends_on, promotion.until_time, zone)
        return first if first > at else last
    for _ in range(7):
        if not _has_day(promotion, day + timedelta(days=1)):
            return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)
        day += timedelta(days=1)
    if promotion.last_day is None:
        return None
    return datetime.combine(promotion.last_day + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)


def state(promotion: Promotion, *, now: datetime, zone: ZoneInfo, left: int | None = None) -> str:
    """What a promotion is at a moment (UTC): draft, planned, running, ended or stopped.

    It runs from its first day to its last, between its hours too, and ends by itself when nothing is `left` of its
    budget.
    """
    if promotion.planned_at is None:
        return DRAFT
    if promotion.stopped_at is not None:
        return STOPPED
    last = _last_moment(promotion, zone)
    if (last is not None and now >= last) or (left is not None and left <= 0):
        return ENDED
    today = now.astimezone(zone).date()
    if promotion.first_day is not None and today < promotion.first_day:
        return PLANNED
    return RUNNING


def _last_moment(promotion: Promotion, zone: ZoneInfo) -> datetime | None:
    if promotion.last_day is None:
        return None
    morning_after = promotion.last_day + timedelta(days=1)
    if promotion.from_time and promotion.until_time and promotion.from_time > promotion.until_time:
        return wall_clock.shows(morning_after, promotion.until_time, zone)[1]
    return datetime.combine(morning_after, time.min, tzinfo=zone).astimezone(UTC)


def _opened_on(promotion: Promotion, local: datetime) -> date | None:
    """The day to which a moment of the store belongs; None outside of the hours."""
    opens, closes, clock = promotion.from_time, promotion.until_time, local.time()
    if opens is None or closes is None:
        return local.date()
    if opens < closes:
        return local.date() if opens <= clock < closes else None
    if clock >= opens:
        return local.date()
    return local.date() - timedelta(days=1) if clock < closes else None


def _has_day(promotion: Promotion, day: date) -> bool:
    return (
        (promotion.first_day is None or day >= promotion.first_day)
        and (promotion.last_day is None or day <= promotion.last_day)
        and (not promotion.weekdays or day.isoweekday() in promotion.weekdays)
    )


def _is_meant(promotion: Promotion, facts: Facts, at: datetime) -> bool:
    today = at.astimezone(facts.zone).date()
    match promotion.audience:
        case "first_purchase":
            return not facts.has_earned
        case "birthday":
            is_new = _given(promotion, facts).around <= 0
            return is_new and birthdays.is_near(facts.birth_date, today, days=promotion.days)
        case "every_nth_visit":
            return (facts.visits + 1) % promotion.every == 0
        case "back_after":
            return facts.last_visit is not None and (today - facts.last_visit).days >= promotion.days
        case "with_tag":
            return promotion.tag.casefold() in {tag.casefold() for tag in facts.tags}
        case "brought_by_friend":
            return promotion.id in facts.welcomes
    return True


def _room(promotion: Promotion, facts: Facts) -> int | None:
    """How much a promotion may still give to a card, in its parts; None for as much as it likes."""
    left = None if promotion.budget is None else facts.left.get(promotion.id, 0)
    return min((room for room in (left, _room_of_card(promotion, facts)) if room is not None), default=None)


def _room_of_card(promotion: Promotion, facts: Facts) -> int | None:
    given = _given(promotion, facts)
    bounds = ((promotion.card_day_limit, given.today), (promotion.card_limit, given.in_all))
    rooms = [limit * promotion.unit - had for limit, had in bounds if limit is not None]
    return min(rooms, default=None)


def _given(promotion: Promotion, facts: Facts) -> Given:
    return facts.given.get(promotion.id, Given())


def counting_cents(promotion: Promotion, bought: Bought) -> int | None:
    """How much of a purchase a promotion is about: its items where the till names them, else all of it.

    None: there is no receipt.
    """
    if bought.amount_cents is None:
        return None
    if not bought.items or not (promotion.skus or promotion.categories):
        return bought.amount_cents
    counting = sum(item["amount_cents"] for item in bought.items if _names(promotion, item))
    return min(counting, bought.amount_cents)


def _names(promotion: Promotion, item: Mapping[str, Any]) -> bool:
    sku, category = item.get("sku") or "", item.get("category") or ""
    return _among(sku, promotion.skus) or _among(category, promotion.categories)


def _among(name: str, names: Iterable[str]) -> bool:
    return bool(name) and name.casefold() in {one.casefold() for one in names}


def is_enough(promotion: Promotion, cents: int | None) -> bool:
    """Whether so much of a purchase is enough for a promotion; None: there is no receipt."""
    if cents is None:
        asks = promotion.least_cents or promotion.skus or promotion.categories
        return not asks and promotion.audience != FRIEND
    return cents > 0 and cents >= promotion.least_cents
