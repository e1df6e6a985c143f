"""Google is slow, away, in a bad mood, or has lost what it had: everything arrives once it can."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from customers import services as customers
from loyalty.models import LoyaltyCard
from tests import factories
from tests.wallet import workers
from tests.wallet.conftest import carried, deliver, google_pass, hurry, is_behind, object_of, stamped
from tests.wallet.fake_google import FakeGoogle
from wallet import config
from wallet.google import client as google_client
from wallet.google import upsert
from wallet.google.client import Call
from wallet.models import Platform, WalletChannel, WalletPass
from wallet.services import channel, passes, queue


@pytest.fixture
def card(card_at_google: LoyaltyCard) -> LoyaltyCard:
    return card_at_google


def test_an_object_that_is_not_there_is_inserted(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    object_id = google_pass(card).object_id
    del google.objects[object_id]
    stamped(card, shop)
    deliver()
    assert google.calls() == [("PATCH", object_id), ("POST", object_id)]
    assert not is_behind(card)


def test_an_insertion_whose_answer_was_lost_is_patched_next_time(
    google: FakeGoogle, shop: factories.Shop
) -> None:
    carried(factories.card(shop.store))
    deliver()  # the class is there
    google.requests.clear()
    card = carried(factories.card(shop.store))
    google.drop("POST")
    deliver()
    assert is_behind(card)
    assert google_pass(card).object_id in google.objects
    WalletChannel.objects.update(paused_until=None)
    stamped(card, shop)
    deliver()
    object_id = google_pass(card).object_id
    assert google.calls() == [("PATCH", object_id), ("POST", object_id), ("PATCH", object_id)]
    assert object_of(google, card)["loyaltyPoints"]["balance"] == {"int": 1}
    assert not is_behind(card)


def test_a_conflict_on_insertion_is_patched_at_once(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    google.answer("PATCH", 404)
    stamped(card, shop)
    deliver()
    object_id = google_pass(card).object_id
    assert google.calls() == [("PATCH", object_id), ("POST", object_id), ("PATCH", object_id)]
    assert not is_behind(card)


def test_a_class_that_google_lost_is_made_again(
    google: FakeGoogle, shop: factories.Shop, card: LoyaltyCard
) -> None:
    google.classes.clear()
    google.objects.clear()
    stamped(card, shop)
    deliver()
    assert is_behind(card)
    deliver()
    assert len(google.classes) == 1
    assert not is_behind(card)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_trouble_that_passes_is_tried_again(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop, status: int
) -> None:
    google.answer("PATCH", status)
    stamped(card, shop)
    deliver()
    behind = google_pass(card)
    assert behind.is_lagging
    assert behind.attempts == 1
    assert f"HTTP {status}" in behind.last_error
    WalletChannel.objects.update(paused_until=None)
    deliver()
    assert not is_behind(card)
    assert google_pass(card).last_error == ""


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_holds_for_the_whole_wallet(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop, status: int
) -> None:
    other = carried(factories.card(shop.store))
    deliver()
    google.requests.clear()
    google.answer("PATCH", status, retry_after=300)
    stamped(card, shop)
    deliver()
    assert google_pass(card).next_attempt_at > timezone.now() + timedelta(minutes=4)
    assert WalletChannel.objects.get(platform=Platform.GOOGLE).paused_until > timezone.now() + timedelta(
        minutes=4
    )
    stamped(other, shop)
    deliver()
    assert len(google.calls()) == 1


def test_a_hanging_google_costs_a_time_out_and_no_more(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    google_client.client_of(config.google()).http.timeout = 0.3
    google.hang("PATCH", 1.0)
    stamped(card, shop)
    deliver()
    assert is_behind(card)
    assert "Timeout" in google_pass(card).last_error


@pytest.mark.parametrize("note", [queue.postpone, queue.release])
def test_what_a_wallet_says_is_kept_unless_the_person_is_erased_before_it_is_noted(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop, note: Callable[..., None]
) -> None:
    for is_erased, kept in ((False, "HTTP 400 no such name: Lea"), (True, "")):
        with factories.inside(shop):
            passes.cards_changed([card.pk])
            (taken,) = queue.PASSES.take(WalletPass.objects.filter(card=card), early=True)
            if is_erased:
                customers.erase_person(customer=card.customer)
        note(taken, "HTTP 400 no such name: Lea")
        noted = factories.fresh(taken)
        assert (noted.last_error, noted.lease) == (kept, None)


def test_a_request_that_google_never_takes_rests_and_shows_why(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    google.refuse("id", "told so", kind="loyaltyObject")
    stamped(card, shop)
    for _attempt in range(3):
        deliver()
    assert google_pass(card).attempts == 3
    assert google_pass(card).last_error == "HTTP 400 told so"
    assert WalletChannel.objects.get(platform=Platform.GOOGLE).failures == 0


@pytest.mark.parametrize("status", [403])
def test_an_account_that_is_refused_stops_and_alarms(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop, status: int
) -> None:
    google.answer("PATCH", status)
    stamped(card, shop)
    deliver()
    paused = WalletChannel.objects.get(platform=Platform.GOOGLE)
    assert "HTTP 403" in paused.fault
    assert paused.paused_until > timezone.now()
    assert google_pass(card).attempts == 0


def test_a_token_that_ran_out_is_fetched_anew(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    google.revoke_tokens()
    given = google.tokens_given
    stamped(card, shop)
    deliver()
    assert google.tokens_given == given + 1
    assert not is_behind(card)


def test_what_was_refused_for_its_token_goes_again_at_the_same_pace(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserved: list[int] = []
    reserve = channel.reserve

    def counted(platform: Platform, count: int, **options: Any) -> list[float] | None:
        reserved.append(count)
        return reserve(platform, count, **options)

    others = [carried(factories.card(shop.store)) for _ in range(5)]
    deliver()
    monkeypatch.setattr(channel, "reserve", counted)
    google.revoke_tokens()
    given, google.refused = google.tokens_given, 0
    google.requests.clear()
    for each in (card, *others):
        stamped(each, shop)
    deliver()
    assert google.refused == 6
    assert google.tokens_given == given + 1
    assert len(google.calls()) == 6
    assert sum(reserved) == 12


def test_what_google_asked_for_is_not_cut_short_by_a_later_fault(db: None) -> None:
    channel.failed(Platform.GOOGLE, wait=timedelta(minutes=10))
    channel.failed(Platform.GOOGLE)
    until = WalletChannel.objects.get(platform=Platform.GOOGLE).paused_until
    assert until > timezone.now() + timedelta(minutes=9)


def test_an_account_that_cannot_sign_in_stops_and_alarms(google: FakeGoogle, shop: factories.Shop) -> None:
    google.accepts_account = False
    card = carried(factories.card(shop.store))
    deliver()
    assert google.requests == []
    assert "invalid_grant" in WalletChannel.objects.get(platform=Platform.GOOGLE).fault
    assert is_behind(card)


def test_a_google_that_is_away_is_caught_up_with(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop, settings: Settings
) -> None:
    there, settings.WALLET_GOOGLE_API_URL = settings.WALLET_GOOGLE_API_URL, "http://127.0.0.1:1"
    for _outage in range(3):
        stamped(card, shop)
        deliver()
        WalletChannel.objects.update(paused_until=None)
    assert google_pass(card).attempts == 3
    settings.WALLET_GOOGLE_API_URL = there
    hurry()
    workers.sweep_passes()
    assert object_of(google, card)["loyaltyPoints"]["balance"] == {"int": 5}
    assert [method for method, _ in google.calls()] == ["PATCH"]
    assert WalletChannel.objects.get(platform=Platform.GOOGLE).failures == 0


class Clock:
    """A clock that stands still, but for sleeping and what a test takes."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_requests_keep_their_distance_also_when_one_was_late(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(upsert, "time", clock)
    calls = [Call("loyaltyObject", str(number), {}) for number in range(5)]
    moments = []
    for call in upsert._in_time(calls, [1.0, 1.1, 1.2, 1.3, 1.4]):
        moments.append(round(clock.now - 100, 3))
        clock.now += 0.15 if call.resource_id == "1" else 0.0
    assert moments == [1.0, 1.1, 1.25, 1.35, 1.45]


def test_a_second_has_less_than_twenty_moments() -> None:
    assert timedelta(seconds=1) < channel.SPACING * 20
