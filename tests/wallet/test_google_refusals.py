"""Google refuses something for good: it goes without that part, or alone, and whoever runs the site is told."""

from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from loyalty.services import programs
from tests import factories
from tests.wallet import workers
from tests.wallet.conftest import carried, deliver, google_pass, hurry, page_of, relay, stamped
from tests.wallet.fake_google import FakeGoogle
from tests.wallet.test_without_credentials import output_of
from wallet import health, providers
from wallet.models import PassDesign, Platform, WalletChannel

PLACES = "Issuer not allowlisted for Merchant Locations. Please contact support."  # as it was published
WORDS = f"HTTP 400 {PLACES}"


def design_of(shop: factories.Shop) -> PassDesign:
    with factories.inside(shop):
        return PassDesign.objects.get(program=shop.program)


def class_of(google: FakeGoogle, shop: factories.Shop) -> dict:
    return google.classes[str(design_of(shop).class_id)]


def class_calls(google: FakeGoogle, shop: factories.Shop) -> list[list[str]]:
    """Which optional parts each request about the shop's class had."""
    parts = ("merchantLocations", "heroImage", "linksModuleData")
    about = [call for call in google.requests if call.resource_id == design_of(shop).class_id]
    return [[part for part in parts if part in call.body] for call in about]


def with_places(shop: factories.Shop) -> None:
    with factories.inside(shop):
        shop.store.latitude, shop.store.longitude = 49.6, 6.1
        shop.store.save()


def recoloured(shop: factories.Shop, color: str) -> None:
    with factories.inside(shop):
        programs.change(program_id=shop.program.pk, actor=factories.actor("owner"), card_color=color)


def told() -> list[str]:
    """What the operators' dashboard says."""
    with factories.scope.everything("an operator looks"):
        return [alert["text"] for alert in providers.dashboard_alerts(None)]


REQUIRED = {"id", "issuerName", "programName", "reviewStatus"}


def test_a_class_goes_without_any_part_that_is_not_required_and_everybody_reads_which(
    google: FakeGoogle, shop: factories.Shop
) -> None:
    with_places(shop)
    with factories.inside(shop):
        shop.program.terms_text_en = "Free of charge."
        shop.program.stamps_reward_description_fr = "un café"
        shop.program.card_name_fr = "Amis de la maison"
        shop.program.save()
    carried(factories.card(shop.store, stamps=2))
    deliver()
    parts = class_of(google, shop).keys() - REQUIRED
    assert len(parts) >= 12
    for number, part in enumerate(sorted(parts)):
        google.accept()
        google.refuse(part, f"Invalid value of {part}")
        recoloured(shop, f"#1f5c{number:02x}")
        deliver()
        design = design_of(shop)
        assert list(design.left_out) == [part]
        assert not design.is_lagging
        assert f"only without {part}: HTTP 400 Invalid value of {part}" in output_of("wallet_check")
        assert any(f"only without {part}" in text for text in told())


def test_a_class_goes_without_the_part_that_google_names(google: FakeGoogle, shop: factories.Shop) -> None:
    with_places(shop)
    google.refuse("merchantLocations", PLACES)
    card = carried(factories.card(shop.store, stamps=2))
    deliver()
    assert "merchantLocations" not in class_of(google, shop)
    assert {"heroImage", "programLogo", "linksModuleData"} <= class_of(google, shop).keys()
    assert google.objects[google_pass(card).object_id]["loyaltyPoints"]["balance"] == {"int": 2}
    assert design_of(shop).left_out == {"merchantLocations": WORDS}
    assert not design_of(shop).is_refused
    assert WalletChannel.objects.get(platform=Platform.GOOGLE).fault == ""
    message = (
        f"Google Wallet: takes the cards of {shop.merchant.name} only without merchantLocations: {WORDS}"
    )
    assert told() == [message]
    checked = output_of("wallet_check")
    assert f"WARNING: {message}" in checked
    assert "Nothing is wrong." not in checked
    page = Client()
    page.force_login(factories.operator(), backend="tenancy.sign_in.EmailBackend")
    assert PLACES in page.get(reverse("admin:wallet_passdesign_changelist")).content.decode()


def test_a_class_that_google_takes_whole_is_sent_once_and_nothing_is_told(
    google: FakeGoogle, shop: factories.Shop
) -> None:
    with_places(shop)
    carried(factories.card(shop.store))
    deliver()
    assert class_of(google, shop)["merchantLocations"] == [{"latitude": 49.6, "longitude": 6.1}]
    assert len(class_calls(google, shop)) == 2  # PATCH, which is 404, and the insertion
    assert design_of(shop).left_out == {}
    assert told() == []
    assert "Nothing is wrong." in output_of("wallet_check")


@pytest.mark.parametrize("status", [400, 403])
def test_a_part_that_google_does_not_name_is_found(
    google: FakeGoogle, shop: factories.Shop, status: int
) -> None:
    google.refuse("heroImage", "Image cannot be loaded", status=status)
    carried(factories.card(shop.store))
    deliver()
    assert "heroImage" not in class_of(google, shop)
    assert {"merchantLocations", "programLogo", "linksModuleData"} <= class_of(google, shop).keys()
    assert design_of(shop).left_out == {"heroImage": f"HTTP {status} Image cannot be loaded"}


def test_two_parts_that_google_does_not_name_leave_a_card_that_can_be_saved(
    google: FakeGoogle, shop: factories.Shop
) -> None:
    google.refuse("heroImage", "Image cannot be loaded")
    google.refuse("linksModuleData", "No such address", status=403)
    card = carried(factories.card(shop.store))
    deliver()
    assert "programName" in class_of(google, shop)
    assert not google_pass(card).is_lagging
    assert {"heroImage", "linksModuleData"} <= design_of(shop).left_out.keys()


def test_a_refused_part_is_left_alone_for_a_day_and_then_tried(
    google: FakeGoogle, shop: factories.Shop
) -> None:
    google.refuse("merchantLocations", PLACES)
    card = carried(factories.card(shop.store))
    deliver()
    google.requests.clear()
    with factories.inside(shop):
        PassDesign.objects.update(synced_version=0)  # Google has lost it: sent again, and not changed
    deliver()
    workers.sweep_passes()
    assert class_calls(google, shop) == [["heroImage", "linksModuleData"]]
    google.requests.clear()
    versions = google_pass(card).wanted_version
    with factories.inside(shop):
        PassDesign.objects.update(left_out_at=timezone.now() - timedelta(days=1))
    workers.sweep_passes()
    whole, without = ["merchantLocations", "heroImage", "linksModuleData"], ["heroImage", "linksModuleData"]
    assert class_calls(google, shop) == [whole, without]
    assert design_of(shop).left_out == {"merchantLocations": WORDS}
    google.requests.clear()
    workers.sweep_passes()
    assert class_calls(google, shop) == []
    google.accept()
    with factories.inside(shop):
        PassDesign.objects.update(left_out_at=timezone.now() - timedelta(days=1))
    workers.sweep_passes()
    assert class_calls(google, shop) == [whole]
    assert design_of(shop).left_out == {}
    assert told() == []
    assert google_pass(card).wanted_version == versions  # no pass shows anything new for it


def test_a_changed_design_is_tried_whole_at_once(google: FakeGoogle, shop: factories.Shop) -> None:
    google.refuse("merchantLocations", PLACES)
    carried(factories.card(shop.store))
    deliver()
    google.requests.clear()
    google.accept()
    recoloured(shop, "#c2553a")
    deliver()
    assert class_calls(google, shop) == [["merchantLocations", "heroImage", "linksModuleData"]]
    assert design_of(shop).left_out == {}


def test_an_object_goes_without_what_is_refused_of_it(google: FakeGoogle, shop: factories.Shop) -> None:
    google.refuse("heroImage", "Invalid heroImage", kind="loyaltyObject")
    card = carried(factories.card(shop.store, stamps=2))
    deliver()
    made = google.objects[google_pass(card).object_id]
    assert "heroImage" not in made
    assert made["loyaltyPoints"]["balance"] == {"int": 2}
    assert google_pass(card).left_out == {"heroImage": "HTTP 400 Invalid heroImage"}
    google.requests.clear()
    stamped(card, shop)
    deliver()
    assert [method for method, _id in google.calls()] == ["PATCH"]
    assert google.objects[google_pass(card).object_id]["loyaltyPoints"]["balance"] == {"int": 3}
    assert not google_pass(card).is_lagging


@pytest.mark.parametrize("status", [400, 403])
def test_a_class_that_is_refused_stops_nobody_else(
    google: FakeGoogle, shop: factories.Shop, status: int
) -> None:
    refused, other = carried(factories.card(shop.store)), carried(factories.card(factories.shop().store))
    relay()
    google.refuse("programName", "Invalid program name", status=status, of=str(design_of(shop).class_id))
    deliver()
    deliver()
    assert not google_pass(other).is_lagging
    assert google_pass(refused).is_lagging
    assert WalletChannel.objects.get(platform=Platform.GOOGLE).fault == ""
    assert WalletChannel.objects.get(platform=Platform.GOOGLE).paused_until is None
    words = f"HTTP {status} Invalid program name"
    message = f"Google Wallet: refuses the cards of {shop.merchant.name}: {words}"
    assert told() == [message]
    with pytest.raises(CommandError):
        output_of("wallet_check")
    google.accept()
    hurry()
    workers.sync_passes()
    assert not google_pass(refused).is_lagging
    assert told() == []


def test_a_customer_is_told_what_is_true_of_a_refused_card(
    google: FakeGoogle, shop: factories.Shop, client: Client
) -> None:
    card = carried(factories.card(shop.store))
    google.refuse("programName", "Invalid program name")
    address = page_of(card, "google/")
    asked = []
    for _click in range(2):
        response = client.get(address)
        assert response.status_code == 503
        assert "This wallet does not take the card at present." in response.content.decode()
        assert "cannot be reached" not in response.content.decode()
        asked.append(len(google.requests))
    assert asked[0] == asked[1] > 0
    google.accept()
    recoloured(shop, "#c2553a")
    deliver()
    assert client.get(address).status_code == 302


def test_an_object_that_is_forbidden_among_others_stops_none_of_them(
    google: FakeGoogle, shop: factories.Shop
) -> None:
    forbidden, other = carried(factories.card(shop.store)), carried(factories.card(shop.store))
    deliver()
    google.refuse(
        "id", "Forbidden", kind="loyaltyObject", of=str(google_pass(forbidden).object_id), status=403
    )
    for card in (forbidden, other):
        stamped(card, shop)
    deliver()
    assert not google_pass(other).is_lagging
    for _alone in range(2):
        hurry()
        workers.sync_passes()
    assert google_pass(forbidden).last_error == "HTTP 403 Forbidden"
    assert WalletChannel.objects.get(platform=Platform.GOOGLE).fault == ""


def test_many_merchants_with_the_same_refusal_are_one_line() -> None:
    assert health._listed([f"Café {number}" for number in range(1, 8)]) == (
        "Café 1, Café 2, Café 3, Café 4, Café 5 (+2)"
    )
