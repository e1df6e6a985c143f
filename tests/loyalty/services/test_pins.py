"""Staff PINs: who is at the till, and how often one may guess."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from groundwork.errors import Invalid
from loyalty.errors import PinInvalid, PinLocked, PinNameTaken, PinNotFound, PinTooSimple
from loyalty.models import StaffPin, StaffToken
from loyalty.services import pins, staff_tokens
from loyalty.services.pins import UnlockedTerminal
from tenancy.errors import ManagerRequired
from tenancy.models import Store
from tests import factories
from tests.refusals import refused

STAFF, MANAGER = factories.actor("staff"), factories.actor("manager")
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def unlock(at: Store, who: StaffPin, pin: str = factories.PIN) -> UnlockedTerminal:
    return pins.unlock_terminal(store=at, pin_id=who.pk, pin=pin)


def guess_wrong(at: Store, who: StaffPin, times: int = 1) -> list[int]:
    """What each wrong guess is told of the attempts left."""
    left = []
    for _guess in range(times):
        with pytest.raises(PinInvalid) as caught:
            unlock(at, who, "0815")
        left.append(caught.value.extra["attempts_left"])
    return left


def acts(at: Store, token: str, now: datetime) -> StaffPin | None:
    return staff_tokens.identify(token, at, device="", now=now, required=False)


# --- Making and changing ----------------------------------------------------------------------------------


def test_a_manager_adds_a_person_and_the_pin_itself_is_kept_nowhere() -> None:
    shop = factories.shop()
    lea = pins.create(store=shop.store, actor=MANAGER, name=" Léa ", pin="4711", staff_code="L1")
    assert (lea.name, lea.staff_code, lea.is_active, lea.store) == ("Léa", "L1", True, shop.store)
    assert not re.search(r"\b4711\b", str(StaffPin.objects.values().get()))
    assert unlock(shop.store, lea).staff_pin == lea


@pytest.mark.parametrize("pin", ["", "471", "471147114", "47 11", "abcd", "४७११"])
def test_a_pin_has_four_to_eight_digits(pin: str) -> None:
    shop = factories.shop()
    with refused(Invalid) as refusal:
        pins.create(store=shop.store, actor=MANAGER, name="Léa", pin=pin)
    assert refusal.fields == ["pin"]


@pytest.mark.parametrize("pin", ["0000", "1234", "87654321"])
def test_a_pin_is_not_the_first_one_that_anybody_tries(pin: str) -> None:
    shop = factories.shop()
    with refused(PinTooSimple):
        pins.create(store=shop.store, actor=MANAGER, name="Léa", pin=pin)
    lea = factories.staff_pin(shop.store)
    with refused(PinTooSimple):
        pins.change(store=shop.store, actor=MANAGER, pin_id=lea.pk, pin=pin)


def test_a_name_is_there_once_among_the_people_of_a_store() -> None:
    shop = factories.shop()
    lea, marc = factories.staff_pin(shop.store, "Léa"), factories.staff_pin(shop.store, "Marc")
    with refused(PinNameTaken):
        factories.staff_pin(shop.store, "Léa")
    with refused(PinNameTaken):
        pins.change(store=shop.store, actor=MANAGER, pin_id=marc.pk, name="Léa")
    assert factories.staff_pin(shop.other_store, "Léa").name == "Léa"
    pins.remove(store=shop.store, actor=MANAGER, pin_id=lea.pk)
    assert factories.staff_pin(shop.store, "Léa").pk != lea.pk


def test_staff_decide_nothing_about_pins_and_other_stores_pins_are_not_found() -> None:
    shop = factories.shop()
    lea = factories.staff_pin(shop.store)
    for operation in (pins.change, pins.remove, pins.end_lockout):
        with refused(ManagerRequired):
            operation(store=shop.store, actor=STAFF, pin_id=lea.pk)
        with refused(PinNotFound):
            operation(store=shop.other_store, actor=MANAGER, pin_id=lea.pk)
    with refused(ManagerRequired):
        pins.create(store=shop.store, actor=STAFF, name="Marc", pin="8052")
    with refused(PinNotFound):
        unlock(shop.other_store, lea)


# --- Guessing ---------------------------------------------------------------------------------------------


def test_after_five_wrong_ones_even_the_right_one_is_refused_for_half_an_hour() -> None:
    shop = factories.shop()
    with time_machine.travel(NOON, tick=False) as clock:
        lea = factories.staff_pin(shop.store)
        assert guess_wrong(shop.store, lea, 5) == [4, 3, 2, 1, 0]
        for pin in ("0815", factories.PIN):
            with refused(PinLocked) as refusal:
                unlock(shop.store, lea, pin)
            assert refusal.extra == {"locked_until": NOON + 30 * MINUTE}
        clock.shift(30 * MINUTE - SECOND)
        with refused(PinLocked):
            unlock(shop.store, lea)
        clock.shift(SECOND)
        assert unlock(shop.store, lea).staff_pin == lea


def test_after_a_lock_out_the_count_begins_anew() -> None:
    shop = factories.shop()
    with time_machine.travel(NOON, tick=False) as clock:
        lea = factories.staff_pin(shop.store)
        guess_wrong(shop.store, lea, 5)
        clock.shift(30 * MINUTE)
        assert guess_wrong(shop.store, lea, 2) == [4, 3]


def test_the_merchant_decides_how_many_and_how_long() -> None:
    shop = factories.shop(settings={"staff_pin_lockout_attempts": 2, "staff_pin_lockout_minutes": 3})
    with time_machine.travel(NOON, tick=False):
        lea = factories.staff_pin(shop.store)
        assert guess_wrong(shop.store, lea, 2) == [1, 0]
        with refused(PinLocked) as refusal:
            unlock(shop.store, lea)
        assert refusal.extra == {"locked_until": NOON + 3 * MINUTE}


def test_the_right_pin_forgets_the_wrong_ones() -> None:
    shop = factories.shop()
    lea = factories.staff_pin(shop.store)
    guess_wrong(shop.store, lea, 4)
    unlock(shop.store, lea)
    assert guess_wrong(shop.store, lea) == [4]


def test_the_right_pin_at_the_last_attempt_opens_and_locks_nothing() -> None:
    shop = factories.shop()
    lea = factories.staff_pin(shop.store)
    guess_wrong(shop.store, lea, 4)
    assert unlock(shop.store, lea).staff_pin == lea
    after = factories.fresh(lea)
    assert (after.failed_attempts, after.locked_until) == (0, None)


def test_a_manager_ends_a_lock_out() -> None:
    shop = factories.shop()
    lea = factories.staff_pin(shop.store)
    guess_wrong(shop.store, lea, 5)
    after = pins.end_lockout(store=shop.store, actor=MANAGER, pin_id=lea.pk)
    assert (after.failed_attempts, after.locked_until) == (0, None)
    assert unlock(shop.store, lea).staff_pin == lea


# --- Tokens -----------------------------------------------------------------------------------------------


def test_a_token_lives_ten_minutes_after_its_last_use() -> None:
    shop = factories.shop()
    with time_machine.travel(NOON, tick=False):
        lea = factories.staff_pin(shop.store)
        opened = unlock(shop.store, lea)
    assert opened.expires_at == NOON + timedelta(hours=12)
    assert acts(shop.store, opened.token, NOON + 10 * MINUTE - SECOND) == lea
    assert acts(shop.store, opened.token, NOON + 20 * MINUTE - 2 * SECOND) == lea
    assert acts(shop.store, opened.token, NOON + 31 * MINUTE) is None


def test_no_token_lives_longer_than_twelve_hours_however_busy_the_shop() -> None:
    shop = factories.shop()
    with time_machine.travel(NOON, tick=False):
        lea = factories.staff_pin(shop.store)
        token = unlock(shop.store, lea).token
    for minutes in range(0, 12 * 60, 9):
        assert acts(shop.store, token, NOON + minutes * MINUTE) == lea
    assert acts(shop.store, token, NOON + 12 * 60 * MINUTE) is None


def test_a_token_is_good_at_its_own_store_only_and_is_kept_as_a_digest() -> None:
    shop = factories.shop()
    token = factories.staff_token(shop.store)
    now = datetime.now(UTC)
    assert acts(shop.other_store, token, now) is None
    assert acts(shop.store, token[:-1], now) is None
    assert acts(shop.store, "", now) is None
    assert token not in str(StaffToken.objects.values().get())


@pytest.mark.parametrize("how", ["changed", "removed", "switched off", "locked"])
def test_a_pin_takes_its_tokens_along(how: str) -> None:
    shop = factories.shop()
    lea = factories.staff_pin(shop.store)
    token = unlock(shop.store, lea).token
    call = {"store": shop.store, "actor": MANAGER, "pin_id": lea.pk}
    if how == "changed":
        pins.change(pin="8052", **call)
    elif how == "removed":
        pins.remove(**call)
    elif how == "switched off":
        pins.change(is_active=False, **call)
    else:
        guess_wrong(shop.store, lea, 5)
    assert acts(shop.store, token, datetime.now(UTC)) is None


def test_a_new_name_or_code_ends_no_token() -> None:
    shop = factories.shop()
    lea = factories.staff_pin(shop.store)
    token = unlock(shop.store, lea).token
    pins.change(store=shop.store, actor=MANAGER, pin_id=lea.pk, name="Lea", staff_code="L2")
    assert acts(shop.store, token, datetime.now(UTC)) == lea


def test_a_manager_who_ends_a_lock_out_does_not_revive_tokens() -> None:
    shop = factories.shop()
    lea = factories.staff_pin(shop.store)
    token = unlock(shop.store, lea).token
    guess_wrong(shop.store, lea, 5)
    pins.end_lockout(store=shop.store, actor=MANAGER, pin_id=lea.pk)
    assert acts(shop.store, token, datetime.now(UTC)) is None


def test_tokens_that_ran_out_a_day_ago_are_cleaned_away() -> None:
    shop = factories.shop()
    with time_machine.travel(NOON, tick=False):
        factories.staff_token(shop.store)
    assert staff_tokens.clean(now=NOON + timedelta(hours=36)) == 0
    assert staff_tokens.clean(now=NOON + timedelta(hours=36, seconds=1)) == 1
