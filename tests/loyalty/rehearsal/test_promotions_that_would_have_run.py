"""Promotions that are played over the last days: when, to whom, and how far their budgets reach."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.offers import BACK_AFTER, EVERY_VISIT, FACTOR, FIRST_PURCHASE, FRIEND, POINTS, STAMPS, Promotion
from loyalty.reporting.rehearsal.draft import Draft
from loyalty.reporting.rehearsal.figures import Promoted
from loyalty.rules import POINT
from loyalty.services import restoring, stamps, voids
from tests import factories
from tests.buying import bring_back
from tests.factories import Shop
from tests.loyalty.rehearsal.playing import MONDAY, TUESDAY, bought, enrolled, rehearse, shop

__all__ = ["shop"]
pytestmark = pytest.mark.django_db


def promotion(**fields: Any) -> Promotion:
    return Promotion(**{"id": 7, "effect": FACTOR, "factor": Decimal(2)} | fields)


def test_a_double_points_tuesday_counts_on_tuesdays_between_its_hours_alone(shop: Shop) -> None:
    card = enrolled(shop)
    bought(shop, card, MONDAY, 1000, stamps=0)
    bought(shop, card, TUESDAY, 1000, stamps=0)
    bought(shop, card, TUESDAY + timedelta(hours=3), 1000, stamps=0)
    tuesday = promotion(weekdays=frozenset({2}), from_time=time(14), until_time=time(17))
    found = rehearse(shop, Draft(promotions=(tuesday,)))
    assert (found.real.points, found.drafted.points, found.cost_cents) == (300, 400, 100)
    assert found.by_day.drafted_units[-5:-2] == [1_000_000, 3_000_000, 0]


def test_a_bound_a_card_and_day_holds_in_a_rehearsal(shop: Shop) -> None:
    card = enrolled(shop)
    for hours in range(3):
        bought(shop, card, MONDAY + timedelta(hours=hours), 1000, stamps=0)
    bought(shop, card, TUESDAY, 1000, stamps=0)
    found = rehearse(shop, Draft(promotions=(promotion(card_day_limit=150),)))
    assert found.drafted.points - found.real.points == 150 + 100


def test_every_second_visit_and_the_first_one_are_counted_from_before_the_days_that_are_played(
    shop: Shop,
) -> None:
    card, new = enrolled(shop, cents=500), enrolled(shop)
    for days in range(3):
        bought(shop, card, MONDAY + timedelta(days=days), 1000, stamps=0)
    bought(shop, new, MONDAY, 1000, stamps=0)
    second = promotion(effect=POINTS, amount=30, audience=EVERY_VISIT, every=2)
    found = rehearse(shop, Draft(promotions=(second,)))
    assert found.drafted.points - found.real.points == 60  # on Monday and Wednesday
    first = promotion(effect=POINTS, amount=30, audience=FIRST_PURCHASE)
    assert rehearse(shop, Draft(promotions=(first,))).drafted.points - found.real.points == 30


@pytest.mark.parametrize(
    ("came", "undone_after"), [(-39, -35), (-39, 1), (0, 1)], ids=["before", "before and within", "within"]
)
def test_what_was_written_again_was_a_visit_when_it_was(shop: Shop, came: int, undone_after: int) -> None:
    """A stamp that was undone and written again counts on its own day: before the days that are played, and in them."""
    card, day = enrolled(shop), MONDAY + timedelta(days=came)
    stamped = stamp(shop, card, day + timedelta(hours=1))
    with time_machine.travel(MONDAY + timedelta(days=undone_after), tick=False), factories.inside(shop):
        undone = voids.void(
            store=shop.store, transaction_id=stamped.pk, actor=factories.actor("owner"), reason="mistake"
        )
        restoring.restore(
            store=shop.store,
            undoing_id=undone.transaction.pk,
            written=[row.pk for row in undone.transactions],
            actor=factories.actor("owner"),
            reason="it was right",
        )
    bought(shop, card, MONDAY + timedelta(days=2), 1000, stamps=0)

    def more(days: int) -> int:
        back = promotion(effect=POINTS, amount=30, audience=BACK_AFTER, days=days)
        found = rehearse(shop, Draft(promotions=(back,)))
        return found.drafted.points - found.real.points

    away = 2 - came
    assert [more(away), more(away + 1)] == [30, 0]


def stamp(shop: Shop, card: LoyaltyCard, at: datetime) -> LoyaltyTransaction:
    with time_machine.travel(at, tick=False), factories.inside(shop):
        return stamps.give(store=shop.store, card_id=card.pk, actor=factories.actor()).transaction


def test_a_stamp_without_a_receipt_gets_the_stamps_of_a_promotion(shop: Shop) -> None:
    card = enrolled(shop)
    with time_machine.travel(TUESDAY, tick=False):
        factories.give_stamps(card, shop.store, 1)
    found = rehearse(shop, Draft(promotions=(promotion(effect=STAMPS, amount=2),)))
    assert (found.real.stamps, found.drafted.stamps) == (1, 3)


def test_a_budget_stops_a_promotion_in_the_order_of_time_whoever_has_which_card(shop: Shop) -> None:
    card, other = enrolled(shop), enrolled(shop)
    bought(shop, other, MONDAY, 1000, stamps=0)
    for days in (1, 2):
        bought(shop, card, MONDAY + timedelta(days=days), 1000, stamps=0)
    limited = promotion(effect=POINTS, amount=100, budget=150)
    found = rehearse(shop, Draft(promotions=(limited,)))
    assert found.drafted.points - found.real.points == 150
    assert [units // POINT for units in found.by_day.drafted_units[-5:-2]] == [200, 150, 100]
    assert found.promotions == {
        7: Promoted(POINT, times=2, cards=2, given=150 * POINT, bought_cents=2000, used_up_on="2026-03-10")
    }


def test_a_budget_that_lasts_stops_nothing_and_of_two_each_stops_by_itself(shop: Shop) -> None:
    card = enrolled(shop)
    for days in range(3):
        bought(shop, card, MONDAY + timedelta(days=days), 1000, stamps=0)
    draft = Draft(
        promotions=(
            promotion(effect=POINTS, amount=10, budget=15),
            promotion(id=8, effect=POINTS, amount=20, budget=20),
            promotion(id=9, effect=POINTS, amount=5, budget=16),
        )
    )
    told = rehearse(shop, draft).promotions
    assert {number: (each.given // POINT, each.used_up_on) for number, each in told.items()} == {
        7: (15, "2026-03-10"),
        8: (20, "2026-03-09"),
        9: (15, None),
    }


def test_of_two_budgets_that_are_not_given_together_the_second_ends_by_what_the_first_leaves(
    shop: Shop,
) -> None:
    """A hundred on Monday or Tuesday, or else forty: once the hundred is gone, forty are left for Tuesday already."""
    card = enrolled(shop)
    for days in range(4):
        bought(shop, card, MONDAY + timedelta(days=days), 1000, stamps=0)
    draft = Draft(
        promotions=(
            promotion(effect=POINTS, amount=100, budget=100, weekdays=frozenset({1, 2})),
            promotion(id=8, effect=POINTS, amount=40, budget=80, not_with=frozenset({7})),
        )
    )
    told = rehearse(shop, draft).promotions
    assert {number: (each.given // POINT, each.used_up_on) for number, each in told.items()} == {
        7: (100, "2026-03-09"),
        8: (80, "2026-03-11"),
    }


def test_all_budgets_end_in_one_further_play(shop: Shop) -> None:
    card = enrolled(shop)
    for days in range(3):
        bought(shop, card, MONDAY + timedelta(days=days), 1000, stamps=0)
    five = tuple(promotion(id=number, effect=POINTS, amount=10, budget=15) for number in range(7, 12))
    counted: list[int] = []
    found = rehearse(shop, Draft(promotions=five), counted=counted.append)
    assert {each.given // POINT for each in found.promotions.values()} == {15}
    assert sum(counted) == 2, "a card is played twice"


def test_a_draft_for_friends_gives_nothing_as_nobody_knows_who_would_have_come(shop: Shop) -> None:
    card = enrolled(shop)
    bought(shop, card, MONDAY, 1000, stamps=0)
    friends = promotion(effect=POINTS, amount=50, audience=FRIEND, friend_amount=30, budget=80)
    found = rehearse(shop, Draft(promotions=(friends,)))
    assert (found.cost_cents, found.promotions[7].times, found.reached) == (0, 0, 0)


def test_what_is_brought_back_leaves_room_in_a_budget_until_it_is_used_up(shop: Shop) -> None:
    card, other = enrolled(shop), enrolled(shop)
    slip = bought(shop, other, MONDAY, 1000, stamps=0)
    with time_machine.travel(MONDAY + timedelta(hours=2), tick=False):
        bring_back(slip, shop)
    bought(shop, card, TUESDAY, 1000, stamps=0)
    found = rehearse(shop, Draft(promotions=(promotion(effect=POINTS, amount=100, budget=110),)))
    assert found.promotions == {7: Promoted(POINT, times=1, cards=1, given=100 * POINT, bought_cents=1000)}


def test_a_promotion_with_dates_is_played_for_as_many_days(shop: Shop) -> None:
    card = enrolled(shop)
    for days in range(3):
        bought(shop, card, MONDAY + timedelta(days=days), 1000, stamps=0)
    two_days = promotion(first_day=date(2026, 3, 16), last_day=date(2026, 3, 17))
    found = rehearse(shop, Draft(promotions=(two_days,)))
    assert found.promotions == {
        7: Promoted(POINT, "2026-03-09", "2026-03-10", times=2, cards=1, given=200 * POINT, bought_cents=2000)
    }


def test_an_undone_stamp_gives_a_promotion_its_stamps_back(shop: Shop) -> None:
    card = enrolled(shop)
    with time_machine.travel(TUESDAY, tick=False), factories.inside(shop):
        at = {"store": shop.store, "actor": factories.actor()}
        slip = stamps.give(card_id=card.pk, **at).transaction
        voids.void(transaction_id=slip.pk, reason="slip", **at)
        stamps.give(card_id=card.pk, **at)
    found = rehearse(shop, Draft(promotions=(promotion(effect=STAMPS, amount=2, card_limit=2, budget=3),)))
    assert (found.real.stamps, found.drafted.stamps) == (1, 3)
    assert found.promotions == {7: Promoted(1, times=1, cards=1, given=2)}
