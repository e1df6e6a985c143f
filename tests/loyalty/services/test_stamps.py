"""Giving stamps and redeeming full cards."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from groundwork.errors import Invalid
from loyalty.errors import (
    CardInactive,
    CardNotFound,
    DailyStampLimit,
    NotEnoughStamps,
    ProgramInactive,
    ProgramTypeMismatch,
    StaffPinRequired,
    StampCooldown,
)
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.services import cards, programs, stamps
from loyalty.services.operation import Posting
from tenancy.actor import Actor
from tenancy.errors import ManagerRequired
from tenancy.models import Store
from tests import factories
from tests.refusals import refused

STAFF, MANAGER = factories.actor("staff"), factories.actor("manager")
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)  # noon in Luxembourg


def stamp(at: Store, card: LoyaltyCard, actor: Actor = STAFF, **more: object) -> Posting:
    return stamps.give(store=at, card_id=card.pk, actor=actor, **more)


def test_a_stamp_is_one_line_in_the_ledger_and_one_stamp_on_the_card() -> None:
    shop = factories.shop()
    actor = factories.actor("staff", shop.staff, ip_address="192.0.2.7", user_agent="Till/1")
    with time_machine.travel(NOON, tick=False):
        card = factories.card(shop.store)
        done = stamp(shop.store, card, actor, notes="two coffees")
    line = LoyaltyTransaction.objects.get(pk=done.transaction.pk)
    assert (line.transaction_type, line.stamps_delta, line.stamps_balance_after) == ("stamp_earned", 1, 1)
    assert (line.points_delta, line.points_balance_after) == (0, 0)
    assert (line.store, line.user, line.api_key, line.staff_pin) == (shop.store, shop.staff, None, None)
    assert (line.notes, line.ip_address, line.user_agent) == ("two coffees", "192.0.2.7", "Till/1")
    assert (line.transaction_at, line.recorded_offline) == (NOON, False)
    card = factories.fresh(card)
    assert (card.stamp_count, card.total_stamps_earned) == (1, 1)
    assert (card.last_stamp_at, card.last_activity_at) == (NOON, NOON)


def test_addresses_are_not_kept_where_the_merchant_does_not_want_it() -> None:
    shop = factories.shop(settings={"log_ip_addresses": False})
    actor = factories.actor("staff", ip_address="192.0.2.7", user_agent="Till/1")
    line = stamp(shop.store, factories.card(shop.store), actor).transaction
    assert (line.ip_address, line.user_agent) == (None, "")


def test_a_second_stamp_within_the_cooldown_is_refused_with_the_time_to_wait() -> None:
    shop = factories.shop(cooldown_minutes=15)
    card = factories.card(shop.store)
    with time_machine.travel(NOON, tick=False) as clock:
        stamp(shop.store, card)
        clock.shift(timedelta(minutes=5))
        with refused(StampCooldown) as refusal:
            stamp(shop.store, card)
        assert refusal.extra == {"retry_after": 600, "next_stamp_at": NOON + timedelta(minutes=15)}
        clock.shift(timedelta(minutes=10))
        assert stamp(shop.store, card).card.stamp_count == 2


def test_the_cooldown_counts_stamps_of_the_other_shop_too() -> None:
    shop = factories.shop(cooldown_minutes=15)
    card = factories.card(shop.store)
    stamp(shop.store, card)
    with refused(StampCooldown):
        stamp(shop.other_store, card)


def test_a_sixth_stamp_on_the_same_day_is_refused_until_midnight() -> None:
    shop = factories.shop(max_daily_stamps=5)
    card = factories.card(shop.store)
    with time_machine.travel(NOON, tick=False) as clock:
        for _visit in range(5):
            stamp(shop.store, card)
            clock.shift(timedelta(hours=1))
        with refused(DailyStampLimit) as refusal:
            stamp(shop.other_store, card)
        midnight = datetime(2026, 3, 10, 23, 0, tzinfo=UTC)
        assert refusal.extra == {"retry_after": 7 * 3600, "next_stamp_at": midnight}
        clock.move_to(midnight)
        assert stamp(shop.store, card).card.stamp_count == 6


def test_the_day_ends_at_midnight_of_the_shop_that_stamps() -> None:
    shop = factories.shop(max_daily_stamps=1)
    tokyo = factories.store(shop.merchant, timezone="Asia/Tokyo")
    card = factories.card(shop.store)
    with time_machine.travel(datetime(2026, 3, 10, 14, 0, tzinfo=UTC), tick=False) as clock:
        stamp(tokyo, card)  # 23:00 there
        clock.shift(timedelta(hours=1))
        with refused(DailyStampLimit):
            stamp(shop.store, card)  # still the 10th here
        assert stamp(tokyo, card).card.stamp_count == 2  # the 11th there


def test_a_day_of_25_hours_allows_no_stamp_more() -> None:
    shop = factories.shop(max_daily_stamps=1)
    card = factories.card(shop.store)
    with time_machine.travel(datetime(2026, 10, 24, 22, 30, tzinfo=UTC), tick=False) as clock:
        stamp(shop.store, card)  # 00:30 on the day the clocks go back
        clock.shift(timedelta(hours=24))  # 23:30 on the same day
        with refused(DailyStampLimit):
            stamp(shop.store, card)


def test_a_manager_gives_a_group_its_stamps_in_one_line() -> None:
    shop = factories.shop(max_daily_stamps=8)
    card = factories.card(shop.store)
    done = stamp(shop.store, card, MANAGER, count=6)
    assert (done.transaction.stamps_delta, done.card.stamp_count) == (6, 6)
    with refused(DailyStampLimit):
        stamp(shop.store, card, MANAGER, count=3)
    assert stamp(shop.store, card, MANAGER, count=2).card.stamp_count == 8


def test_staff_give_one_stamp_at_a_time() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    with refused(ManagerRequired):
        stamp(shop.store, card, STAFF, count=2)


@pytest.mark.parametrize("count", [-1, 0, 11])
def test_no_fewer_than_one_and_no_more_than_ten_at_once(count: int) -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    with refused(Invalid) as refusal:
        stamp(shop.store, card, MANAGER, count=count)
    assert refusal.fields == ["count"]


def test_the_reward_is_ready_exactly_when_the_target_is_reached() -> None:
    shop = factories.shop(stamps_target=3)
    card = factories.card(shop.store)
    assert [stamp(shop.store, card).reward_ready for _visit in range(4)] == [False, False, True, False]


def test_the_reward_is_ready_again_only_after_it_was_taken() -> None:
    shop = factories.shop(stamps_target=3)
    card = factories.card(shop.store, stamps=3)
    stamps.redeem(store=shop.store, card_id=card.pk, actor=STAFF)
    assert not stamp(shop.store, card, MANAGER, count=2).reward_ready
    assert stamp(shop.store, card, MANAGER, count=2).reward_ready


def test_redeeming_takes_the_target_and_leaves_the_surplus() -> None:
    shop = factories.shop(stamps_target=10, stamps_reward_description="a coffee")
    card = factories.card(shop.store, stamps=12)
    with time_machine.travel(NOON, tick=False):
        done = stamps.redeem(store=shop.store, card_id=card.pk, actor=STAFF, notes="cappuccino")
    line = done.transaction
    assert (line.transaction_type, line.stamps_delta, line.stamps_balance_after) == ("stamp_redeemed", -10, 2)
    assert (line.reward_name, line.notes) == ("a coffee", "cappuccino")
    card = factories.fresh(card)
    assert (card.stamp_count, card.total_stamps_earned, card.total_stamps_spent) == (2, 12, 10)
    assert (card.stamps_redeemed, card.last_redemption_at) == (1, NOON)


def test_a_card_with_one_stamp_too_few_gets_no_reward() -> None:
    shop = factories.shop(stamps_target=10)
    card = factories.card(shop.store, stamps=9)
    with refused(NotEnoughStamps) as refusal:
        stamps.redeem(store=shop.store, card_id=card.pk, actor=STAFF)
    assert refusal.extra == {"missing": 1}


@pytest.mark.parametrize("operation", [stamps.give, stamps.redeem])
class TestWhereNoStampsAreGiven:
    def test_under_a_program_of_points_only(self, operation: object) -> None:
        shop = factories.shop(loyalty_type="points")
        card = factories.card(shop.store)
        with refused(ProgramTypeMismatch):
            operation(store=shop.store, card_id=card.pk, actor=STAFF)

    def test_under_a_program_that_is_switched_off(self, operation: object) -> None:
        shop = factories.shop()
        card = factories.card(shop.store, stamps=10)
        programs.deactivate(program_id=shop.program.pk, actor=MANAGER)
        with refused(ProgramInactive):
            operation(store=shop.store, card_id=card.pk, actor=STAFF)

    def test_on_a_card_that_is_switched_off(self, operation: object) -> None:
        shop = factories.shop()
        card = factories.card(shop.store, stamps=10)
        cards.deactivate(store=shop.store, card_id=card.pk, actor=MANAGER)
        with refused(CardInactive):
            operation(store=shop.store, card_id=card.pk, actor=STAFF)

    def test_on_another_merchants_card_which_is_not_found(self, operation: object) -> None:
        shop, rival = factories.shop(), factories.shop()
        card = factories.card(rival.store, stamps=10)
        with refused(CardNotFound):
            operation(store=shop.store, card_id=card.pk, actor=STAFF)

    def test_on_a_card_of_the_other_store_where_each_has_its_own(self, operation: object) -> None:
        shop = factories.shop(settings={"allow_cross_location_redemption": False})
        card = factories.card(shop.other_store, stamps=10)
        with refused(CardNotFound):
            operation(store=shop.store, card_id=card.pk, actor=STAFF)

    def test_without_a_pin_where_the_program_asks_for_one(self, operation: object) -> None:
        shop = factories.shop()
        card = factories.card(shop.store, stamps=10)
        programs.change(program_id=shop.program.pk, actor=MANAGER, require_staff_pin=True)
        with refused(StaffPinRequired):
            operation(store=shop.store, card_id=card.pk, actor=MANAGER)


def test_who_typed_the_pin_is_in_the_ledger() -> None:
    shop = factories.shop(require_staff_pin=True)
    card = factories.card(shop.store)
    lea = factories.staff_pin(shop.store, "Léa")
    actor = factories.actor("staff", staff_token=factories.staff_token(shop.store, lea))
    assert stamp(shop.store, card, actor).transaction.staff_pin == lea
