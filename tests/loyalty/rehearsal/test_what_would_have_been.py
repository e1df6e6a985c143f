"""What a draft would have cost, and who would have had a reward earlier: a shop's last days, played again."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from loyalty.models import LoyaltyProgram
from loyalty.reporting.rehearsal.draft import Draft, Reward
from loyalty.reporting.rehearsal.figures import Sooner
from loyalty.services import points, stamps, voids
from tests import factories
from tests.buying import bring_back, buy, spend
from tests.factories import Shop
from tests.loyalty.rehearsal.playing import MONDAY, NOW, TUESDAY, bought, enrolled, rehearse, shop

__all__ = ["shop"]
pytestmark = pytest.mark.django_db
DAY = 86_400


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


def test_the_points_of_an_adjustment_are_carried(shop: Shop) -> None:
    card = enrolled(shop)
    with time_machine.travel(MONDAY, tick=False), factories.inside(shop):
        points.adjust(
            store=shop.store, card_id=card.pk, actor=factories.actor(), points_delta=40, reason="Sorry"
        )
    found = rehearse(shop, Draft({"points_per_euro": Decimal(20)}))
    assert (found.check.carried, found.cost_cents, found.reached) == (1, 0, 0)
    assert (found.real.liability_cents, found.drafted.liability_cents) == (40, 40)
