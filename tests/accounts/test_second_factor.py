"""A second factor: set up, and asked for."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tenancy import second_factor, tasks
from tenancy.models import HistoryEntry, Role, User
from tests import factories
from tests.accounts.apps import code_of, has_app, set_up
from tests.accounts.visits import ADDRESS, is_in, post, sign_in
from tests.console import world as worlds
from tests.loyalty.pages.reading import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_codes_used() -> None:
    cache.clear()


@pytest.fixture
def nora() -> User:
    return factories.member(factories.store(), email=ADDRESS, role=Role.OWNER)


# --- Setting up -------------------------------------------------------------------------------------------


def test_an_app_is_set_up_and_its_owner_is_told(
    client, nora, post_office, django_capture_on_commit_callbacks
) -> None:
    client.force_login(nora)
    with django_capture_on_commit_callbacks(execute=True):
        _secret, codes = set_up(client)
    assert (len(codes), second_factor.is_held(nora)) == (10, True)
    assert [letter["Subject"] for letter in post(post_office)] == ["Your second factor was changed"]
    assert HistoryEntry._base_manager.get().message == [{"did": "Changed the second factor."}]


def test_a_wrong_code_sets_nothing_up(client, nora) -> None:
    client.force_login(nora)
    client.get(reverse("mfa_activate_totp"))
    assert client.post(reverse("mfa_activate_totp"), {"code": "12345x"}).status_code == 200
    assert not Authenticator.objects.exists()


def test_recovery_codes_are_shown_once(client, nora) -> None:
    client.force_login(nora)
    _secret, codes = set_up(client)
    again = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert not [code for code in codes if code in again]
    assert client.get(reverse("mfa_download_recovery_codes")).status_code == 403


def test_new_recovery_codes_end_the_old_ones(client, nora) -> None:
    client.force_login(nora)
    _secret, codes = set_up(client)
    fresh = client.post(reverse("mfa_generate_recovery_codes"), follow=True).content.decode()
    assert not [code for code in codes if code in fresh]
    other = Client()
    sign_in(other)
    assert other.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 200
    assert not is_in(other)


def test_secrets_are_encrypted_at_rest_and_outlive_a_new_key(client, nora, settings) -> None:
    secret, codes = has_app(nora)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert "gAAAAA" in kept  # Fernet

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key-of-this-site"
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_in(client)

    settings.SECRET_KEY_FALLBACKS = []
    lost = Client()
    sign_in(lost)
    for code in (code_of(secret), code_of("A" * 32), codes[0]):
        cache.clear()
        assert lost.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert not is_in(lost)


def test_secrets_follow_the_sites_key_so_that_the_old_one_can_be_given_up(client, nora, settings) -> None:
    secret, _codes = has_app(nora)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-of-this-site"
    before = list(Authenticator.objects.order_by("pk").values("data"))
    assert second_factor.encrypt_anew() == 0
    assert list(Authenticator.objects.order_by("pk").values("data")) == before

    settings.SECRET_KEY_FALLBACKS = [old]
    tasks.clean_accounts()
    assert second_factor.encrypt_anew() == 0

    settings.SECRET_KEY_FALLBACKS = []
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_in(client)


# --- Signing in -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/login/", "/admin/login/"])
def test_after_the_password_the_second_factor_is_asked_for(client, nora, page) -> None:
    secret, _codes = has_app(nora)
    assert sign_in(client, page=f"{page}?next=/admin/")["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    assert client.get("/admin/").status_code == 302
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code == 302
    assert is_in(client)


def test_a_code_opens_once(client, nora) -> None:
    secret, _codes = has_app(nora)
    other = Client()
    for each in (client, other):
        sign_in(each)
        each.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert (is_in(client), is_in(other)) == (True, False)


def test_whoever_lost_the_phone_gets_in_by_a_recovery_code_once(client, nora) -> None:
    _secret, codes = has_app(nora)
    other = Client()
    for each in (client, other):
        sign_in(each)
        each.post(reverse("mfa_authenticate"), {"code": codes[3]})
    assert (is_in(client), is_in(other)) == (True, False)


@pytest.mark.parametrize("gap", [" ", "\u00a0", "\u202f", "-"])
def test_codes_are_read_in_groups_as_an_app_shows_them_and_people_write_them_down(client, nora, gap) -> None:
    client.force_login(nora)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'factor-secret">([A-Z2-7]+)<', page)[1]
    done = client.post(reverse("mfa_activate_totp"), {"code": grouped(code_of(secret), gap)}, follow=True)
    codes = re.findall(r"<li><code>(\d+)</code>", done.content.decode())
    cache.clear()
    for code in (code_of(secret), codes[0]):
        visitor = Client()
        sign_in(visitor)
        visitor.post(reverse("mfa_authenticate"), {"code": f" {grouped(code, gap)}\u200b"})
        assert is_in(visitor)


def grouped(code: str, gap: str) -> str:
    half = len(code) // 2
    return code[:half] + gap + code[half:]


def test_codes_cannot_be_tried_without_end(client, nora) -> None:
    secret, _codes = has_app(nora)
    sign_in(client)
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "12345x"})
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert not is_in(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=2), tick=False):
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
        assert is_in(client)


def test_wrong_codes_are_followed_by_pauses_and_the_right_password_ends_none(client, nora) -> None:
    secret, _codes = has_app(nora)
    for _ in range(5):
        sign_in(client)
        assert client.post(reverse("mfa_authenticate"), {"code": "12345x"}).status_code == 200
    sign_in(client)
    with time_machine.travel(timezone.now(), tick=False):
        answer = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
        assert (answer.status_code, answer["Retry-After"]) == (429, "2")
        assert "Please try again in 2 seconds." in words(answer)
    assert not is_in(client)


def test_strangers_with_the_password_keep_nobody_from_their_own_device(client, nora) -> None:
    secret, _codes = has_app(nora)
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret, time.time() - 30)})
    client.post("/logout/")
    thief = Client()
    sign_in(thief)
    answers = [thief.post(reverse("mfa_authenticate"), {"code": "12345x"}) for _ in range(6)]
    assert answers[-1].status_code == 429
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_in(client)


@pytest.mark.parametrize("code", ["١٢٣٤٥٦", "é12345", "1" * 20, "\ufffd"])
def test_a_code_of_other_letters_fits_nothing(client, nora, code) -> None:
    has_app(nora)
    sign_in(client)
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert not is_in(client)


def test_the_page_of_the_second_factor_is_nobodys_without_the_password(client, nora) -> None:
    secret, _codes = has_app(nora)
    assert client.get(reverse("mfa_authenticate")).status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert not is_in(client)


def test_a_code_also_says_again_who_it_is(client, nora) -> None:
    client.force_login(nora)
    secret, _codes = set_up(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        place = worlds.list_address("tenancy_apikey")
        asking = client.get(place)["Location"]
        assert client.post(asking, {"code": "12345x"}).status_code == 200
        assert client.get(place).status_code == 302
        assert client.post(asking, {"code": code_of(secret)})["Location"] == place
        assert client.get(place).status_code == 200
