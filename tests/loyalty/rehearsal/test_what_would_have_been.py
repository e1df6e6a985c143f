"""What a draft would have cost, and who would have had a reward earlier: a shop's last days, played again."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction
from loyalty.offers import BACK_AFTER, EVERY_VISIT, FACTOR, FIRST_PURCHASE, FRIEND, POINTS, STAMPS, Promotion
from loyalty.reporting.rehearsal import rehearsing
from loyalty.reporting.rehearsal.draft import Draft, Reward
from loyalty.reporting.rehearsal.figures import Outcome, Promoted, Sooner
from loyalty.rules import POINT
from loyalty.services import points, restoring, stamps, voids
from tests import factories
from tests.buying import bring_back, buy, spend
from tests.factories import Shop

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 13, 12, 0, tzinfo=UTC)  # a Friday
MONDAY = datetime(2026, 3, 9, 15, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
DAY = 86_400


@pytest.fixture
def shop() -> Shop:
    """Ten points per euro, of a cent each; ten stamps for a coffee of 3.00; a croissant for 500 points."""
    with time_machine.travel(MONDAY - timedelta(days=40), tick=False):
        return factories.shop(rewards=[("Croissant", 500)], stamps_reward_value_cents=300)


def enrolled(shop: Shop, **more: Any) -> LoyaltyCard:
    with time_machine.travel(MONDAY - timedelta(days=39), tick=False):
        return factories.card(shop.store, **more)


def bought(shop: Shop, card: LoyaltyCard, at: datetime, cents: int, **more: Any) -> Any:
    with time_machine.travel(at, tick=False):
        return buy(card, shop, cents=cents, **more)


def rehearse(shop: Shop, draft: Draft, days: int = 30, **more: Any) -> Outcome:
    with factories.inside(shop):
        program = LoyaltyProgram.objects.select_related("merchant").get(pk=shop.program.pk)
        lines = LoyaltyTransaction.objects.count()
        found = rehearsing.rehearse(program, draft, days=days, now=NOW, **more)
        assert LoyaltyTransaction.objects.count() == lines
    assert found.check.wrong == []
    return found


def promotion(**fields: Any) -> Promotion:
    return Promotion(**{"id": 7, "effect": FACTOR, "factor": Decimal(2)} | fields)


# --- Rates and amounts ------------------------------------------------------------------------------------


def test_twice_the_points_cost_twice_as_much_and_bring_the_croissant_a_day_earlier(shop: Shop) -> None:
    card = enrolled(shop)
    for days in range(2):
        bought(shop, card, MONDAY + timedelta(days=days), 2500, stamps=0)
    found = rehearse(shop, Draft({"points_per_euro": Decimal(20)}))
    assert (found.real.points, found.drafted.points, found.cost_cents) == (500, 1000, 500)
    assert found.sooner == Sooner(earlier=1, earlier_seconds=DAY)
    assert (found.cards, found.reached, found.purchases) == (1, 1, 2)
    assert (found.by_hour.units[16], found.by_hour.drafted_units[16]) == (
        5_000_000,
        10_000_000,
    )  # by the shop's clock
    assert found.by_day.drafted_units[-5:-3] == [5_000_000, 5_000_000]


def test_what_was_bought_before_the_days_that_are_played_stays_as_it_was(shop: Shop) -> None:
    card = enrolled(shop, cents=4000)
    bought(shop, card, MONDAY, 1000, stamps=0)
    found = rehearse(shop, Draft({"points_per_euro": Decimal(20)}))
    assert (found.real.points, found.drafted.points) == (100, 200)
    assert (found.real.liability_cents, found.drafted.liability_cents) == (500, 600)
    assert found.sooner.new == 0  # both would have had the croissant on Monday


def test_a_purchase_below_the_minimum_earns_where_there_would_be_none(shop: Shop) -> None:
    with factories.inside(shop):
        LoyaltyProgram.objects.filter(pk=shop.program.pk).update(minimum_purchase_cents=500)
    card = enrolled(shop)
    bought(shop, card, NOW - timedelta(hours=1), 499, stamps=0)
    found = rehearse(shop, Draft({"minimum_purchase_cents": 0}))
    assert (found.real.units, found.drafted.units) == (0, 499_000)
    assert (found.cards, found.reached) == (0, 1)


def test_what_is_brought_back_is_taken_back_in_the_draft_as_well(shop: Shop) -> None:
    card = enrolled(shop)
    purchase = bought(shop, card, MONDAY, 3000)
    with time_machine.travel(TUESDAY, tick=False):
        bring_back(purchase, shop, cents=1000)
        bring_back(bought(shop, card, TUESDAY, 700), shop)
    found = rehearse(shop, Draft({"points_per_euro": Decimal(15)}))
    assert (found.real.points, found.drafted.points, found.real.stamps, found.drafted.stamps) == (
        200,
        300,
        1,
        1,
    )


def test_where_points_would_be_new_every_purchase_earns_them() -> None:
    with time_machine.travel(MONDAY, tick=False):
        shop = factories.shop(loyalty_type="stamps", rewards=[])
        buy(factories.card(shop.store), shop, cents=1000)
    found = rehearse(shop, Draft({"loyalty_type": "hybrid"}))
    assert (found.real.points, found.drafted.points, found.drafted.stamps) == (0, 100, 1)


def test_where_stamps_would_be_new_every_purchase_gives_one_unless_it_is_undone() -> None:
    with time_machine.travel(MONDAY, tick=False):
        shop = factories.shop(loyalty_type="points", rewards=[])
        card = factories.card(shop.store)
        buy(card, shop, cents=1000)
        slip = buy(card, shop, cents=900)
        with factories.inside(shop):
            line = slip.transactions.get().pk
            voids.void(store=shop.store, transaction_id=line, actor=factories.actor(), reason="slip")
    found = rehearse(shop, Draft({"loyalty_type": "hybrid"}))
    assert (found.real.stamps, found.drafted.stamps, found.drafted.points) == (0, 1, 100)


def test_who_has_enough_for_another_reward_at_once_does_not_wait_for_it_longer(shop: Shop) -> None:
    card = enrolled(shop)
    bought(shop, card, MONDAY, 6000, stamps=0)
    with time_machine.travel(MONDAY, tick=False):
        spend(card, shop)
    bought(shop, card, TUESDAY, 4000, stamps=0)
    found = rehearse(shop, Draft({"points_per_euro": Decimal(20)}))
    # 1,200 points on Monday: after the first croissant there are enough for the second, a day before the real one.
    assert found.sooner == Sooner(earlier=1, earlier_seconds=DAY)


# --- Rewards ----------------------------------------------------------------------------------------------


def test_eight_stamps_instead_of_ten_bring_the_coffee_earlier(shop: Shop) -> None:
    card, other = enrolled(shop, stamps=7), enrolled(shop, stamps=8)
    for days in range(3):
        with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
            factories.give_stamps(card, shop.store, 1)
    found = rehearse(shop, Draft({"stamps_target": 8}))
    # The first card is full on Monday and not on Wednesday; the other one, which was not here since, at once.
    assert found.sooner == Sooner(earlier=1, earlier_seconds=2 * DAY, new=1)
    assert (found.real.liability_cents, found.drafted.liability_cents) == (300 + 240, 375 + 300)
    assert other.stamp_count == 8


def test_a_higher_target_lets_the_coffee_wait_until_there_are_enough_stamps(shop: Shop) -> None:
    card = enrolled(shop, stamps=9)
    with time_machine.travel(MONDAY, tick=False), factories.inside(shop):
        factories.give_stamps(card, shop.store, 1)
        stamps.redeem(store=shop.store, card_id=card.pk, actor=factories.actor())
    with time_machine.travel(TUESDAY, tick=False):
        factories.give_stamps(card, shop.store, 2)
    twelve = rehearse(shop, Draft({"stamps_target": 12}))
    assert (twelve.real.rewards, twelve.drafted.rewards) == (1, 1)
    assert twelve.sooner == Sooner(later=1, later_seconds=DAY)
    assert (twelve.real.liability_cents, twelve.drafted.liability_cents) == (60, 0)
    thirteen = rehearse(shop, Draft({"stamps_target": 13}))
    assert (thirteen.drafted.rewards, thirteen.drafted.rewards_cents, thirteen.sooner) == (
        0,
        0,
        Sooner(none=1),
    )


def test_a_dearer_reward_is_handed_out_later_and_one_that_is_gone_never(shop: Shop) -> None:
    card = enrolled(shop, cents=5000)
    with time_machine.travel(MONDAY, tick=False):
        spend(card, shop)
    bought(shop, card, TUESDAY, 1000, stamps=0)
    with factories.inside(shop):
        (there,) = shop.program.rewards.all()
    dearer = rehearse(shop, Draft(rewards=(Reward(there.pk, 600, None),)))
    assert (dearer.real.rewards_cents, dearer.drafted.rewards_cents) == (500, 600)
    assert (dearer.real.liability_cents, dearer.drafted.liability_cents) == (100, 0)
    gone = rehearse(shop, Draft(rewards=()))
    assert (gone.real.rewards, gone.drafted.rewards, gone.drafted.liability_cents) == (1, 0, 600)


def test_a_reward_that_was_undone_is_undone_in_the_draft_too(shop: Shop) -> None:
    card = enrolled(shop, stamps=10)
    with time_machine.travel(MONDAY, tick=False), factories.inside(shop):
        at = {"store": shop.store, "actor": factories.actor()}
        line = stamps.redeem(card_id=card.pk, **at).transaction
        voids.void(transaction_id=line.pk, reason="slip", **at)
    for target in (10, 8, 12):
        found = rehearse(shop, Draft({"stamps_target": target} if target != 10 else {}))
        assert (found.real.rewards, found.drafted.rewards, found.drafted.rewards_cents) == (0, 0, 0)
        assert found.drafted.liability_cents == 10 * 300 // target


def test_points_that_would_expire_sooner_are_gone_once_their_time_is_over(shop: Shop) -> None:
    idle, back = enrolled(shop, cents=2000), enrolled(shop, cents=1000)
    bought(shop, back, MONDAY, 1000, stamps=0)
    found = rehearse(shop, Draft({"points_expiration_days": 30}))
    assert (found.real.expired_units, found.drafted.expired_units) == (0, 3_000_000)
    assert (found.real.liability_cents, found.drafted.liability_cents) == (400, 100)
    assert idle.points_balance == 200
    assert rehearse(shop, Draft({"points_expiration_days": 60})).drafted.expired_units == 0


# --- Promotions -------------------------------------------------------------------------------------------


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


def test_the_points_of_an_adjustment_are_carried(shop: Shop) -> None:
    card = enrolled(shop)
    with time_machine.travel(MONDAY, tick=False), factories.inside(shop):
        points.adjust(
            store=shop.store, card_id=card.pk, actor=factories.actor(), points_delta=40, reason="Sorry"
        )
    found = rehearse(shop, Draft({"points_per_euro": Decimal(20)}))
    assert (found.check.carried, found.cost_cents, found.reached) == (1, 0, 0)
    assert (found.real.liability_cents, found.drafted.liability_cents) == (40, 40)


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
