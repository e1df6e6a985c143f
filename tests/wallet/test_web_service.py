"""The five calls of Apple's web service, as a phone makes them and as nobody should."""

import json

import pytest
from django.test import Client
from pytest_django import Settings

from loyalty.models import LoyaltyCard
from tests import factories
from tests.wallet.conftest import PASS_TYPE, apple_pass, devices_of, page_of
from tests.wallet.iphone import SERVICE, HeldPass, IPhone, proof, registrations
from wallet.models import PassState

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


# --- Registering ------------------------------------------------------------------------------------------


def test_a_device_registers_once_and_renews_its_token(
    phone: IPhone, held: HeldPass, card: LoyaltyCard
) -> None:
    assert [device.push_token for device in devices_of(card)] == ["aa01"]
    assert apple_pass(card).state == PassState.SAVED
    phone.push_token = "bb02"
    assert phone.register(held).status_code == 200
    assert [device.push_token for device in devices_of(card)] == ["bb02"]


def test_a_removed_pass_is_forgotten_and_removing_it_twice_does_no_harm(
    phone: IPhone, held: HeldPass, card: LoyaltyCard
) -> None:
    assert phone.remove(held).status_code == 200
    assert devices_of(card) == []
    assert apple_pass(card).state == PassState.REMOVED
    assert Client().delete(registrations(held), headers=proof(held)).status_code == 200


def test_a_pass_on_two_devices_stays_saved_until_both_are_gone(
    phone: IPhone, held: HeldPass, card: LoyaltyCard
) -> None:
    tablet = IPhone("tablet", "cc03")
    tablet.add(page_of(card))
    phone.remove(held)
    assert apple_pass(card).state == PassState.SAVED
    assert [device.push_token for device in devices_of(card)] == ["cc03"]


@pytest.mark.parametrize(
    "authorization",
    ["", "ApplePass", "ApplePass ", "ApplePass wrong", "Bearer {token}", "{token}", "ApplePass {token}x"],
)
@pytest.mark.parametrize("method", ["post", "delete", "get"])
def test_without_the_passes_own_token_nothing_works(
    held: HeldPass, card: LoyaltyCard, method: str, authorization: str
) -> None:
    token = held.content["authenticationToken"]
    address = (
        f"{SERVICE}/passes/{PASS_TYPE}/{held.serial}" if method == "get" else registrations(held, "thief")
    )
    response = getattr(Client(enforce_csrf_checks=True), method)(
        address, headers={"Authorization": authorization.format(token=token)}
    )
    assert response.status_code == 401
    assert response.content == b""
    assert [device.device_library_identifier for device in devices_of(card)] == ["d3v1c3"]


def test_the_token_of_one_pass_opens_no_other(held: HeldPass, shop: factories.Shop) -> None:
    other = IPhone("other").add(page_of(factories.card(shop.store)))
    assert (
        Client().get(f"{SERVICE}/passes/{PASS_TYPE}/{other.serial}", headers=proof(held)).status_code == 401
    )


@pytest.mark.parametrize("address", ["passes/{kind}/nothing", "passes/pass.example.other/{serial}"])
def test_an_unknown_type_or_serial_is_answered_like_a_wrong_token(held: HeldPass, address: str) -> None:
    path = address.format(kind=PASS_TYPE, serial=held.serial)
    assert Client().get(f"{SERVICE}/{path}", headers=proof(held)).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"pushToken": null}',
        b'{"pushToken": 7}',
        b'{"pushToken": ""}',
        b'{"pushToken": "not hex"}',
        b'{"pushToken": "aa\\u0000"}',
        b'{"pushToken": "' + b"a" * 5000 + b'"}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"pushToken": "' + b"a" * 3_000_000 + b'"}',
    ],
)
def test_a_broken_body_is_400_and_registers_nothing(held: HeldPass, card: LoyaltyCard, body: bytes) -> None:
    response = Client().post(
        registrations(held, "other"), body, content_type="application/json", headers=proof(held)
    )
    assert response.status_code == 400
    assert len(devices_of(card)) == 1


def test_a_registration_needs_no_cookie_no_csrf_token_and_no_slash(held: HeldPass) -> None:
    client = Client(enforce_csrf_checks=True)
    for address in (registrations(held, "one"), registrations(held, "two") + "/"):
        response = client.post(
            address, '{"pushToken": "aa"}', content_type="application/json", headers=proof(held)
        )
        assert response.status_code == 201
        assert not response.cookies


def test_a_nul_in_an_address_is_not_found(held: HeldPass) -> None:
    for path in (f"devices/%00/registrations/{PASS_TYPE}", f"passes/{PASS_TYPE}/%00", "passes/%00/x"):
        assert Client().get(f"{SERVICE}/{path}", headers=proof(held)).status_code in (401, 404)


# --- The log ----------------------------------------------------------------------------------------------


def log(client: Client, body: bytes) -> int:
    return client.post(f"{SERVICE}/log", body, content_type="application/json").status_code


def test_a_phones_complaints_are_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert log(client, json.dumps({"logs": ["it\nfailed", "again"]}).encode()) == 200
    assert [
        record.getMessage() for record in caplog.records if record.name == "wallet.apple.web_service"
    ] == [
        "a device says: it failed",
        "a device says: again",
    ]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"logs": "x"}', b'{"logs": [1]}', b'{"logs": ["' + b"x" * 200_000]
)
def test_a_broken_or_huge_log_is_400(client: Client, body: bytes) -> None:
    assert log(client, body) == 400


def test_logs_are_counted(client: Client, settings: Settings) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"wallet_log": "2/h"}
    body = json.dumps({"logs": ["x"]}).encode()
    assert [log(client, body) for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "log"),
        ("put", "log"),
        ("post", f"passes/{PASS_TYPE}/x"),
        ("get", f"devices/d/registrations/{PASS_TYPE}/x"),
    ],
)
def test_other_methods_are_405(client: Client, db: None, method: str, path: str) -> None:
    assert getattr(client, method)(f"{SERVICE}/{path}").status_code == 405
