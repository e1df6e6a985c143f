"""What the holder of a Google pass meets: the link that saves it, and notifications within the budget."""

import time
from datetime import timedelta
from functools import partial

import jwt
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from loyalty.models import LoyaltyCard
from tenancy import scope
from tests import factories
from tests.wallet.conftest import SITE, carried, deliver, google_pass, page_of, relay, stamped
from tests.wallet.fake_google import EMAIL, FakeGoogle
from wallet import config
from wallet.google.client import client_of
from wallet.models import PassDesign, Platform, WalletChannel, WalletPass
from wallet.services import channel, google_sync, queue

PREFIX = "https://pay.google.com/gp/v/save/"


@pytest.fixture
def card(card_at_google: LoyaltyCard) -> LoyaltyCard:
    return card_at_google


# --- Notifications ----------------------------------------------------------------------------------------


def notices(google: FakeGoogle) -> list[str | None]:
    return [call.body.get("notifyPreference") for call in google.requests if call.kind == "loyaltyObject"]


def test_only_a_full_card_is_worth_a_notification(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    stamped(card, shop, 7)
    deliver()
    assert notices(google) == [None]
    stamped(card, shop)
    deliver()
    assert notices(google) == [None, "NOTIFY_ON_UPDATE"]


def test_a_day_has_three_notifications(google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop) -> None:
    for _time in range(5):
        with scope.everything("a test makes a change that is worth one"):
            WalletPass.objects.filter(card=card).update(is_notable=True)
        stamped(card, shop)
        deliver()
    assert notices(google) == ["NOTIFY_ON_UPDATE"] * 3 + [None] * 2
    yesterday = timezone.now() - timedelta(hours=25)
    with scope.everything("a day later"):
        WalletPass.objects.filter(card=card).update(is_notable=True, notified_at=[yesterday.timestamp()] * 3)
    stamped(card, shop)
    deliver()
    assert notices(google)[-1] == "NOTIFY_ON_UPDATE"


def test_a_notification_that_could_not_be_sent_goes_with_the_next_attempt(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    google.answer("PATCH", 503)
    stamped(card, shop, 8)
    deliver()
    WalletChannel.objects.update(paused_until=None)
    deliver()
    assert notices(google) == ["NOTIFY_ON_UPDATE", "NOTIFY_ON_UPDATE"]
    assert len(google_pass(card).notified_at) == 1


# --- The save link ----------------------------------------------------------------------------------------


def test_the_save_link_names_an_object_that_is_there(
    google: FakeGoogle, shop: factories.Shop, client: Client
) -> None:
    card = factories.card(shop.store)
    response = client.get(page_of(card, "google/"))
    assert response.status_code == 302
    link = response["Location"]
    assert link.startswith(PREFIX)
    assert len(link) < 1800
    claims = jwt.decode(
        link.removeprefix(PREFIX), google.key.public_key(), algorithms=["RS256"], audience="google"
    )
    ((class_id, _class),) = google.classes.items()
    ((object_id, _object),) = google.objects.items()
    assert isinstance(claims["iat"], int)
    assert abs(claims.pop("iat") - time.time()) < 60
    assert claims == {
        "iss": EMAIL,
        "aud": "google",
        "typ": "savetowallet",
        "origins": [SITE],
        "payload": {"loyaltyObjects": [{"id": object_id, "classId": class_id}]},
    }


def test_a_second_link_asks_nothing_of_google(google: FakeGoogle, card: LoyaltyCard, client: Client) -> None:
    assert client.get(page_of(card, "google/")).status_code == 302
    assert google.requests == []


def test_while_google_is_away_the_page_asks_for_patience(
    google: FakeGoogle, shop: factories.Shop, client: Client, settings: Settings
) -> None:
    settings.WALLET_GOOGLE_API_URL = "http://127.0.0.1:1"
    response = client.get(page_of(factories.card(shop.store), "google/"))
    assert response.status_code == 503
    assert response["Retry-After"] == "10"


def test_the_very_first_customer_waits_for_the_class_that_a_worker_is_sending(
    google: FakeGoogle, shop: factories.Shop, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = carried(factories.card(shop.store))
    relay()
    with scope.everything("a worker has taken the class"):
        taken = queue.DESIGNS.take(early=True)
    assert len(taken) == 1

    def the_worker_goes_on(_seconds: float) -> None:
        monkeypatch.undo()
        reserve = partial(channel.reserve, Platform.GOOGLE)
        google_sync.send_designs(client_of(config.google()), taken, reserve)

    monkeypatch.setattr("wallet.services.google_sync.time.sleep", the_worker_goes_on)
    assert client.get(page_of(card, "google/")).status_code == 302
    object_id = google_pass(card).object_id
    assert google.calls() == [("PATCH", object_id), ("POST", object_id)]


def test_the_class_waits_for_nobody_and_objects_for_their_class(
    google: FakeGoogle, shop: factories.Shop
) -> None:
    google.answer("PATCH", 500)
    carried(factories.card(shop.store))
    deliver()
    assert google.calls() == []
    with scope.everything("a test looks"):
        assert PassDesign.objects.get().synced_version == 0
