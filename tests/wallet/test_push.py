"""Pushes to devices: how many, over which connection, and what becomes of each answer of APNs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from loyalty.models import LoyaltyCard
from tests import factories
from tests.wallet import workers
from tests.wallet.conftest import PASS_TYPE, apple_pass, carried, deliver, page_of, relay, stamped
from tests.wallet.fake_apns import FakeApns
from tests.wallet.iphone import IPhone
from wallet import config
from wallet.apple import push
from wallet.models import Platform, WalletChannel


@pytest.fixture
def card(apns: FakeApns, shop: factories.Shop) -> LoyaltyCard:
    """A card in one phone, up to date."""
    made = carried(factories.card(shop.store))
    IPhone("phone", "aa01").add(page_of(made))
    deliver()
    assert apns.tokens == []
    return made


def is_behind(card: LoyaltyCard) -> bool:
    return apple_pass(card).is_lagging


def channel_of_apple() -> WalletChannel:
    return WalletChannel.objects.get(platform=Platform.APPLE)


def test_a_change_is_pushed_as_apple_wants_it(
    apns: FakeApns, card: LoyaltyCard, shop: factories.Shop
) -> None:
    stamped(card, shop)
    deliver()
    (told,) = apns.pushes
    assert told.token == "aa01"
    assert told.body == b"{}"
    assert told.headers[":method"] == "POST"
    assert told.headers[":path"] == "/3/device/aa01"
    assert told.headers["apns-topic"] == PASS_TYPE
    assert told.headers["apns-push-type"] == "background"
    assert told.headers["apns-priority"] == "5"
    assert apns.topics_of_clients == [PASS_TYPE]  # our certificate in TLS is the pass certificate
    assert not is_behind(card)


def test_ten_changes_make_one_push(apns: FakeApns, card: LoyaltyCard, shop: factories.Shop) -> None:
    for _change in range(10):
        stamped(card, shop)
        relay()
    deliver()
    assert apns.tokens == ["aa01"]
    deliver()
    assert apns.tokens == ["aa01"]


def test_a_device_with_two_changed_passes_is_pushed_once(apns: FakeApns, shop: factories.Shop) -> None:
    phone = IPhone("phone", "aa01")
    cards = [carried(factories.card(shop.store)), carried(factories.card(shop.store))]
    for each in cards:
        phone.add(page_of(each))
    deliver()
    for each in cards:
        stamped(each, shop)
    deliver()
    assert apns.tokens == ["aa01"]


def test_changes_come_together_for_a_moment_and_rest_after_a_push(
    apns: FakeApns, card: LoyaltyCard, shop: factories.Shop
) -> None:
    stamped(card, shop)
    relay()
    workers.sync_passes()
    assert apns.tokens == []  # its companions may be on their way
    assert apple_pass(card).next_attempt_at <= timezone.now() + timedelta(seconds=2)
    deliver()
    stamped(card, shop)
    relay()
    workers.sync_passes()
    assert apns.tokens == ["aa01"]  # iOS throttles what comes too often
    assert apple_pass(card).next_attempt_at > timezone.now()


def test_two_hundred_devices_share_one_connection(apns: FakeApns, shop: factories.Shop) -> None:
    card = carried(factories.card(shop.store))
    held = IPhone().add(page_of(card), and_register=False)
    tokens = [f"{number:04x}" for number in range(200)]
    for token in tokens:
        assert IPhone(f"device{token}", token).register(held).status_code == 201
    stamped(card, shop)
    deliver()
    assert sorted(apns.tokens) == tokens
    assert apns.connections == 1
    assert not is_behind(card)


def test_a_pass_that_no_device_holds_needs_no_push(apns: FakeApns, shop: factories.Shop) -> None:
    card = carried(factories.card(shop.store, stamps=3))
    deliver()
    assert apns.connections == 0
    assert not is_behind(card)


def test_the_passes_of_all_merchants_go_together(apns: FakeApns, db: None) -> None:
    for number in range(2):
        shop = factories.shop()
        card = carried(factories.card(shop.store))
        IPhone(f"phone{number}", f"aa0{number}").add(page_of(card))
        stamped(card, shop)
    deliver()
    assert sorted(apns.tokens) == ["aa00", "aa01"]
    assert apns.connections == 1


def test_a_device_that_missed_a_change_before_it_registered_is_told(
    apns: FakeApns, shop: factories.Shop
) -> None:
    card = carried(factories.card(shop.store))
    phone = IPhone("phone", "aa01")
    held = phone.add(page_of(card), and_register=False)
    stamped(card, shop)
    deliver()
    phone.register(held)
    deliver()
    assert apns.tokens == ["aa01"]


def test_the_key_leaves_no_file_behind(
    apns: FakeApns, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    configured = config.apple()
    assert configured is not None
    push.tls_context(configured.signer, configured.push_ca)
    assert list(tmp_path.iterdir()) == []  # type: ignore[attr-defined]
