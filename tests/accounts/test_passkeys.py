"""Passkeys: what a browser says of them opens an account or does not, and a copy of one is found out."""

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from fido2.webauthn import AttestationObject, AuthenticatorData
from pytest_django import Settings

from tenancy.models import Role, User
from tests import factories
from tests.accounts.passkeys import HOST, Device, asked, coded, come_in, has_passkey
from tests.accounts.visits import ADDRESS, is_in, sign_in
from tests.loyalty.pages.reading import words

pytestmark = pytest.mark.django_db
SIGN_IN = "/account/login/"

JUNK: list[Any] = [
    "",
    "{",
    "[]",
    "1",
    '"x"',
    "null",
    "[" * 100_000,
    '{"a":' * 2_000 + "1" + "}" * 2_000,
    "1" * 5_000,
    "NaN",
    '{"id": "\\ud800"}',
    '{"id": "\\u0000"}',
    '{"id": "MQ"}',
    '{"id": "MQ", "rawId": "MQ", "response": {}}',
    '{"id": "MQ", "rawId": "MQ", "response": [], "clientExtensionResults": []}',
    '{"id": 1, "rawId": 2, "type": 3, "response": {"clientDataJSON": 4, "attestationObject": 5, "userHandle": 6}}',
]


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    cache.clear()


@pytest.fixture
def nora() -> User:
    return factories.member(factories.store(), email=ADDRESS, role=Role.OWNER)


@pytest.fixture
def device(nora) -> Device:
    """Hers."""
    client = Client()
    client.force_login(nora)
    return has_passkey(client)


def of_a_stranger(device: Device, options: dict[str, Any]) -> dict[str, Any]:
    """What somebody else's device says, under the name of hers."""
    stranger = Device()
    stranger.id, stranger.owner = device.id, device.owner
    return stranger.answers(options)


# --- Signing in -------------------------------------------------------------------------------------------


def test_a_passkey_alone_signs_its_owner_in_wherever_they_were_going(client, nora, device) -> None:
    assert come_in(client, device)["Location"] == "/terminal/"
    assert is_in(client)


def test_after_the_password_it_is_the_second_factor(client, nora, device) -> None:
    sign_in(client)
    place = reverse("mfa_authenticate")
    sent = device.answers(asked(client.get(place, HTTP_HOST=HOST)))
    assert client.post(place, {"credential": json.dumps(sent)}, HTTP_HOST=HOST).status_code == 302
    assert is_in(client)


def test_what_is_no_passkey_is_refused_in_words(client, nora, device) -> None:
    alone, after, signed_in = Client(), Client(), Client()
    sign_in(after)
    signed_in.force_login(nora)
    for junk in JUNK:
        cache.clear()
        for who, place in (
            (after, "mfa_authenticate"),
            (signed_in, "account_reauthenticate"),
            (signed_in, "mfa_add_webauthn"),
        ):
            who.get(reverse(place))
            page = who.post(reverse(place), {"credential": junk})
            assert page.status_code == 200, (place, junk[:40])
        alone.get(reverse("mfa_login_webauthn"), HTTP_ACCEPT="application/json")
        assert alone.post(reverse("mfa_login_webauthn"), {"credential": junk})["Location"] == SIGN_IN
    assert not is_in(alone)
    assert not is_in(after)
    assert Authenticator.objects.filter(type="webauthn").count() == 1


def test_of_a_new_passkey_only_what_was_understood_is_kept(client, nora) -> None:
    client.force_login(nora)
    place, device = reverse("mfa_add_webauthn"), Device()
    sent = device.registers(asked(client.get(place, HTTP_HOST=HOST)))
    more = {"note": "\0", "clientExtensionResults": {"credProps": {"rk": True}, "x": "\ud800"}}
    assert client.post(place, {"credential": json.dumps(sent | more)}, HTTP_HOST=HOST).status_code == 302
    kept = Authenticator.objects.get(type="webauthn").data["credential"]
    assert kept["clientExtensionResults"] == {"credProps": {"rk": True}}
    assert set(kept) == {"id", "rawId", "type", "response", "clientExtensionResults"}
    other = Client()
    come_in(other, device)
    assert is_in(other)


def test_a_new_passkey_without_a_key_is_none(client, nora) -> None:
    client.force_login(nora)
    place, device = reverse("mfa_add_webauthn"), Device()
    sent = device.registers(asked(client.get(place, HTTP_HOST=HOST)))
    bare = AttestationObject.create("none", AuthenticatorData(sha256(HOST.encode()).digest() + bytes(5)), {})
    sent["response"]["attestationObject"] = coded(bytes(bare))
    assert client.post(place, {"credential": json.dumps(sent)}, HTTP_HOST=HOST).status_code == 200
    assert not Authenticator.objects.exists()


MEDDLED: list[dict[str, Any]] = [
    {"response": None},
    {"response": {"userHandle": ["x"]}},
    {"response": {"userHandle": coded(b"9" * 40)}},
    {"response": {"userHandle": coded(b"\xff")}},
    {"response": {"authenticatorData": coded(bytes(3))}},
    {"response": {"authenticatorData": coded(bytes(32) + b"\xff" * 200)}},
    {"response": {"clientDataJSON": coded(b"[]")}},
    {"response": {"clientDataJSON": coded(b"\xff")}},
    {"response": {"signature": coded(b"1")}},
    {"id": "MQ", "rawId": "MQ"},
]


def test_a_passkeys_answer_that_was_meddled_with_opens_nothing(client, nora, device) -> None:
    place = reverse("mfa_login_webauthn")
    for change in MEDDLED:
        sent = device.answers(asked(client.get(place, HTTP_HOST=HOST, HTTP_ACCEPT="application/json")))
        if change.get("response"):
            change = {"response": sent["response"] | change["response"]}
        elif "response" in change:
            change = {"response": {}}
        answer = client.post(place, {"credential": json.dumps(sent | change)}, HTTP_HOST=HOST)
        assert (answer["Location"], is_in(client)) == (SIGN_IN, False), change
    come_in(client, device)
    assert is_in(client)


def test_a_strangers_device_and_an_answer_of_before_open_nothing(client, nora, device) -> None:
    place = reverse("mfa_login_webauthn")

    def begun(who: Client) -> dict[str, Any]:
        return asked(who.get(place, HTTP_HOST=HOST, HTTP_ACCEPT="application/json"))

    sent = of_a_stranger(device, begun(client))
    client.post(place, {"credential": json.dumps(sent)}, HTTP_HOST=HOST)
    assert not is_in(client)
    own = json.dumps(device.answers(begun(client)))
    client.post(place, {"credential": own}, HTTP_HOST=HOST)
    assert is_in(client)
    other = Client()
    begun(other)
    other.post(place, {"credential": own}, HTTP_HOST=HOST)
    assert not is_in(other)


def test_passkeys_are_listed_in_the_order_in_which_they_were_added(client, nora, device) -> None:
    client.force_login(nora)
    has_passkey(client)
    come_in(Client(), device)  # which changes its row
    shown = client.get(reverse("mfa_index")).content.decode()
    assert shown.index("Passkey 1") < shown.index("Passkey 2")


# --- Copies -----------------------------------------------------------------------------------------------


def test_a_copy_of_a_passkey_is_found_out_by_its_count(client, nora, device) -> None:
    copied_at = device.count
    for _ in range(2):
        come_in(Client(), device)
    used, device.count = device.count, copied_at

    come_in(client, device)
    assert not is_in(client)

    device.count = used
    come_in(client, device)
    assert is_in(client)


def test_the_count_of_its_registration_is_the_first_that_counts(client, nora, device) -> None:
    device.count = 0
    come_in(client, device)
    assert not is_in(client)


def test_a_passkey_that_does_not_count_signs_in_as_often_as_it_likes(nora) -> None:
    client = Client()
    client.force_login(nora)
    device = Device()
    device.count = -1
    place = reverse("mfa_add_webauthn")
    sent = json.dumps(device.registers(asked(client.get(place, HTTP_HOST=HOST))))
    client.post(place, {"credential": sent}, HTTP_HOST=HOST)
    for _ in range(3):
        device.count = -1
        other = Client()
        come_in(other, device)
        assert is_in(other)


def test_a_copy_says_again_who_it_is_no_better(client, nora, device) -> None:
    client.force_login(nora)
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        place = reverse("account_reauthenticate")
        used, device.count = device.count, 0
        sent = json.dumps(device.answers(asked(client.get(place, HTTP_HOST=HOST))))
        assert client.post(place, {"credential": sent}, HTTP_HOST=HOST).status_code == 200
        assert client.get(reverse("mfa_add_webauthn")).status_code == 302
        device.count = used
        sent = json.dumps(device.answers(asked(client.get(place, HTTP_HOST=HOST))))
        assert client.post(place, {"credential": sent}, HTTP_HOST=HOST).status_code == 302
        assert client.get(reverse("mfa_add_webauthn")).status_code == 200


# --- Limits -----------------------------------------------------------------------------------------------


def test_passkeys_are_not_tried_without_end_and_it_is_said_when_to_come_back(client, nora, device) -> None:
    place = reverse("mfa_login_webauthn")
    options = asked(client.get(place, HTTP_HOST=HOST, HTTP_ACCEPT="application/json"))
    sent = {"credential": json.dumps(of_a_stranger(device, options))}
    answers = [
        client.post(place, sent, HTTP_HOST=HOST, REMOTE_ADDR=f"2001:db8:1:2::{number:x}")
        for number in range(22)
    ]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429] * 2
    assert answers[-1]["Retry-After"] == "2"
    assert "Please try again in 2 seconds." in words(answers[-1])
    come_in(client, device)  # from elsewhere
    assert is_in(client)


def test_strangers_ask_for_the_question_so_often_and_begin_no_session_more(
    client: Client, settings: Settings
) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"passkey": "2/m"}
    asking = {
        "path": "/account/second-factor/webauthn/login/",
        "headers": {"x-requested-with": "XMLHttpRequest"},
    }
    assert [Client().get(**asking).status_code for _time in range(2)] == [200, 200]
    begun = Session.objects.count()
    answer = Client().get(**asking)
    assert (answer.status_code, Session.objects.count()) == (429, begun)
    assert int(answer.headers["Retry-After"]) <= 60


def test_who_fails_with_a_passkey_is_still_led_to_where_they_were_going(client: Client) -> None:
    at = "/account/second-factor/webauthn/login/"
    answer = client.post(at, {"credential": "{}", "next": "/admin/loyalty/"})
    assert answer.headers["Location"] == "/login/?next=%2Fadmin%2Floyalty%2F"
    answer = client.post(at, {"credential": "{}", "next": "https://evil.example/"})
    assert "evil" not in answer.headers["Location"]
