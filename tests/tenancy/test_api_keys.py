"""API keys of a till's own system: shown once, recognised, revoked."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from groundwork import deletion
from groundwork.errors import NotAuthenticated
from tenancy import api_keys, scope
from tenancy.models import ApiKey
from tests import factories

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def everything() -> object:
    with scope.everything("tests of keys"):
        yield


def test_a_key_is_shown_once_and_never_stored() -> None:
    shop = factories.shop()
    row, key = api_keys.make(store=shop.store, name="Till 1", by=shop.owner)
    assert key.startswith("lk_")
    assert len(key) >= 43
    assert key not in str(ApiKey.objects.values().get())
    assert (row.prefix, row.created_by, row.merchant) == (key[:9], shop.owner, shop.merchant)


def test_a_key_is_recognised_with_its_store() -> None:
    shop = factories.shop()
    _row, key = api_keys.make(store=shop.store, name="Till 1", by=None)
    api_keys.make(store=shop.other_store, name="Till 2", by=None)
    assert api_keys.recognise(key).store == shop.store


@pytest.mark.parametrize("key", ["", "lk_", "lk_guessed", "x" * 5000])
def test_anything_else_is_nobody(key: str) -> None:
    factories.api_key(factories.shop().store)
    with pytest.raises(NotAuthenticated):
        api_keys.recognise(key)


def test_a_revoked_key_ends_at_once_and_revoking_twice_changes_nothing() -> None:
    shop = factories.shop()
    row, key = api_keys.make(store=shop.store, name="Till 1", by=None)
    with time_machine.travel(NOON, tick=False):
        api_keys.revoke(api_key=row)
    api_keys.revoke(api_key=row)
    assert factories.fresh(row).revoked_at == NOON
    with pytest.raises(NotAuthenticated):
        api_keys.recognise(key)


@pytest.mark.parametrize("what", ["store", "merchant"])
def test_the_key_of_a_deleted_store_or_merchant_opens_nothing(what: str) -> None:
    shop = factories.shop()
    key = factories.api_key(shop.store)
    row = getattr(shop, what)
    deletion.soft_delete(row, by=None)
    with pytest.raises(NotAuthenticated):
        api_keys.recognise(key)
    deletion.restore(row)
    assert api_keys.recognise(key).store == shop.store


def test_the_last_use_is_noted_once_a_minute() -> None:
    shop = factories.shop()
    row, key = api_keys.make(store=shop.store, name="Till 1", by=None)
    with time_machine.travel(NOON, tick=False) as clock:
        api_keys.recognise(key)
        clock.shift(timedelta(seconds=59))
        api_keys.recognise(key)
        assert factories.fresh(row).last_used_at == NOON
        clock.shift(timedelta(seconds=2))
        api_keys.recognise(key)
        assert factories.fresh(row).last_used_at == NOON + timedelta(seconds=61)
