"""Undoing: what comes back, what cannot be taken back, and what is free again afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from loyalty.errors import DailyStampLimit, NotEnoughStamps
from loyalty.models import LoyaltyCard, LoyaltyTransaction, Purchase
from loyalty.services import points, stamps, voids
from loyalty.services.voids import Voiding
from tenancy.actor import Actor
from tenancy.models import Store
from tests import factories
from tests.refusals import refused

STAFF, MANAGER = factories.actor("staff"), factories.actor("manager")
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def undo(at: Store, line: LoyaltyTransaction, actor: Actor = STAFF, reason: str = "slip") -> Voiding:
    return voids.void(store=at, transaction_id=line.pk, actor=actor, reason=reason)


def stamp(at: Store, card: LoyaltyCard, actor: Actor = MANAGER, **more: object) -> LoyaltyTransaction:
    return stamps.give(store=at, card_id=card.pk, actor=actor, **more).transaction


def buy(at: Store, card: LoyaltyCard, cents: int, **more: object) -> LoyaltyTransaction:
    call = {"store": at, "card_id": card.pk, "actor": STAFF, "purchase_amount_cents": cents}
    return points.earn(**call, **more).transaction


def test_an_undone_stamp_is_the_opposite_line_and_leaves_the_first_one_standing() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    line = stamp(shop.store, card)
    with time_machine.travel(NOON + timedelta(days=400), tick=False):
        undone = undo(shop.store, line, MANAGER, reason=" tapped twice ").transaction
    assert (undone.transaction_type, undone.stamps_delta, undone.stamps_balance_after) == (
        "stamp_voided",
        -1,
        0,
    )
    assert (undone.voids, undone.notes, undone.store) == (line, "tapped twice", shop.store)
    assert LoyaltyTransaction.objects.get(pk=line.pk).voided_by == undone
    card = factories.fresh(card)
    assert (card.stamp_count, card.total_stamps_earned, card.total_stamps_voided) == (0, 1, 1)


def test_undoing_is_activity() -> None:
    shop = factories.shop()
    with time_machine.travel(NOON, tick=False) as clock:
        card = factories.card(shop.store)
        line = stamp(shop.store, card)
        clock.shift(timedelta(hours=5))
        undo(shop.store, line)
    assert factories.fresh(card).last_activity_at == NOON + timedelta(hours=5)


def test_a_mis_tap_can_be_put_right_at_once_in_spite_of_the_cooldown() -> None:
    shop = factories.shop(cooldown_minutes=15)
    wrong = factories.card(shop.store)
    line = stamp(shop.store, wrong)
    assert undo(shop.store, line).card.last_stamp_at is None
    assert stamps.give(store=shop.store, card_id=wrong.pk, actor=STAFF).card.stamp_count == 1


def test_an_undone_stamp_gives_its_place_in_the_daily_limit_back() -> None:
    shop = factories.shop(max_daily_stamps=3)
    card = factories.card(shop.store)
    group = stamp(shop.store, card, count=3)
    with refused(DailyStampLimit):
        stamp(shop.store, card)
    undo(shop.store, group)
    assert stamp(shop.store, card, count=3).stamps_balance_after == 3


def test_after_an_undone_stamp_the_last_one_is_the_newest_that_still_counts() -> None:
    shop = factories.shop()
    with time_machine.travel(NOON, tick=False) as clock:
        card = factories.card(shop.store)
        lines = []
        for _visit in range(3):
            lines.append(stamp(shop.store, card))
            clock.shift(10 * MINUTE)
        undo(shop.store, lines[1])
        assert factories.fresh(card).last_stamp_at == NOON + 20 * MINUTE
        undo(shop.store, lines[2])
        assert factories.fresh(card).last_stamp_at == NOON
        undo(shop.store, lines[0])
        assert factories.fresh(card).last_stamp_at is None


def test_stamps_that_are_partly_spent_are_taken_back_and_the_rest_is_owed() -> None:
    shop = factories.shop(stamps_target=10)
    card = factories.card(shop.store, stamps=5)
    group = stamp(shop.store, card, count=8)
    stamps.redeem(store=shop.store, card_id=card.pk, actor=STAFF)
    done = undo(shop.store, group)
    assert (done.shortfall, done.transaction.stamps_delta, done.card.stamp_count) == (5, -8, 0)
    card = factories.fresh(card)
    assert (card.total_stamps_earned, card.total_stamps_spent, card.total_stamps_voided) == (13, 10, 8)
    assert card.stamps_owed == 5


def test_points_that_are_spent_altogether_are_owed() -> None:
    shop = factories.shop(points_per_euro=10, rewards=[("Croissant", 45)])
    card = factories.card(shop.store)
    line = buy(shop.store, card, 450, order_reference="R-1")
    reward = shop.program.rewards.get()
    points.redeem(store=shop.store, card_id=card.pk, actor=STAFF, reward_id=reward.pk)
    done = undo(shop.store, line)
    assert (done.shortfall, done.transaction.points_delta, done.card.points_balance) == (45, -45, 0)
    assert done.card.points_owed == 45
    assert not Purchase.objects.filter(is_open=True).exists()


def test_an_undone_purchase_takes_its_points_back() -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store, cents=1000)
    done = undo(shop.store, buy(shop.store, card, 450))
    assert (done.shortfall, done.transaction.transaction_type) == (0, "points_voided")
    assert done.transaction.points_delta == -45
    card = factories.fresh(card)
    assert (card.points_balance, card.total_points_earned, card.total_points_voided) == (100, 145, 45)


def test_a_reward_for_stamps_that_was_not_handed_out_is_given_back() -> None:
    shop = factories.shop(stamps_target=10)
    card = factories.card(shop.store, stamps=12)
    line = stamps.redeem(store=shop.store, card_id=card.pk, actor=STAFF).transaction
    done = undo(shop.store, line)
    assert (done.transaction.transaction_type, done.transaction.stamps_delta) == ("stamp_voided", 10)
    card = factories.fresh(card)
    assert (card.stamp_count, card.total_stamps_spent, card.total_stamps_voided) == (12, 0, 0)
    assert card.stamps_redeemed == 0
    assert stamps.redeem(store=shop.store, card_id=card.pk, actor=STAFF).card.stamp_count == 2


def test_a_reward_for_points_that_was_not_handed_out_is_given_back() -> None:
    shop = factories.shop(points_per_euro=10, rewards=[("Croissant", 40)])
    card = factories.card(shop.store, cents=450)
    reward = shop.program.rewards.get()
    line = points.redeem(store=shop.store, card_id=card.pk, actor=STAFF, reward_id=reward.pk).transaction
    done = undo(shop.store, line)
    assert (done.transaction.transaction_type, done.transaction.points_delta) == ("points_voided", 40)
    card = factories.fresh(card)
    assert (card.points_balance, card.points_redeemed, card.total_points_voided) == (45, 0, 0)


def test_an_undone_reward_does_not_announce_that_it_is_ready_but_the_next_stamp_must_not_either() -> None:
    shop = factories.shop(stamps_target=3)
    card = factories.card(shop.store, stamps=3)
    line = stamps.redeem(store=shop.store, card_id=card.pk, actor=STAFF).transaction
    undo(shop.store, line)
    assert not stamps.give(store=shop.store, card_id=card.pk, actor=STAFF).reward_ready


def test_a_stamp_undone_below_the_target_makes_the_reward_ready_anew() -> None:
    shop = factories.shop(stamps_target=3)
    card = factories.card(shop.store, stamps=2)
    third = stamp(shop.store, card)
    undo(shop.store, third)
    with refused(NotEnoughStamps):
        stamps.redeem(store=shop.store, card_id=card.pk, actor=STAFF)
    assert stamps.give(store=shop.store, card_id=card.pk, actor=STAFF).reward_ready


def test_a_welcome_bonus_can_be_undone() -> None:
    shop = factories.shop(welcome_bonus_points=50)
    card = factories.card(shop.store)
    bonus = LoyaltyTransaction.objects.get(card=card, transaction_type="welcome_bonus")
    done = undo(shop.store, bonus)
    assert (done.transaction.points_delta, done.card.points_balance, done.shortfall) == (-50, 0, 0)


@pytest.mark.parametrize(
    ("delta", "earned", "voided"),
    [(30, 75, 30), (-30, 45, 0)],
)
def test_an_adjustment_can_be_undone_in_either_direction(delta: int, earned: int, voided: int) -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store, cents=450)
    line = points.adjust(
        store=shop.store, card_id=card.pk, actor=MANAGER, points_delta=delta, reason="why"
    ).transaction
    done = undo(shop.store, line)
    assert (done.transaction.points_delta, done.card.points_balance) == (-delta, 45)
    card = factories.fresh(card)
    assert (card.total_points_earned, card.total_points_voided, card.points_redeemed) == (earned, voided, 0)


def test_an_offline_stamp_is_undone_like_any_other() -> None:
    shop = factories.shop()
    with time_machine.travel(NOON, tick=False):
        card = factories.card(shop.store)
        line = stamp(shop.store, card, occurred_at=NOON - timedelta(hours=3))
        undone = undo(shop.store, line).transaction
    assert (undone.transaction_at, undone.recorded_offline) == (NOON, False)
