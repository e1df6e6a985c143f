"""What runs now, or later today, and until when: the one question of till, pages, passes and overview.

It asks the database for nothing where a program has no promotion, and else for what is left of budgets alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from customers import birthdays
from loyalty import friends, offers, promoted, selectors
from loyalty.models import LoyaltyCard, LoyaltyProgram, Promotion
from loyalty.offers import BIRTHDAY, FIRST_PURCHASE, FRIEND, TAGGED
from loyalty.promotion_words import Names, today
from tenancy.models import Store

BUDGETS_LOOKED_AT = timedelta(minutes=10)


@dataclass(frozen=True)
class Shown:
    """A promotion of today: since when or from when on (UTC) it runs, and until when; None: it goes on and on."""

    promotion: Promotion
    begins: datetime
    ends: datetime | None

    def is_on(self, now: datetime) -> bool:
        return self.begins <= now

    def in_words(self, names: Names, *, now: datetime, zone: ZoneInfo) -> str:
        """For whoever reads it now: "Today until 11:00: points count double"."""
        rule = self.promotion.rule()
        return today(rule, names, zone=zone, now=now, begins=self.begins, ends=self.ends)


def at_store(program: LoyaltyProgram, store: Store, *, now: datetime) -> list[Shown]:
    """What runs at a store now (UTC), or will today; what is on, and ends first, comes first."""
    return _shown(program, [store], now=now)


def running_at(
    program: LoyaltyProgram, store: Store, *, now: datetime, left: Mapping[int, int]
) -> list[Shown]:
    """What runs at a store now (UTC); `left`: what is known already of budgets, in the promotions' parts."""
    shown = [each for each in _of_today(program, [store], now=now) if each.is_on(now)]
    return _in_order(_not_used_up(shown, left), now)


def at_stores(program: LoyaltyProgram, stores: Iterable[Store], *, now: datetime) -> list[Shown]:
    """What runs now (UTC), or will today, at one of some stores."""
    return _shown(program, stores, now=now)


def for_everybody(shown: Iterable[Shown]) -> list[Shown]:
    """What may be told to people of whom nothing is known: what is for everybody, or for newcomers."""
    private = (BIRTHDAY, TAGGED, FRIEND)
    return [each for each in shown if each.promotion.audience not in private]


def for_cards(shown: Iterable[Shown]) -> list[Shown]:
    """What may be told to all who have a card alike, once for many."""
    return [each for each in for_everybody(shown) if each.promotion.audience != FIRST_PURCHASE]


def for_card(shown: Iterable[Shown], card: LoyaltyCard, *, now: datetime) -> list[Shown]:
    """What may be told to whoever has a card: nothing that is for others. Reads `card.customer` and `card.merchant`."""
    return [each for each in shown if _concerns(each.promotion, card, now)]


def in_words(
    shown: Iterable[Shown], stores: Iterable[Store], *, now: datetime, here: Store | None = None
) -> list[str]:
    """Each promotion as a sentence, in the active language; where it holds is told of some stores, unless one is there.

    Reads `merchant` of a store.
    """
    places = [here] if here else list(stores)
    if not places:
        return []
    named = {} if here or len(places) == 1 else {store.pk: store.name for store in places}
    names = Names(currency=places[0].merchant.currency, stores=named)
    return [each.in_words(names, now=now, zone=places[0].tzinfo) for each in shown]


def of_card(card: LoyaltyCard, *, now: datetime) -> list[str]:
    """What runs today (UTC) where a card is valid, for whoever has it, in words; asks nothing without promotions."""
    if not card.program.has_promotions:
        return []
    stores = list(selectors.locations(card).select_related("merchant"))
    return in_words(for_card(at_stores(card.program, stores, now=now), card, now=now), stores, now=now)


def changes_at(shown: Iterable[Shown], *, now: datetime, zone: ZoneInfo) -> datetime:
    """When to look again (UTC): one begins or ends, a budget may be used up, or the day is over."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    moments = [datetime.combine(tomorrow, time.min, tzinfo=zone).astimezone(UTC)]
    for each in shown:
        moments += [each.begins] if each.begins > now else []
        moments += [each.ends] if each.ends and each.ends > now else []
        moments += [now + BUDGETS_LOOKED_AT] if each.promotion.budget is not None else []
    return min(moments)


def _concerns(promotion: Promotion, card: LoyaltyCard, now: datetime) -> bool:
    customer = card.customer
    if promotion.audience == FRIEND:
        return bool(friends.welcomed_by(card, [promotion.pk]))
    if promotion.audience == TAGGED:
        return promotion.tag.casefold() in {tag.casefold() for tag in customer.tags}
    if promotion.audience == BIRTHDAY:
        here = now.astimezone(card.merchant.tzinfo).date()
        return birthdays.is_near(customer.birth_date, here, days=promotion.days or 0)
    if promotion.audience == FIRST_PURCHASE:
        return not (card.total_points_earned or card.total_stamps_earned)
    return True


def _shown(program: LoyaltyProgram, stores: Iterable[Store], *, now: datetime) -> list[Shown]:
    return _in_order(_not_used_up(_of_today(program, stores, now=now), {}), now)


def _of_today(program: LoyaltyProgram, stores: Iterable[Store], *, now: datetime) -> list[Shown]:
    if not program.has_promotions:
        return []
    planned, places = promoted.planned_of(program), list(stores)
    found = []
    for promotion_id, rule in planned.rules.items():
        hours = [when for store in places if (when := _times(rule, store, now)) is not None]
        if hours and planned.by_id[promotion_id].deleted_at is None:
            found.append(Shown(planned.by_id[promotion_id], *min(hours, key=lambda when: when[0])))
    return found


def _in_order(shown: list[Shown], now: datetime) -> list[Shown]:
    return sorted(shown, key=lambda each: _urgency(each, now))


def _urgency(each: Shown, now: datetime) -> tuple[bool, bool, datetime, int]:
    """What is on comes first, and of that what ends first; then what begins first."""
    is_on = each.is_on(now)
    turns = each.ends if is_on else each.begins
    return not is_on, turns is None, turns or now, each.promotion.pk


def _times(rule: offers.Promotion, store: Store, now: datetime) -> tuple[datetime, datetime | None] | None:
    """Since when a promotion runs at a store - now, or later today - and until when; None if not today."""
    zone = store.tzinfo
    if offers.is_on(rule, now, store.pk, zone):
        return now, offers.closes_at(rule, now, zone)
    if rule.from_time is None:
        return None
    opens = datetime.combine(now.astimezone(zone).date(), rule.from_time, tzinfo=zone).astimezone(UTC)
    if opens <= now or not offers.is_on(rule, opens, store.pk, zone):
        return None
    return opens, offers.closes_at(rule, opens, zone)


def _not_used_up(shown: list[Shown], known: Mapping[int, int]) -> list[Shown]:
    """Those that have something left; of what is not `known` yet, the database is asked."""
    limited = {each.promotion.pk for each in shown if each.promotion.budget is not None}
    asked = limited - known.keys()
    left = {**known, **(promoted.left_of(asked, holds=False) if asked else {})}
    return [each for each in shown if each.promotion.budget is None or left.get(each.promotion.pk, 0) > 0]
