"""Guessing passwords: each further wrong one brings a longer pause, for whoever guesses and for nobody else."""

from io import StringIO

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from groundwork.web import attempts
from groundwork.web.hashing import Busy
from loyalty_site.cache import ShelteredRedisCache
from loyalty_site.servers import supervise
from loyalty_site.settings import backends
from tests import factories
from tests.loyalty.pages.reading import words

pytestmark = pytest.mark.django_db
OWNER = "owner@mirabel.example"


@pytest.fixture(autouse=True)
def owner() -> None:
    factories.user(OWNER, is_superuser=True)


def sign_in(client: Client, name: str, password: str, address: str = "192.0.2.1") -> HttpResponse:
    form = {"username": name, "password": password}
    return client.post("/login/", form, REMOTE_ADDR=address)


def guess(client: Client, times: int, name: str = OWNER) -> list[int]:
    return [sign_in(client, name, "wrong").status_code for _ in range(times)]


def test_the_right_password_opens(client: Client) -> None:
    assert sign_in(client, OWNER, factories.PASSWORD).status_code == 302


def test_after_five_wrong_ones_even_the_right_one_waits(client: Client) -> None:
    with time_machine.travel("2026-03-10T11:00Z", tick=False) as clock:
        assert guess(client, 6) == [200] * 5 + [429]
        refused = sign_in(client, OWNER, factories.PASSWORD)
        assert (refused.status_code, refused["Retry-After"]) == (429, "2")
        assert "Please try again in 2 seconds." in words(refused)
        assert "_auth_user_id" not in client.session
        clock.shift(2)
        assert sign_in(client, OWNER, factories.PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Please try again in 4 seconds."),
        ("fr", "Réessayez dans 4 secondes."),
        ("de", "Bitte versuchen Sie es in 4 Sekunden noch einmal."),
        ("lb", "Probéiert et w.e.g. no 4 Sekonnen nach eng Kéier."),
    ],
)
def test_the_wait_is_said_in_the_visitors_language(client: Client, language: str, sentence: str) -> None:
    with time_machine.travel("2026-03-10T11:00Z", tick=False) as clock:
        guess(client, 5)
        clock.shift(2)
        guess(client, 1)
        form = {"username": OWNER, "password": "wrong"}
        answer = client.post("/login/", form, REMOTE_ADDR="192.0.2.1", headers={"Accept-Language": language})
        assert sentence in words(answer)


def test_minutes_are_called_minutes(client: Client) -> None:
    with time_machine.travel("2026-03-10T11:00Z", tick=False) as clock:
        guess(client, 5)
        for pause in (2, 4, 8, 16, 32, 64):
            clock.shift(pause)
            guess(client, 1)
        assert "Please try again in 3 minutes." in words(sign_in(client, OWNER, "wrong"))


@pytest.mark.parametrize("path", ["/login/", "/admin/login/"])
def test_nothing_is_hashed_during_a_pause(client: Client, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: hashed.append("once") or encode(*given))
    for _ in range(20):
        client.post(path, {"username": OWNER, "password": "wrong"}, REMOTE_ADDR="192.0.2.1")
    assert len(hashed) == 5


@pytest.mark.parametrize("name", [OWNER, "nobody@mirabel.example"])
def test_a_name_that_nobody_has_is_hashed_and_counted_like_any_other(
    client: Client, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: hashed.append("once") or encode(*given))
    assert guess(client, 7, name) == [200] * 5 + [429] * 2
    assert len(hashed) == 5


def test_another_way_to_write_the_address_is_no_way_round(client: Client) -> None:
    guess(client, 5)
    assert sign_in(client, "Owner@Mirabel.example ", factories.PASSWORD).status_code == 429


def test_the_console_counts_together_with_the_terminal(client: Client) -> None:
    guess(client, 5)
    form = {"username": OWNER, "password": factories.PASSWORD}
    response = client.post("/admin/login/", form, REMOTE_ADDR="192.0.2.1")
    assert response.status_code == 429


def test_a_right_one_in_between_begins_the_count_anew(client: Client) -> None:
    guess(client, 4)
    sign_in(client, OWNER, factories.PASSWORD)
    client = Client()
    assert guess(client, 6) == [200] * 5 + [429]


# --- From elsewhere ---------------------------------------------------------------------------------------


def test_nobody_at_one_place_keeps_an_owner_out_elsewhere(client: Client) -> None:
    guess(client, 10)
    elsewhere = sign_in(client, OWNER, factories.PASSWORD, address="198.51.100.7")
    assert elsewhere.status_code == 302


def test_an_account_is_guessed_from_many_places_no_longer_than_from_one(client: Client) -> None:
    places = [f"192.0.2.{number}" for number in range(1, 13)]
    answers = [sign_in(client, OWNER, "wrong", address=place).status_code for place in places]
    assert answers == [200] * 10 + [429] * 2
    assert sign_in(Client(), OWNER, factories.PASSWORD, address="198.51.100.7").status_code == 429


def test_strangers_everywhere_keep_nobody_out_where_they_have_signed_in_before(client: Client) -> None:
    sign_in(client, OWNER, factories.PASSWORD, address="198.51.100.7")
    client.post("/logout/")
    for number in range(12):
        sign_in(Client(), OWNER, "wrong", address=f"192.0.2.{number}")
        sign_in(Client(), OWNER, "wrong", address="198.51.100.7")
    assert sign_in(Client(), OWNER, factories.PASSWORD, address="198.51.100.7").status_code == 429
    assert sign_in(client, OWNER, factories.PASSWORD, address="198.51.100.7").status_code == 302


def test_a_known_device_may_not_guess_for_ever_either(client: Client) -> None:
    sign_in(client, OWNER, factories.PASSWORD)
    client.post("/logout/")
    assert guess(client, 6) == [200] * 5 + [429]
    assert sign_in(client, OWNER, factories.PASSWORD, address="198.51.100.7").status_code == 429


def test_a_device_is_known_to_those_who_signed_in_there_and_to_nobody_else(client: Client) -> None:
    factories.user("paul@mirabel.example")
    sign_in(client, "paul@mirabel.example", factories.PASSWORD)
    client.post("/logout/")
    for number in range(10):
        sign_in(Client(), OWNER, "wrong", address=f"192.0.2.{number}")
    assert sign_in(client, OWNER, factories.PASSWORD).status_code == 429


def test_made_up_names_are_counted_for_the_place_they_come_from(client: Client) -> None:
    answers = [sign_in(client, f"{number}@example.com", "wrong").status_code for number in range(22)]
    assert answers == [200] * 20 + [429] * 2
    assert sign_in(client, OWNER, factories.PASSWORD).status_code == 429
    assert sign_in(client, OWNER, factories.PASSWORD, address="192.0.2.2").status_code == 302


def test_a_network_of_ipv6_is_one_place_however_many_addresses_it_has(client: Client) -> None:
    for number in range(20):
        sign_in(client, f"{number}@example.com", "wrong", address=f"2001:db8:1:2::{number:x}")
    assert sign_in(client, OWNER, factories.PASSWORD, address="2001:db8:1:2:ffff::1").status_code == 429
    assert sign_in(client, OWNER, factories.PASSWORD, address="2001:db8:1:3::1").status_code == 302


def test_ipv4_written_as_ipv6_is_the_same_place(client: Client) -> None:
    for _ in range(5):
        sign_in(client, OWNER, "wrong", address="::ffff:192.0.2.1")
    assert sign_in(client, OWNER, factories.PASSWORD).status_code == 429


def test_callers_without_an_address_are_not_one_place(client: Client) -> None:
    for number in range(30):
        sign_in(client, f"{number}@example.com", "wrong", address="")
    assert sign_in(client, OWNER, factories.PASSWORD, address="").status_code == 302


def test_colleagues_who_sign_in_rightly_bring_no_pause(client: Client) -> None:
    for number in range(25):
        factories.user(f"{number}@mirabel.example")
        assert sign_in(Client(), f"{number}@mirabel.example", factories.PASSWORD).status_code == 302


# --- Unlocked, busy, without a cache ----------------------------------------------------------------------


def test_an_operator_unlocks_an_account(client: Client) -> None:
    for number in range(10):
        sign_in(client, OWNER, "wrong", address=f"192.0.2.{number % 2}")
    call_command("unlock_account", "Owner@mirabel.example", stdout=StringIO())
    assert sign_in(client, OWNER, factories.PASSWORD, address="192.0.2.0").status_code == 302


def test_an_operator_is_told_that_an_account_cannot_be_unlocked_while_redis_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    away = ShelteredRedisCache("redis://127.0.0.1:1/0", {})
    monkeypatch.setattr(ShelteredRedisCache, "away_until", 0.0)
    monkeypatch.setattr(attempts, "cache", away)
    with pytest.raises(CommandError, match="Redis cannot be reached"):
        call_command("unlock_account", OWNER, stdout=StringIO())


@pytest.mark.parametrize("path", ["/login/", "/admin/login/"])
def test_who_finds_too_many_signing_in_is_asked_to_come_back_and_is_not_counted(
    client: Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*given: object) -> None:
        raise Busy(retry_after=2)

    with monkeypatch.context() as patched:
        patched.setattr(MD5PasswordHasher, "encode", busy)
        form = {"username": OWNER, "password": factories.PASSWORD}
        for _ in range(10):
            answer = client.post(path, form, REMOTE_ADDR="192.0.2.1")
            assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "Many people are signing in just now." in words(answer)
    assert "_auth_user_id" not in client.session
    assert sign_in(client, OWNER, factories.PASSWORD).status_code == 302


def test_with_redis_away_each_process_goes_on_counting(client: Client, settings: Settings) -> None:
    gone = f"redis://127.0.0.1:{supervise.free_port()}/0"
    settings.CACHES = {"default": backends.cache(gone)}
    caches["default"].clear()
    names = [f"{number}@example.com" for number in range(15)]
    assert [sign_in(client, name, "wrong").status_code for name in names] == [200] * 15
    assert guess(client, 6) == [200] * 5 + [429]
    assert sign_in(client, OWNER, factories.PASSWORD, address="192.0.2.2").status_code == 302


# --- What is no name, and no session ----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/login/", "/admin/login/"])
@pytest.mark.parametrize("name", ["x" * 10_000, "a\x00b@example.com"])
def test_a_name_that_nobody_can_have_is_wrong_as_any_other(client: Client, path: str, name: str) -> None:
    answer = client.post(path, {"username": name, "password": "wrong"}, REMOTE_ADDR="192.0.2.1")
    assert answer.status_code == 200


@pytest.mark.parametrize("key", [r'"\000abcdefghij"', "x" * 5000, "\u00e9" * 32, "'; --", "short"])
@pytest.mark.parametrize("path", ["/", "/login/", "/terminal/", "/api/v1/stores/", "/nowhere/"])
def test_a_session_cookie_that_we_never_gave_is_as_good_as_none(client: Client, path: str, key: str) -> None:
    without = client.get(path)
    assert client.get(path, headers={"Cookie": f"sessionid={key}"}).status_code == without.status_code


@pytest.mark.parametrize("path", ["/login/", "/account/forgotten/", "/admin/login/"])
def test_no_browser_refuses_an_address_that_opens(client: Client, path: str) -> None:
    text = client.get(path).text
    asking = [form for form in text.split("<form")[1:] if 'type="email"' in form]
    assert [" novalidate" in form[: form.index(">")] for form in asking] == [True]


def test_an_address_is_known_however_it_was_pasted(client: Client) -> None:
    factories.user("zoe@m\u00fcller.lu")
    assert sign_in(client, "\u200bZoe@xn--mller-kva.lu\u200b", factories.PASSWORD).status_code == 302
