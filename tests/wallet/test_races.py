"""Many at once, on real PostgreSQL with real commits: registrations, workers, callbacks, the pace."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenancy import scope
from tests import factories
from tests.wallet import workers
from tests.wallet.conftest import apple_pass, carried, deliver, google_pass, hurry, page_of, relay, stamped
from tests.wallet.fake_apns import FakeApns
from tests.wallet.fake_google import FakeGoogle
from tests.wallet.google_signer import Signer
from tests.wallet.iphone import IPhone
from tests.wallet.threads import at_once, meanwhile
from wallet.models import AppleDeviceRegistration, Platform, WalletChannel, WalletPass
from wallet.services import callbacks, channel, devices, google_sync, passes, queue
from wallet.services.versions import touch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


# --- Devices ----------------------------------------------------------------------------------------------


def test_twenty_equal_registrations_make_one(apple: object, shop: factories.Shop) -> None:
    held = IPhone().add(page_of(carried(factories.card(shop.store))), and_register=False)
    answers = Counter(at_once(20, lambda _: IPhone("same", "aa01").register(held).status_code))
    assert answers == {201: 1, 200: 19}
    with scope.everything("a test looks"):
        assert AppleDeviceRegistration.objects.count() == 1


def test_registering_and_leaving_at_once_ends_in_one_or_the_other(
    apple: object, shop: factories.Shop
) -> None:
    card = carried(factories.card(shop.store))
    held = IPhone().add(page_of(card), and_register=False)
    wallet_pass = apple_pass(card)

    def act(number: int) -> None:
        if number % 2:
            devices.unregister(wallet_pass, device="same")
        else:
            IPhone("same", "aa01").register(held)

    at_once(10, act)
    with scope.everything("a test looks"):
        count = AppleDeviceRegistration.objects.count()
    assert apple_pass(card).state == ("saved" if count else "removed")


def test_twenty_downloads_make_one_pass(apple: object, shop: factories.Shop, no_wallets: None) -> None:
    card = factories.card(shop.store)
    with scope.everything("nobody has asked yet"):
        assert not WalletPass.objects.exists()
    made = at_once(20, lambda _: passes.living(card, Platform.APPLE).pk if passes.platforms() else 0)
    assert len(set(made)) == 1


# --- Workers ----------------------------------------------------------------------------------------------


def lagging_passes(shop: factories.Shop, count: int) -> None:
    for _card in range(count):
        carried(factories.card(shop.store))
    relay()
    hurry()


def claim() -> set[int]:
    return {row.pk for row in queue.PASSES.take(limit=10)}


def test_two_workers_claim_different_passes(apple: object, shop: factories.Shop) -> None:
    """Seen to fail without the lock: see the next test."""
    lagging_passes(shop, 12)
    assert len(meanwhile(claim, claim)) == 2


def test_without_the_lock_they_would_claim_the_same(
    apple: object, shop: factories.Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    lagging_passes(shop, 12)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)
    assert len(meanwhile(claim, claim)) == 10


def test_four_workers_push_once(apns: FakeApns, shop: factories.Shop) -> None:
    card = carried(factories.card(shop.store))
    IPhone("phone", "aa01").add(page_of(card))
    deliver()
    stamped(card, shop)
    relay()
    hurry()
    at_once(4, lambda _: workers.sync_passes())
    assert apns.tokens == ["aa01"]
    assert not apple_pass(card).is_lagging


def test_workers_and_customers_at_once_make_each_object_once_and_at_reserved_moments(
    google: FakeGoogle, shop: factories.Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserved: list[int] = []

    def counted(platform: Platform, count: int, **options: Any) -> list[float] | None:
        reserved.append(count)
        return reserve(platform, count, **options)

    reserve = channel.reserve
    monkeypatch.setattr(channel, "reserve", counted)
    carried(factories.card(shop.store))
    deliver()  # the class is there
    lagging_passes(shop, 6)
    cards = [carried(factories.card(shop.store)) for _ in range(4)]

    def act(number: int) -> None:
        if number < 4:
            workers.sync_passes()
        else:
            google_sync.send_now(passes.living(cards[number - 4], Platform.GOOGLE))

    at_once(8, act)
    deliver()
    made = Counter(call.resource_id for call in google.requests if call.method == "POST")
    assert len(made) == 1 + 11
    assert set(made.values()) == {1}
    # A moment may be reserved for what somebody else has done meanwhile; no request goes without one.
    assert sum(reserved) >= len(google.requests)


def test_reserved_moments_are_never_shared(db: None) -> None:
    """Seen to fail without the lock: see the next test."""
    assert moments_taken_by_two_workers() == channel.SPACING * 10


def test_without_the_lock_they_would_be_shared(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)
    assert moments_taken_by_two_workers() == channel.SPACING * 5


def moments_taken_by_two_workers() -> timedelta:
    """How far two workers who reserve five requests each, at once, have moved the next free moment."""
    begin = timezone.now() + timedelta(hours=1)
    WalletChannel.objects.create(platform=Platform.GOOGLE, next_slot_at=begin)

    def reserve() -> None:
        channel.reserve(Platform.GOOGLE, 5)

    meanwhile(reserve, reserve)
    return WalletChannel.objects.get().next_slot_at - begin


def test_who_changes_many_passes_locks_them_in_the_order_of_their_ids(
    apple: object, shop: factories.Shop
) -> None:
    """So that two relays, or a relay and a worker, never wait for each other."""
    lagging_passes(shop, 3)
    with scope.everything("a worker"), CaptureQueriesContext(connection) as asked:
        rows = WalletPass.objects.filter(merchant=shop.merchant)
        touch(rows)
        claimed = queue.PASSES.take(rows, limit=10, early=True)
        queue.settle(claimed)
    assert len(claimed) == 3
    changes = [each["sql"] for each in asked if each["sql"].startswith("UPDATE")]
    locks = [each["sql"] for each in asked if "FOR NO KEY UPDATE" in each["sql"]]
    assert len(changes) == 3  # touched, leased, settled
    assert len([lock for lock in locks if "ORDER BY 1 ASC" in lock]) == 2, locks


# --- Callbacks --------------------------------------------------------------------------------------------


def test_the_same_callback_twenty_times_counts_once(google: FakeGoogle, shop: factories.Shop) -> None:
    signer = Signer()
    google.root_keys = signer.root_keys
    card = carried(factories.card(shop.store))
    deliver()
    body = signer.callback("save", str(google_pass(card).object_id))
    assert Counter(at_once(20, lambda _: callbacks.receive(body))) == {True: 1, False: 19}
