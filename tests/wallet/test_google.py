"""Google's classes and objects: made, changed, voided; and what happens when Google has trouble."""

import time
from datetime import timedelta

import jwt
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from loyalty.models import LoyaltyCard
from loyalty.services import cards, programs
from tenancy import scope
from tests import factories
from tests.wallet.conftest import ISSUER, SITE, deliver, google_pass, hurry, page_of, relay, stamped
from tests.wallet.fake_google import EMAIL, FakeGoogle
from wallet import config, tasks
from wallet.google import client as google_client
from wallet.models import PassDesign, PassState, Platform, WalletChannel, WalletPass

PREFIX = "https://pay.google.com/gp/v/save/"


@pytest.fixture
def card(google: FakeGoogle, shop: factories.Shop) -> LoyaltyCard:
    """A card whose object is at Google, with two stamps and 240 points."""
    made = factories.card(shop.store, name="Anouk Weber", stamps=2, cents=2400)
    deliver()
    google.requests.clear()
    return made


def object_of(google: FakeGoogle, card: LoyaltyCard) -> dict:
    return google.objects[google_pass(card).object_id]


def is_behind(card: LoyaltyCard) -> bool:
    return google_pass(card).is_lagging


# --- What is sent -----------------------------------------------------------------------------------------


def test_a_program_is_a_class_and_a_card_an_object(
    google: FakeGoogle, shop: factories.Shop, card: LoyaltyCard
) -> None:
    (class_id,) = google.classes
    (object_id,) = google.objects
    assert class_id.startswith(f"{ISSUER}.")
    assert object_id.startswith(f"{ISSUER}.")
    made = google.classes[class_id]
    assert made["reviewStatus"] == "UNDER_REVIEW"
    assert made["issuerName"] == shop.merchant.name
    assert made["programName"] == "Friends of the house"
    assert made["hexBackgroundColor"] == "#1f5c4a"
    assert made["multipleDevicesAndHoldersAllowedStatus"] == "ONE_USER_ALL_DEVICES"
    assert made["callbackOptions"] == {"url": f"{SITE}/api/v1/wallet/google/callback/"}
    assert made["programLogo"]["sourceUri"]["uri"].startswith(f"{SITE}/wallet/")
    sent = google.objects[object_id]
    assert sent["classId"] == class_id
    assert sent["state"] == "ACTIVE"
    assert sent["accountId"] == card.display_number
    assert sent["accountName"] == "Anouk Weber"
    assert sent["loyaltyPoints"]["label"] == "Stamps"
    assert sent["loyaltyPoints"]["balance"] == {"int": 2}
    assert sent["secondaryLoyaltyPoints"]["label"] == "Points"
    assert sent["secondaryLoyaltyPoints"]["balance"] == {"int": 240}
    assert sent["barcode"] == {
        "type": "QR_CODE",
        "value": card.qr_code_data,
        "alternateText": card.display_number,
    }
    texts = {module["id"]: module["body"] for module in sent["textModulesData"]}
    assert texts["next_reward"] == "8 to go"
    assert texts["points_reward"] == "260 points to go"
    (link,) = sent["linksModuleData"]["uris"]
    assert link["uri"] == f"{SITE}/card/{card.access_token}/"


def test_lengths_keep_to_what_google_takes(google: FakeGoogle, shop: factories.Shop) -> None:
    for number in range(12):
        factories.store(shop.merchant, latitude=49.6 + number / 100, longitude=6.13)
    card = factories.card(shop.store, name="Maximiliane-Charlotte von Hohenstein")
    deliver()
    sent = object_of(google, card)
    assert sent["accountName"] == "Maximiliane-Charlot…"
    assert len(sent["accountId"]) <= 20
    for points in (sent["loyaltyPoints"], sent["secondaryLoyaltyPoints"]):
        for words in points.get("localizedLabel", {}).get("translatedValues", []):
            assert len(words["value"]) <= 9
    (made,) = google.classes.values()
    assert len(made["merchantLocations"]) == 10


def test_the_pictures_named_to_google_are_there(
    google: FakeGoogle, card: LoyaltyCard, client: Client
) -> None:
    (made,) = google.classes.values()
    pictures = [made["programLogo"], made["heroImage"], object_of(google, card)["heroImage"]]
    for picture in pictures:
        response = client.get(picture["sourceUri"]["uri"].removeprefix(SITE))
        assert response.status_code == 200
        assert response["Content-Type"] == "image/png"
        assert response.content.startswith(b"\x89PNG")
        assert "immutable" in response["Cache-Control"]


@pytest.mark.parametrize("name", ["stamps-11", "stamps-99", "other"])
def test_there_are_no_other_pictures(
    google: FakeGoogle, card: LoyaltyCard, client: Client, name: str
) -> None:
    assert client.get(f"/wallet/{card.program_id}/abc/{name}.png").status_code == 404
    assert client.get("/wallet/999999/abc/logo.png").status_code == 404


def test_a_stamp_is_one_patch(google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop) -> None:
    for _change in range(3):
        stamped(card, shop)
        relay()
    deliver()
    assert google.calls() == [("PATCH", google_pass(card).object_id)]
    assert object_of(google, card)["loyaltyPoints"]["balance"] == {"int": 5}
    assert not is_behind(card)


def test_a_changed_program_is_sent_for_review_again_and_reaches_every_pass(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    other = factories.card(shop.store)
    deliver()
    google.requests.clear()
    with factories.inside(shop):
        programs.change(program_id=shop.program.pk, actor=factories.actor("owner"), card_color="#c2553a")
    deliver()
    (made,) = google.classes.values()
    assert made["hexBackgroundColor"] == "#c2553a"
    assert [call.body["reviewStatus"] for call in google.requests if call.kind == "loyaltyClass"] == [
        "UNDER_REVIEW"
    ]
    assert {resource for _, resource in google.calls()} == {
        google_pass(card).object_id,
        google_pass(other).object_id,
    }


def test_a_program_change_that_no_pass_shows_sends_nothing(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        programs.change(program_id=shop.program.pk, actor=factories.actor("owner"), cooldown_minutes=30)
    deliver()
    assert google.requests == []


def test_a_shop_that_moved_reaches_the_passes_without_any_event(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        shop.store.latitude, shop.store.longitude = 49.5, 6.2
        shop.store.save()
    tasks.sweep_passes()
    hurry()
    tasks.sweep_passes()
    (made,) = google.classes.values()
    assert made["merchantLocations"] == [{"latitude": 49.5, "longitude": 6.2}]
    google.requests.clear()
    tasks.sweep_passes()
    hurry()
    tasks.sweep_passes()
    assert google.requests == []


def test_what_the_program_has_no_longer_is_cleared(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        programs.change(program_id=shop.program.pk, actor=factories.actor("owner"), loyalty_type="points")
    deliver()
    sent = object_of(google, card)
    assert sent["loyaltyPoints"]["label"] == "Points"
    assert "secondaryLoyaltyPoints" not in sent
    assert "heroImage" not in sent


# --- Void -------------------------------------------------------------------------------------------------


def test_a_deactivated_card_is_inactive_and_comes_back(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        cards.deactivate(store=shop.store, card_id=card.pk, actor=factories.actor())
    deliver()
    assert google_pass(card).state == PassState.VOID
    assert object_of(google, card)["state"] == "INACTIVE"
    with factories.inside(shop):
        cards.reactivate(store=shop.store, card_id=card.pk, actor=factories.actor())
    deliver()
    assert google_pass(card).state == PassState.ACTIVE
    assert object_of(google, card)["state"] == "ACTIVE"


def test_a_replaced_card_gets_a_new_object_and_the_old_one_tells_nothing(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    old = google_pass(card)
    with factories.inside(shop):
        replaced = cards.replace(
            store=shop.store, card_id=card.pk, actor=factories.actor(), reason="lost", new_number=True
        )
    deliver()
    left = google.objects[old.object_id]
    assert left["state"] == "INACTIVE"
    assert "barcode" not in left
    assert left["linksModuleData"] == {"uris": []}
    assert left["accountName"] == "-"
    assert left["accountId"] == card.display_number
    told = str(google.requests)
    new = google_pass(card)
    assert new.object_id != old.object_id
    assert google.objects[new.object_id]["barcode"]["value"] == replaced.qr_code_data
    about_old = [call for call in google.requests if call.resource_id == old.object_id]
    assert replaced.qr_code_data not in str(about_old)
    assert replaced.access_token not in str(about_old)
    assert replaced.display_number not in str(about_old)
    assert replaced.qr_code_data in told


def test_a_void_pass_that_google_never_had_is_not_made_for_its_sake(
    google: FakeGoogle, shop: factories.Shop
) -> None:
    card = factories.card(shop.store)
    relay()
    old = google_pass(card)
    with factories.inside(shop):
        cards.replace(store=shop.store, card_id=card.pk, actor=factories.actor(), reason="lost")
    deliver()
    assert old.object_id not in google.objects
    with scope.everything("a test looks"):
        assert not WalletPass.objects.filter(pk=old.pk, synced_version=0).exists()


# --- Trouble ----------------------------------------------------------------------------------------------


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
    factories.card(shop.store)
    deliver()  # the class is there
    google.requests.clear()
    card = factories.card(shop.store)
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
    other = factories.card(shop.store)
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


def test_a_request_that_google_never_takes_rests_and_shows_why(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    google.answer("PATCH", 400, times=3)
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
    channel = WalletChannel.objects.get(platform=Platform.GOOGLE)
    assert "HTTP 403" in channel.fault
    assert channel.paused_until > timezone.now()
    assert google_pass(card).attempts == 0


def test_a_token_that_ran_out_is_fetched_anew(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    google.tokens_given += 5  # the one we have is not accepted any more
    given = google.tokens_given
    stamped(card, shop)
    deliver()
    assert google.tokens_given == given + 1
    assert not is_behind(card)


def test_an_account_that_cannot_sign_in_stops_and_alarms(google: FakeGoogle, shop: factories.Shop) -> None:
    google.accepts_account = False
    card = factories.card(shop.store)
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
    tasks.sweep_passes()
    assert object_of(google, card)["loyaltyPoints"]["balance"] == {"int": 5}
    assert [method for method, _ in google.calls()] == ["PATCH"]
    assert WalletChannel.objects.get(platform=Platform.GOOGLE).failures == 0


def test_the_pace_stays_below_twenty_a_second(google: FakeGoogle, shop: factories.Shop) -> None:
    for _card in range(15):
        factories.card(shop.store)
    relay()
    hurry()
    tasks.sync_passes()
    moments = [call.at for call in google.requests]
    assert len(moments) == 2 + 30  # the class and each card: PATCH, then insert
    for begin in moments:
        assert sum(begin <= moment < begin + 1 for moment in moments) <= 20


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


def test_the_class_waits_for_nobody_and_objects_for_their_class(
    google: FakeGoogle, shop: factories.Shop
) -> None:
    google.answer("PATCH", 500)
    factories.card(shop.store)
    deliver()
    assert google.calls() == []
    with scope.everything("a test looks"):
        assert PassDesign.objects.get().synced_version == 0
