"""What an iPhone is told of changes, and the passes that it fetches."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils.http import http_date, parse_http_date
from pytest_django import DjangoAssertNumQueries, Settings

from loyalty.models import LoyaltyCard
from tenancy import scope
from tests import factories
from tests.wallet.conftest import PASS_TYPE, apple_pass, page_of, relay, stamped
from tests.wallet.iphone import SERVICE, HeldPass, IPhone, proof
from wallet.models import WalletPass

pytestmark = pytest.mark.usefixtures("apple")


@pytest.fixture
def card(shop: factories.Shop) -> LoyaltyCard:
    return factories.card(shop.store, stamps=2)


@pytest.fixture
def phone() -> IPhone:
    return IPhone()


@pytest.fixture
def held(phone: IPhone, card: LoyaltyCard) -> HeldPass:
    """The card is in the phone."""
    return phone.add(page_of(card))


# --- What is new ------------------------------------------------------------------------------------------


def test_a_phone_hears_of_a_change_once(
    phone: IPhone, held: HeldPass, card: LoyaltyCard, shop: factories.Shop
) -> None:
    assert phone.ask_what_is_new() == [held.serial]
    assert phone.ask_what_is_new() == []
    stamped(card, shop)
    relay()
    assert phone.ask_what_is_new() == [held.serial]
    assert phone.ask_what_is_new() == []


def test_a_phone_fetches_what_has_changed(
    phone: IPhone, held: HeldPass, card: LoyaltyCard, shop: factories.Shop
) -> None:
    phone.wake_up()
    stamped(card, shop, 3)
    relay()
    phone.wake_up()
    assert held.field("stamps")["value"] == 2
    assert phone.passes[held.serial].field("stamps")["value"] == 5


def test_only_the_changed_one_of_two_passes_is_named(phone: IPhone, shop: factories.Shop) -> None:
    first_card, second_card = factories.card(shop.store), factories.card(shop.store)
    first = phone.add(page_of(first_card))
    second = phone.add(page_of(second_card))
    assert set(phone.ask_what_is_new()) == {first.serial, second.serial}
    stamped(second_card, shop)
    relay()
    assert phone.ask_what_is_new() == [second.serial]


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "0",
        "garbage",
        "2026-11-24T10:00:00Z",
        "9" * 40,
        "-1",
        f"{'0' * 32}.5",
        "'; --",
        "\x00",
        "é",
        "%",
        "1.2.3",
    ],
)
def test_a_tag_that_is_not_ours_means_everything(held: HeldPass, tag: str) -> None:
    address = f"{SERVICE}/devices/d3v1c3/registrations/{PASS_TYPE}?passesUpdatedSince={quote(tag)}"
    response = Client().get(address)
    assert response.status_code == 200
    assert response.json()["serialNumbers"] == [held.serial]


def test_a_tag_from_the_future_of_a_restored_database_means_everything(phone: IPhone, held: HeldPass) -> None:
    phone.ask_what_is_new()
    epoch, _, number = str(phone.tag).partition(".")
    phone.tag = f"{epoch}.{int(number) + 1000}"
    assert phone.ask_what_is_new() == [held.serial]


def test_an_unknown_device_has_nothing_new(held: HeldPass) -> None:
    response = Client().get(f"{SERVICE}/devices/unknown/registrations/{PASS_TYPE}")
    assert (response.status_code, response.content) == (204, b"")


def test_another_pass_type_is_not_found(held: HeldPass) -> None:
    assert Client().get(f"{SERVICE}/devices/d3v1c3/registrations/pass.example.other").status_code == 404


def test_a_change_between_download_and_registration_is_told(card: LoyaltyCard, shop: factories.Shop) -> None:
    phone = IPhone()
    other_card = factories.card(shop.store)
    held = phone.add(page_of(card), and_register=False)
    stamped(card, shop)
    relay()
    phone.add(page_of(other_card))
    phone.ask_what_is_new()  # its tag is newer now than the change above
    phone.register(held)
    assert phone.ask_what_is_new() == [held.serial]
    phone.fetch(held)
    assert phone.passes[held.serial].field("stamps")["value"] == 3


# --- The newest version -----------------------------------------------------------------------------------


def test_a_phone_that_has_the_newest_version_gets_304(phone: IPhone, held: HeldPass) -> None:
    response = phone.fetch(held)
    assert (response.status_code, response.content) == (304, b"")
    assert response["Last-Modified"] == held.last_modified


def test_ten_changes_in_one_second_are_ten_different_times(
    phone: IPhone, held: HeldPass, card: LoyaltyCard, shop: factories.Shop
) -> None:
    seen = [parse_http_date(held.last_modified)]
    for _change in range(10):
        stamped(card, shop)
        relay()
        seen.append(parse_http_date(phone.fetch(phone.passes[held.serial])["Last-Modified"]))
    assert all(later > earlier for earlier, later in pairwise(seen))
    assert phone.passes[held.serial].field("stamps")["value"] == 12


@pytest.mark.parametrize("since", ["", "nonsense", "Mon, 99 Foo 2026 25:61:61 GMT", "0"])
def test_a_time_that_cannot_be_read_gets_the_pass(held: HeldPass, since: str) -> None:
    response = Client().get(
        f"{SERVICE}/passes/{PASS_TYPE}/{held.serial}", headers=proof(held) | {"If-Modified-Since": since}
    )
    assert response.status_code == 200


def test_an_older_time_gets_the_pass_and_a_wrong_token_gets_401_before_any_304(held: HeldPass) -> None:
    address = f"{SERVICE}/passes/{PASS_TYPE}/{held.serial}"
    before = http_date((datetime.now(UTC) - timedelta(days=1)).timestamp())
    assert Client().get(address, headers=proof(held) | {"If-Modified-Since": before}).status_code == 200
    wrong = {"Authorization": "ApplePass wrong", "If-Modified-Since": held.last_modified}
    assert Client().get(address, headers=wrong).status_code == 401


def test_fetching_is_noted(phone: IPhone, held: HeldPass, card: LoyaltyCard, shop: factories.Shop) -> None:
    stamped(card, shop)
    relay()
    phone.fetch(held)
    noted = apple_pass(card)
    assert noted.fetched_version == noted.wanted_version
    assert noted.fetched_at is not None


@pytest.mark.parametrize("slash", ["", "/"])
def test_head_is_answered_like_get_without_a_body(held: HeldPass, card: LoyaltyCard, slash: str) -> None:
    address = f"{SERVICE}/passes/{PASS_TYPE}/{held.serial}{slash}"
    before = apple_pass(card).fetched_at
    head = Client().head(address, headers=proof(held))
    full = Client().get(address, headers=proof(held))
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "Last-Modified"):
        assert head[name] == full[name]
    assert int(head["Content-Length"]) > 10_000
    listing = Client().head(f"{SERVICE}/devices/d3v1c3/registrations/{PASS_TYPE}{slash}")
    assert (listing.status_code, listing.content) == (200, b"")
    assert before is not None


def test_a_pass_without_apple_settings_any_more_asks_for_patience(held: HeldPass, settings: Settings) -> None:
    settings.WALLET_APPLE_KEY = ""
    response = Client().get(f"{SERVICE}/passes/{PASS_TYPE}/{held.serial}", headers=proof(held))
    assert response.status_code == 503
    assert response["Retry-After"]


# --- Tags that lose nothing -------------------------------------------------------------------------------


def test_what_is_not_committed_yet_gets_its_tag_afterwards(
    phone: IPhone, held: HeldPass, card: LoyaltyCard, shop: factories.Shop
) -> None:
    """The number is given to what is committed; the proof with two connections is in test_races."""
    phone.ask_what_is_new()
    stamped(card, shop)
    relay()
    with scope.everything("a test looks"):
        row = WalletPass.objects.get(serial_number=held.serial)
    assert row.wanted_version > row.tagged_version
    assert phone.ask_what_is_new() == [held.serial]
    row.refresh_from_db(from_queryset=WalletPass._base_manager.all())
    assert row.wanted_version == row.tagged_version


def test_asking_what_is_new_costs_few_statements(
    phone: IPhone, held: HeldPass, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    phone.ask_what_is_new()
    with django_assert_max_num_queries(4):
        phone.ask_what_is_new()
