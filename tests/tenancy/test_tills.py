"""Tills: enrolled once with a code, recognised by what they carry, revoked at once."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groundwork import deletion
from tenancy import scope, tills
from tenancy.errors import TillCodeWrong, TillHasDevice, TillRevoked
from tenancy.models import HistoryEntry, Till
from tests import factories

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("tests of tills"):
        yield


@pytest.fixture
def shop() -> factories.Shop:
    return factories.shop()


def counter(shop: factories.Shop, name: str = "Counter 1") -> tuple[Till, str]:
    return tills.make(store=shop.store, name=name, by=shop.owner)


def test_a_code_makes_a_device_the_till_and_neither_code_nor_token_is_kept(shop: factories.Shop) -> None:
    till, code = counter(shop)
    enrolled, token = tills.pair(code=code)
    assert enrolled == till
    assert tills.recognise(token) == till
    assert tills.recognise(token).store == shop.store
    kept = str(Till.objects.values().get())
    assert token not in kept
    assert len(token) >= 43
    assert code not in kept


def test_a_code_is_eight_signs_that_nobody_confuses(shop: factories.Shop) -> None:
    codes = {counter(shop, f"Counter {number}")[1] for number in range(50)}
    assert len(codes) == 50
    assert {len(code) for code in codes} == {8}
    assert not set("".join(codes)) & set("0O1IL2Z5S8BUYEA")


def test_a_copy_of_the_table_does_not_give_a_code_away(shop: factories.Shop) -> None:
    till, code = counter(shop)
    assert till.code_hash != hashlib.sha256(code.encode()).hexdigest()


@pytest.mark.parametrize("typed", ["{0}-{1}", " {0} {1} ", "{0}.{1}"])
def test_a_code_may_be_typed_in_small_letters_and_in_two_parts(shop: factories.Shop, typed: str) -> None:
    till, code = counter(shop)
    assert tills.pair(code=typed.format(code[:4], code[4:]).lower())[0] == till


def test_a_code_is_good_for_fifteen_minutes(shop: factories.Shop) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _late, late = counter(shop, "Late")
        in_time, early = counter(shop, "Early")
        clock.move_to(NOON + 15 * MINUTE - SECOND)
        assert tills.pair(code=early)[0] == in_time
        clock.move_to(NOON + 15 * MINUTE)
        with pytest.raises(TillCodeWrong):
            tills.pair(code=late)
    assert Till.objects.get(name="Late").enrolled_at is None


def test_a_code_works_once(shop: factories.Shop) -> None:
    till, code = counter(shop)
    _till, first = tills.pair(code=code)
    with pytest.raises(TillCodeWrong):
        tills.pair(code=code)
    assert tills.recognise(first) == till


@pytest.mark.parametrize("code", ["", "CDFGHJKM", "\0", "é" * 5000])
def test_any_other_code_enrols_nothing(shop: factories.Shop, code: str) -> None:
    counter(shop)
    with pytest.raises(TillCodeWrong):
        tills.pair(code=code)
    assert Till.objects.get().token_hash is None


def test_a_new_code_ends_the_one_before_it(shop: factories.Shop) -> None:
    till, first = counter(shop)
    second = tills.new_code(till=till)
    with pytest.raises(TillCodeWrong):
        tills.pair(code=first)
    assert tills.pair(code=second)[0] == till


def test_there_is_no_new_code_for_a_till_with_a_device_or_without_a_future(shop: factories.Shop) -> None:
    till, code = counter(shop)
    _till, token = tills.pair(code=code)
    gone, _code = counter(shop, "Gone")
    tills.revoke(till=gone)
    for row in (till, gone):
        with pytest.raises(TillHasDevice):
            tills.new_code(till=row)
        assert factories.fresh(row).code_hash is None
    assert tills.recognise(token) == till


def test_a_revoked_till_is_refused_at_once_and_revoking_twice_changes_nothing(shop: factories.Shop) -> None:
    till, token = factories.till(shop.store)
    assert tills.recognise(token) == till
    with time_machine.travel(NOON, tick=False):
        tills.revoke(till=till)
    tills.revoke(till=till)
    assert factories.fresh(till).revoked_at == NOON
    with pytest.raises(TillRevoked):
        tills.recognise(token)


def test_revoking_ends_a_code_that_was_not_used(shop: factories.Shop) -> None:
    till, code = counter(shop)
    tills.revoke(till=till)
    with pytest.raises(TillCodeWrong):
        tills.pair(code=code)


@pytest.mark.parametrize("what", ["store", "merchant"])
def test_the_till_of_a_deleted_store_or_merchant_opens_nothing(shop: factories.Shop, what: str) -> None:
    till, token = factories.till(shop.store)
    _waiting, code = counter(shop)
    row = getattr(shop, what)
    deletion.soft_delete(row, by=None)
    with pytest.raises(TillRevoked):
        tills.recognise(token)
    with pytest.raises(TillCodeWrong):
        tills.pair(code=code)
    deletion.restore(row)
    assert tills.recognise(token) == till


@pytest.mark.parametrize("token", ["", "nonsense", "\udce9", "x" * 5000])
def test_anything_else_is_no_till(shop: factories.Shop, token: str) -> None:
    counter(shop)  # without a token
    with pytest.raises(TillRevoked):
        tills.recognise(token)


def test_a_device_is_one_till_what_it_was_before_ends(shop: factories.Shop) -> None:
    before, old = factories.till(factories.shop().store)
    other, others = factories.till(shop.store)
    _till, code = counter(shop)
    now, token = tills.pair(code=code, carried=old)
    assert factories.fresh(before).revoked_at is not None
    assert tills.recognise(token) == now
    assert tills.recognise(others) == other


def test_enrolling_stands_in_the_history_of_whoever_made_the_till(shop: factories.Shop) -> None:
    till, code = counter(shop)
    tills.pair(code=code)
    entry = HistoryEntry.objects.get(object_id=str(till.pk))
    assert (entry.user, entry.name, entry.store) == (shop.owner, "Counter 1", shop.store)
    assert entry.message == [{"did": "Enrolled on a device"}]


def test_a_till_is_seen_once_a_minute(shop: factories.Shop) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _till, token = factories.till(shop.store)
        clock.shift(60 * SECOND)
        with CaptureQueriesContext(connection) as asked:
            tills.see(till=tills.recognise(token))
        assert [one["sql"] for one in asked if one["sql"].startswith("UPDATE")] == []
        clock.shift(SECOND)
        tills.see(till=tills.recognise(token))
        assert tills.recognise(token).last_seen_at == NOON + 61 * SECOND


def test_a_new_version_is_noted_at_once_and_kept_when_the_till_only_calls(shop: factories.Shop) -> None:
    _till, token = factories.till(shop.store)
    tills.see(till=tills.recognise(token), app_version="abc")
    assert tills.recognise(token).app_version == "abc"
    with time_machine.travel(datetime.now(UTC) + 2 * MINUTE):
        tills.see(till=tills.recognise(token))
    assert tills.recognise(token).app_version == "abc"
