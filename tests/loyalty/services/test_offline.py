"""Stamps and points that a till recorded while the network was away."""

from datetime import UTC, datetime, timedelta

import time_machine

from groundwork.errors import Invalid
from loyalty.errors import DailyStampLimit, StaffPinRequired, StampCooldown
from loyalty.models import LoyaltyCard
from loyalty.services import pins, points, stamps
from loyalty.services.operation import Posting
from tenancy.actor import Actor
from tenancy.models import Store
from tests import factories
from tests.refusals import refused

STAFF, MANAGER = factories.actor("staff"), factories.actor("manager")
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def stamp(at: Store, card: LoyaltyCard, actor: Actor = STAFF, **more: object) -> Posting:
    return stamps.give(store=at, card_id=card.pk, actor=actor, **more)


@time_machine.travel(NOON, tick=False)
def test_a_stamp_of_this_morning_counts_for_this_morning_and_is_marked() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    done = stamp(shop.store, card, occurred_at=NOON - 3 * HOUR)
    assert done.transaction.recorded_offline
    assert done.transaction.transaction_at == NOON - 3 * HOUR
    assert factories.fresh(card).last_stamp_at == NOON - 3 * HOUR


@time_machine.travel(NOON, tick=False)
def test_points_can_wait_offline_too() -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    done = points.earn(
        store=shop.store,
        card_id=card.pk,
        actor=STAFF,
        purchase_amount_cents=450,
        occurred_at=NOON - HOUR,
    )
    assert (done.transaction.points_delta, done.transaction.recorded_offline) == (45, True)
    assert factories.fresh(card).last_points_at == NOON - HOUR


@time_machine.travel(NOON, tick=False)
def test_a_time_may_be_12_hours_old_or_a_minute_ahead_and_no_more() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    second = timedelta(seconds=1)
    for unbelievable in (NOON - 12 * HOUR - second, NOON + MINUTE + second):
        with refused(Invalid) as refusal:
            stamp(shop.store, card, occurred_at=unbelievable)
        assert refusal.fields == ["occurred_at"]
    stamp(shop.store, card, occurred_at=NOON - 12 * HOUR)
    assert stamp(shop.store, card, occurred_at=NOON + MINUTE).card.stamp_count == 2


@time_machine.travel(NOON, tick=False)
def test_the_cooldown_goes_by_the_time_that_was_claimed() -> None:
    shop = factories.shop(cooldown_minutes=15)
    card = factories.card(shop.store)
    stamp(shop.store, card)
    stamp(shop.store, card, occurred_at=NOON - HOUR)
    for too_near in (NOON - 14 * MINUTE, NOON - HOUR + 14 * MINUTE, NOON - HOUR - 14 * MINUTE):
        with refused(StampCooldown):
            stamp(shop.store, card, occurred_at=too_near)
    assert stamp(shop.store, card, occurred_at=NOON - 30 * MINUTE).card.stamp_count == 3


@time_machine.travel(datetime(2026, 3, 10, 1, 0, tzinfo=UTC), tick=False)  # two in the morning in Luxembourg
def test_the_daily_limit_goes_by_the_day_that_was_claimed() -> None:
    now = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
    shop = factories.shop(max_daily_stamps=1)
    card = factories.card(shop.store)
    stamp(shop.store, card)
    stamp(shop.store, card, occurred_at=now - 3 * HOUR)  # yesterday at 23:00
    with refused(DailyStampLimit):
        stamp(shop.store, card, occurred_at=now - 4 * HOUR)
    with refused(DailyStampLimit):
        stamp(shop.store, card, occurred_at=now - 2 * HOUR)  # today at 00:00


@time_machine.travel(NOON, tick=False)
def test_the_last_stamp_is_the_latest_whatever_the_order_of_arrival() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    stamp(shop.store, card, occurred_at=NOON - HOUR)
    stamp(shop.store, card, occurred_at=NOON - 2 * HOUR)
    assert factories.fresh(card).last_stamp_at == NOON - HOUR


def test_a_token_that_was_valid_then_is_accepted_though_it_has_run_out_since() -> None:
    shop = factories.shop(require_staff_pin=True)
    card = factories.card(shop.store)
    with time_machine.travel(NOON, tick=False) as clock:
        actor = factories.actor("staff", staff_token=factories.staff_token(shop.store))
        clock.shift(2 * HOUR)
        with refused(StaffPinRequired):
            stamp(shop.store, card, actor)
        assert stamp(shop.store, card, actor, occurred_at=NOON + 5 * MINUTE).card.stamp_count == 1
        with refused(StaffPinRequired):
            stamp(shop.store, card, actor, occurred_at=NOON + HOUR)  # it had been idle too long by then


def test_a_token_of_a_pin_that_was_removed_or_locked_since_is_not_accepted() -> None:
    shop = factories.shop(require_staff_pin=True)
    card = factories.card(shop.store)
    for take_away in (_remove, _lock):
        with time_machine.travel(NOON, tick=False) as clock:
            lea = factories.staff_pin(shop.store, f"Léa {take_away.__name__}")
            actor = factories.actor("staff", staff_token=factories.staff_token(shop.store, lea))
            clock.shift(HOUR)
            take_away(shop.store, lea.pk)
            with refused(StaffPinRequired):
                stamp(shop.store, card, actor, occurred_at=NOON + MINUTE)


def test_a_changed_pin_does_not_spoil_what_was_recorded_before_the_change() -> None:
    shop = factories.shop(require_staff_pin=True)
    card = factories.card(shop.store)
    with time_machine.travel(NOON, tick=False) as clock:
        lea = factories.staff_pin(shop.store)
        actor = factories.actor("staff", staff_token=factories.staff_token(shop.store, lea))
        clock.shift(5 * MINUTE)
        pins.change(store=shop.store, actor=MANAGER, pin_id=lea.pk, pin="8052")
        with refused(StaffPinRequired):
            stamp(shop.store, card, actor)
        with refused(StaffPinRequired):
            stamp(shop.store, card, actor, occurred_at=NOON + 5 * MINUTE)
        assert stamp(shop.store, card, actor, occurred_at=NOON + 4 * MINUTE).card.stamp_count == 1


def _remove(store: Store, pin_id: int) -> None:
    pins.remove(store=store, actor=MANAGER, pin_id=pin_id)


def _lock(store: Store, pin_id: int) -> None:
    for _guess in range(5):
        try:
            pins.unlock_terminal(store=store, pin_id=pin_id, pin="0815")
        except pins.PinInvalid:
            continue
