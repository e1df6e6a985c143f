"""What runs now, or later today, and until when: the one question of till, pages, passes and overview.

Whoever has a card is told of what their next purchase of today would be given, if it is large enough and of the right
things: by the rules of the till (`offers.is_for`). Who has none yet, and who runs the shop, reads what the rules are,
with their conditions. A pass is the same for all holders of a program, and nobody brings it up to date because of a
visit or a day: it tells of what is for everybody (`for_all_cards`), and promises nothing else.

It asks the database for nothing where a program has no promotion; else for what is left of budgets, and for what these
promotions want to know of cards: in one statement for all that are shown.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loyalty import friends, offers, promoted, promotion_facts, selectors, wall_clock
from loyalty.models import LoyaltyCard, LoyaltyProgram, Promotion
from loyalty.offers import BIRTHDAY, EVERYBODY, FRIEND, TAGGED
from loyalty.promoted import Planned
from loyalty.promotion_facts import Known
from loyalty.promotion_words import Names, today
from tenancy.models import Store

BUDGETS_LOOKED_AT = timedelta(minutes=10)
NOTHING: Mapping[int, Known] = {}


@dataclass(frozen=True)
class Shown:
    """A promotion of today: since when or from when on (UTC) it runs, and until when; None: it goes on and on.

    `store`: where it does, of some stores the one where it begins first.
    """

    promotion: Promotion
    store: Store
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
    program: LoyaltyProgram,
    store: Store,
    *,
    now: datetime,
    left: Mapping[int, int],
    planned: Planned | None = None,
) -> list[Shown]:
    """What runs at a store now (UTC); `left`: what is known already of budgets, in the promotions' parts.

    `planned`: the program's promotions, where they are not those of the present.
    """
    shown = [each for each in _of_today(program, [store], now=now, planned=planned) if each.is_on(now)]
    return _in_order(_not_used_up(shown, left), now)


def at_stores(program: LoyaltyProgram, stores: Iterable[Store], *, now: datetime) -> list[Shown]:
    """What runs now (UTC), or will today, at one of some stores."""
    return _shown(program, stores, now=now)


def for_everybody(shown: Iterable[Shown]) -> list[Shown]:
    """What may be told to people of whom nothing is known: what is for everybody, or for newcomers."""
    private = (BIRTHDAY, TAGGED, FRIEND)
    return [each for each in shown if each.promotion.audience not in private]


def for_all_cards(shown: Iterable[Shown]) -> list[Shown]:
    """What may be told to all who have a card alike, once for many: what hangs on nothing that a card has or did."""
    return [each for each in shown if each.promotion.audience == EVERYBODY]


def for_cards(
    shown: Sequence[Shown],
    cards: Collection[LoyaltyCard],
    *,
    now: datetime,
    known: Mapping[int, Known] = NOTHING,
    upto: int | None = None,
) -> dict[int, list[Shown]]:
    """By card, what its next purchase of today would be given; reads `card.customer`.

    `known`: what is known already of cards, at the one store that is asked about. `upto`: as it was with that line (id)
    of the ledger.
    """
    rules = {each.promotion.pk: each.promotion.rule() for each in shown}
    by_zone = {
        zone: _known_of(cards, rules.values(), at=now, zone=zone, known=known, upto=upto)
        for zone in {each.store.tzinfo for each in shown}
    }
    return {
        card.pk: [
            each
            for each in shown
            if card.is_active
            and offers.is_for(
                rules[each.promotion.pk],
                by_zone[each.store.tzinfo][card.pk].facts(card, each.store),
                each.begins,
            )
        ]
        for card in cards
    }


def in_words(
    shown: Iterable[Shown],
    stores: Iterable[Store],
    *,
    now: datetime,
    here: Store | None = None,
    is_of_card: bool = False,
) -> list[str]:
    """Each promotion as a sentence, in the active language; where it holds is told of some stores, unless one is there.

    `is_of_card`: as it is told of one card, for which it holds. Reads `merchant` of a store.
    """
    places = [here] if here else list(stores)
    if not places:
        return []
    named = {} if here or len(places) == 1 else {store.pk: store.name for store in places}
    names = Names(currency=places[0].merchant.currency, stores=named, is_of_card=is_of_card)
    return [each.in_words(names, now=now, zone=places[0].tzinfo) for each in shown]


def of_card(card: LoyaltyCard, *, now: datetime) -> list[str]:
    """What runs today (UTC) where a card is valid, for whoever has it, in words; asks nothing without promotions."""
    if not card.program.has_promotions:
        return []
    stores = list(selectors.locations(card).select_related("merchant"))
    mine = for_cards(at_stores(card.program, stores, now=now), [card], now=now)
    return in_words(mine[card.pk], stores, now=now, is_of_card=True)


def changes_at(shown: Iterable[Shown], *, now: datetime, zone: ZoneInfo) -> datetime:
    """When to look again (UTC): one begins or ends, a budget may be used up, or the day is over."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    moments = [datetime.combine(tomorrow, time.min, tzinfo=zone).astimezone(UTC)]
    for each in shown:
        moments += [each.begins] if each.begins > now else []
        moments += [each.ends] if each.ends and each.ends > now else []
        moments += [now + BUDGETS_LOOKED_AT] if each.promotion.budget is not None else []
    return min(moments)


def _known_of(
    cards: Collection[LoyaltyCard],
    rules: Collection[offers.Promotion],
    *,
    at: datetime,
    zone: ZoneInfo,
    known: Mapping[int, Known],
    upto: int | None,
) -> Mapping[int, Known]:
    """What some promotions want to know of cards, by card, as far as it is not known."""
    wanted = {rule.id for rule in rules}
    if all(card.pk in known and wanted <= known[card.pk].asked for card in cards):
        return known
    found = promotion_facts.known_of_cards(cards, rules, at=at, zone=zone, upto=upto)
    if bring := [rule.id for rule in rules if rule.audience == FRIEND]:
        welcomed = friends.welcomed(cards, bring, upto=upto)
        return {pk: replace(each, welcomes=welcomed[pk]) for pk, each in found.items()}
    return found


def _shown(program: LoyaltyProgram, stores: Iterable[Store], *, now: datetime) -> list[Shown]:
    return _in_order(_not_used_up(_of_today(program, stores, now=now), {}), now)


def _of_today(
    program: LoyaltyProgram, stores: Iterable[Store], *, now: datetime, planned: Planned | None = None
) -> list[Shown]:
    if not (program.has_promotions and program.is_active):
        return []
    planned, places = planned or promoted.planned_of(program), list(stores)
    found = []
    for promotion_id, rule in planned.rules.items():
        hours = [(store, *when) for store in places if (when := _times(rule, store, now)) is not None]
        if hours and program.gives(rule.effect):
            found.append(Shown(planned.by_id[promotion_id], *min(hours, key=lambda when: when[1])))
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
    first, last = wall_clock.shows(now.astimezone(zone).date(), rule.from_time, zone)
    opens = first if first > now else last
    if opens <= now or not offers.is_on(rule, opens, store.pk, zone):
        return None
    return opens, offers.closes_at(rule, opens, zone)


def _not_used_up(shown: list[Shown], known: Mapping[int, int]) -> list[Shown]:
    """Those that have something left; of what is not `known` yet, the database is asked."""
    limited = {each.promotion.pk for each in shown if each.promotion.budget is not None}
    asked = limited - known.keys()
    left = {**known, **(promoted.left_of(asked, holds=False) if asked else {})}
    return [each for each in shown if each.promotion.budget is None or left.get(each.promotion.pk, 0) > 0]
