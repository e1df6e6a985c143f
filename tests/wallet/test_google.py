"""Google's classes and objects: made, changed, voided; and what happens when Google has trouble."""

from dataclasses import replace

import pytest
from django.test import Client

from customers.services import erase_person
from loyalty.models import LoyaltyCard
from loyalty.services import cards, programs
from tenancy import scope
from tests import factories
from tests.wallet import workers
from tests.wallet.conftest import (
    ISSUER,
    SITE,
    carried,
    deliver,
    google_pass,
    hurry,
    is_behind,
    object_of,
    relay,
    stamped,
)
from tests.wallet.fake_google import FakeGoogle
from wallet import selectors
from wallet.google import payload
from wallet.models import PassState, WalletPass

PREFIX = "https://pay.google.com/gp/v/save/"


@pytest.fixture
def card(card_at_google: LoyaltyCard) -> LoyaltyCard:
    return card_at_google


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
    card = carried(factories.card(shop.store, name="Maximiliane-Charlotte von Hohenstein"))
    deliver()
    sent = object_of(google, card)
    assert sent["accountName"] == "Maximiliane-Charlot…"
    assert len(sent["accountId"]) <= 20
    for points in (sent["loyaltyPoints"], sent["secondaryLoyaltyPoints"]):
        for words in points.get("localizedLabel", {}).get("translatedValues", []):
            assert len(words["value"]) <= 9
    (made,) = google.classes.values()
    assert len(made["merchantLocations"]) == 10


@pytest.mark.parametrize(
    ("points", "balance"),
    [(2_147_483_647, {"int": 2_147_483_647}), (2_147_483_648, {"string": "2147483648"})],
)
def test_a_balance_beyond_googles_whole_numbers_is_sent_as_text(
    points: int, balance: dict[str, object], shop: factories.Shop
) -> None:
    card = factories.card(shop.store, name="Anouk Weber")
    with scope.merchant(shop.merchant):
        facts = selectors.card_facts(card, selectors.program_facts(shop.program.pk))
    rich = payload.loyalty_object(replace(facts, points=points), object_id="1.a", class_id="1.b", hero="")

    assert rich["secondaryLoyaltyPoints"]["balance"] == balance
    assert rich["loyaltyPoints"]["balance"] == {"int": 0}


def test_a_merchant_without_an_open_shop_sends_no_empty_text(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        for store in (shop.store, shop.other_store):
            store.is_active = False
            store.save()
    designs_noticed()
    modules = object_of(google, card)["textModulesData"]
    assert "shops" not in {module["id"] for module in modules}
    assert all(module["body"] for module in modules)


def designs_noticed() -> None:
    """What the sweep finds, brought to Google."""
    workers.sweep_passes()
    deliver()


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
    other = carried(factories.card(shop.store))
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
    workers.sweep_passes()
    hurry()
    workers.sweep_passes()
    (made,) = google.classes.values()
    assert made["merchantLocations"] == [{"latitude": 49.5, "longitude": 6.2}]
    google.requests.clear()
    workers.sweep_passes()
    hurry()
    workers.sweep_passes()
    assert google.requests == []


def test_what_the_program_has_no_longer_is_cleared(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        programs.change(
            program_id=shop.program.pk, actor=factories.actor("owner"), loyalty_type="points", confirm=True
        )
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
    assert len(google.objects) == 1  # until the new one is asked for
    carried(replaced)
    deliver()
    left = google.objects[old.object_id]
    assert left["state"] == "INACTIVE"
    assert "barcode" not in left
    assert left["linksModuleData"] == {"uris": []}
    assert "accountName" not in left
    assert "accountId" not in left
    told = str(google.requests)
    new = google_pass(card)
    assert new.object_id != old.object_id
    assert google.objects[new.object_id]["barcode"]["value"] == replaced.qr_code_data
    about_old = [call for call in google.requests if call.resource_id == old.object_id]
    assert replaced.qr_code_data not in str(about_old)
    assert replaced.access_token not in str(about_old)
    assert replaced.display_number not in str(about_old)
    assert replaced.qr_code_data in told


def test_an_erased_person_is_gone_from_google_also_when_its_answers_tell_little(
    google: FakeGoogle, card: LoyaltyCard, shop: factories.Shop
) -> None:
    object_id = google_pass(card).object_id
    google.answers_in_full = False
    with factories.inside(shop):
        erase_person(customer=card.customer)
    deliver()
    left = google.objects[object_id]
    assert left["state"] == "INACTIVE"
    for secret in ("Anouk", "Weber", card.qr_code_data, card.access_token, card.display_number):
        assert secret not in str(left)


def test_a_void_pass_that_google_never_had_is_not_made_for_its_sake(
    google: FakeGoogle, shop: factories.Shop
) -> None:
    card = carried(factories.card(shop.store))
    relay()
    old = google_pass(card)
    with factories.inside(shop):
        cards.replace(store=shop.store, card_id=card.pk, actor=factories.actor(), reason="lost")
    deliver()
    assert old.object_id not in google.objects
    with scope.everything("a test looks"):
        assert not WalletPass.objects.filter(pk=old.pk, synced_version=0).exists()
