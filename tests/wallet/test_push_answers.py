"""What becomes of each answer of APNs, and of no answer at all."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.utils import timezone
from pytest_django import Settings

from loyalty.models import LoyaltyCard
from tenancy import scope
from tests import factories
from tests.wallet import workers
from tests.wallet.conftest import apple_pass, carried, deliver, devices_of, hurry, page_of, relay, stamped
from tests.wallet.fake_apns import FakeApns
from tests.wallet.iphone import IPhone
from wallet import config
from wallet.apple import push
from wallet.models import PassState, Platform, WalletChannel, WalletPass
from wallet.services import channel


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


def test_unregistered_drops_the_registration(apns: FakeApns, card: LoyaltyCard, shop: factories.Shop) -> None:
    since = datetime.now(UTC) + timedelta(seconds=5)
    apns.answer("aa01", 410, "Unregistered", timestamp=int(since.timestamp() * 1000))
    stamped(card, shop)
    deliver()
    assert devices_of(card) == []
    assert apple_pass(card).state == PassState.REMOVED
    assert not is_behind(card)


def test_a_registration_renewed_after_that_stays(
    apns: FakeApns, card: LoyaltyCard, shop: factories.Shop
) -> None:
    since = datetime.now(UTC) - timedelta(days=1)
    apns.answer("aa01", 410, "Unregistered", timestamp=int(since.timestamp() * 1000))
    stamped(card, shop)
    deliver()
    assert len(devices_of(card)) == 1
    assert is_behind(card)
    deliver()
    assert apns.tokens == ["aa01", "aa01"]
    assert not is_behind(card)


@pytest.mark.parametrize("reason", ["BadDeviceToken", "DeviceTokenNotForTopic"])
def test_a_token_that_is_none_is_dropped(
    apns: FakeApns, card: LoyaltyCard, shop: factories.Shop, reason: str
) -> None:
    apns.answer("aa01", 400, reason)
    stamped(card, shop)
    deliver()
    assert devices_of(card) == []
    assert not is_behind(card)


def test_only_the_bad_one_of_two_devices_is_dropped(
    apns: FakeApns, card: LoyaltyCard, shop: factories.Shop
) -> None:
    IPhone("tablet", "bb02").add(page_of(card))
    apns.answer("aa01", 400, "BadDeviceToken")
    stamped(card, shop)
    deliver()
    assert [device.push_token for device in devices_of(card)] == ["bb02"]
    assert apple_pass(card).state == PassState.SAVED
    assert not is_behind(card)


@pytest.mark.parametrize(("status", "reason"), [(400, "TopicDisallowed"), (403, "BadCertificate")])
def test_a_wrong_configuration_stops_and_alarms(
    apns: FakeApns, card: LoyaltyCard, shop: factories.Shop, status: int, reason: str
) -> None:
    apns.answer_all(status, reason)
    stamped(card, shop)
    deliver()
    assert is_behind(card)
    assert apple_pass(card).attempts == 0
    assert apple_pass(card).last_error == reason
    assert channel_of_apple().fault == reason
    assert len(devices_of(card)) == 1
    deliver()
    assert apns.tokens == ["aa01"]  # stopped
    apns.answer_all(200)
    channel.resume(Platform.APPLE)
    deliver()
    assert not is_behind(card)
    assert channel_of_apple().fault == ""


@pytest.mark.parametrize(
    ("status", "reason"),
    [(429, "TooManyRequests"), (500, "InternalServerError"), (503, "ServiceUnavailable")],
)
def test_what_passes_is_tried_again_later(
    apns: FakeApns, card: LoyaltyCard, shop: factories.Shop, status: int, reason: str
) -> None:
    apns.answer("aa01", status, reason)
    stamped(card, shop)
    deliver()
    behind = apple_pass(card)
    assert behind.is_lagging
    assert behind.last_error == reason
    assert behind.attempts == 1
    assert behind.next_attempt_at > timezone.now()
    workers.sync_passes()
    assert apns.tokens == ["aa01"]
    deliver()
    assert not is_behind(card)
    assert apple_pass(card).last_error == ""


def test_retry_after_is_honoured(apns: FakeApns, card: LoyaltyCard, shop: factories.Shop) -> None:
    apns.answer("aa01", 503, "ServiceUnavailable", headers={"retry-after": "600"})
    stamped(card, shop)
    deliver()
    assert apple_pass(card).next_attempt_at > timezone.now() + timedelta(minutes=9)
    deliver()
    assert apns.tokens == ["aa01"]  # the whole wallet waits


def test_too_many_pushes_to_one_device_hold_up_nobody_else(
    apns: FakeApns, card: LoyaltyCard, shop: factories.Shop
) -> None:
    other = carried(factories.card(shop.store))
    IPhone("tablet", "bb02").add(page_of(other))
    deliver()
    apns.answer("aa01", 429, "TooManyRequests", headers={"retry-after": "600"})
    stamped(card, shop)
    deliver()
    assert apple_pass(card).next_attempt_at > timezone.now() + timedelta(minutes=9)
    assert channel_of_apple().paused_until is None
    stamped(other, shop)
    relay()
    with scope.everything("the other pass is not to wait for companions"):
        WalletPass.objects.filter(card=other).update(next_attempt_at=timezone.now())
    workers.sync_passes()
    assert apns.tokens == ["aa01", "bb02"]


def test_pauses_grow(apns: FakeApns, card: LoyaltyCard, shop: factories.Shop) -> None:
    apns.answer_all(503, "ServiceUnavailable")
    stamped(card, shop)
    pauses = []
    for _attempt in range(6):
        deliver()
        pauses.append(apple_pass(card).next_attempt_at - timezone.now())
    assert apple_pass(card).attempts == 6
    assert pauses[5] > pauses[3] > pauses[1]
    assert pauses[5] < timedelta(minutes=20)


def test_a_goaway_is_followed_by_a_new_connection(
    apns: FakeApns, card: LoyaltyCard, shop: factories.Shop
) -> None:
    apns.go_away_at("aa01")
    stamped(card, shop)
    deliver()
    assert apns.connections == 2
    assert apns.tokens == ["aa01", "aa01"]
    assert not is_behind(card)


def test_goaways_in_the_middle_of_a_crowd_lose_nobody(apns: FakeApns) -> None:
    tokens = [f"{number:04x}" for number in range(120)]
    for token in tokens[20:100:20]:
        apns.go_away_at(token)
    answers = push.push(config.apple(), tokens)
    assert {answer.outcome for answer in answers.values()} == {push.Outcome.DELIVERED}
    assert set(apns.tokens) == set(tokens)


def test_an_apple_that_is_away_is_tried_again_when_it_is_back(
    apns: FakeApns, card: LoyaltyCard, shop: factories.Shop, settings: Settings
) -> None:
    there, settings.WALLET_APPLE_PUSH_URL = settings.WALLET_APPLE_PUSH_URL, "https://localhost:1"
    stamped(card, shop, 3)
    deliver()
    assert is_behind(card)
    assert channel_of_apple().paused_until > timezone.now()
    settings.WALLET_APPLE_PUSH_URL = there
    WalletChannel.objects.update(paused_until=None)
    hurry()
    workers.sweep_passes()
    assert apns.tokens == ["aa01"]
    assert not is_behind(card)
    assert channel_of_apple().failures == 0


def test_a_hanging_apple_costs_a_time_out_and_no_more(
    apns: FakeApns, card: LoyaltyCard, shop: factories.Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "TIMEOUT", 0.3)
    apns.stay_silent_at("aa01")
    stamped(card, shop)
    deliver()
    assert is_behind(card)
    assert "Timeout" in apple_pass(card).last_error


def test_a_server_that_is_not_apple_is_not_spoken_to(
    apns: FakeApns, card: LoyaltyCard, shop: factories.Shop, settings: Settings
) -> None:
    settings.WALLET_APPLE_PUSH_CA = ""  # the usual roots do not know this server
    stamped(card, shop)
    deliver()
    assert apns.pushes == []
    assert is_behind(card)


def test_an_answer_that_is_no_json_is_a_passing_fault() -> None:
    answer = push.judge(httpx.Response(502, content=b"<html>"))
    assert answer.outcome is push.Outcome.LATER
