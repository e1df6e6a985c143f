"""Whoever the platform's identity provider does not sign in reads why, and gets on to where they were going."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base import AuthError, ProviderException
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied

from tests.accounts.house_id import UNFINISHED, back_from_there, come_in, turned_away
from tests.accounts.visits import ADDRESS, is_in

pytestmark = pytest.mark.django_db
CANCELLED = "The sign-in at House ID was cancelled, or is not allowed there. Nobody was signed in."
AWAY = "House ID cannot be reached just now. Nobody was signed in."
IN_EACH = {
    "en": CANCELLED,
    "fr": "La connexion avec House ID a été annulée, ou n’y est pas autorisée. Personne n’a été connecté.",
    "de": "Die Anmeldung bei House ID wurde abgebrochen oder ist dort nicht erlaubt. Niemand wurde angemeldet.",
    "lb": "D’Umeldung bei House ID gouf ofgebrach oder ass do net erlaabt. Et gouf keen ugemellt.",
}


@pytest.mark.parametrize(
    ("way", "fault"),
    [
        ("/.well-known/openid-configuration", "away"),
        ("/.well-known/openid-configuration", "junk"),
        ("/token", "away"),
        ("/token", "junk"),
        ("/userinfo", "away"),
        ("/userinfo", "junk"),
        ("/keys", "away"),
        ("/keys", "junk"),
    ],
)
def test_a_provider_that_does_not_answer_is_told_of(client, nora, provider, way, fault) -> None:
    provider.faults = {way: fault}
    answer = client.get("/account/oidc/?next=/admin/")
    if not way.startswith("/.well"):
        state = parse_qs(urlsplit(answer["Location"]).query)["state"][0]
        answer = client.get("/account/oidc/callback/", {"code": "a-code", "state": state})
    assert turned_away(answer, client, AWAY)
    assert answer["Location"] == "/login/?next=%2Fadmin%2F"
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    ("brought", "words"),
    [
        ({"error": "access_denied"}, CANCELLED),
        ({"error": "server_error"}, AWAY),
        ({"error": "temporarily_unavailable"}, AWAY),
        ({"error": "login_required"}, UNFINISHED),
        ({"error": "invalid_scope", "error_description": "<b>no</b>"}, UNFINISHED),
        ({"error": ""}, UNFINISHED),
        ({}, UNFINISHED),
    ],
    ids=str,
)
def test_whoever_comes_back_without_a_code_reads_why_and_is_led_on(
    client, nora, provider, brought, words
) -> None:
    answer = back_from_there(client, **brought)
    assert turned_away(answer, client, words)
    assert answer["Location"] == "/login/?next=%2Fadmin%2F"
    assert provider.asked == []


def test_a_strangers_link_says_nothing_about_the_provider(client, nora, provider) -> None:
    answer = client.get("/account/oidc/callback/", {"error": "server_error", "state": "made-up"})
    assert turned_away(answer, client, UNFINISHED)


@pytest.mark.parametrize(
    ("error", "exception", "words"),
    [
        (AuthError.CANCELLED, None, CANCELLED),
        (AuthError.DENIED, None, CANCELLED),
        (AuthError.UNKNOWN, None, UNFINISHED),
        (AuthError.UNKNOWN, PermissionDenied(), UNFINISHED),
        (AuthError.UNKNOWN, OAuth2Error(), UNFINISHED),
        (AuthError.UNKNOWN, ProviderException(), UNFINISHED),
        (AuthError.UNKNOWN, requests.ConnectionError(), AWAY),
        (AuthError.UNKNOWN, requests.Timeout(), AWAY),
        (AuthError.UNKNOWN, requests.HTTPError(), AWAY),
        (AuthError.UNKNOWN, requests.TooManyRedirects(), AWAY),
        (AuthError.UNKNOWN, requests.JSONDecodeError("", "", 0), AWAY),
    ],
    ids=repr,
)
def test_every_error_that_the_library_knows_has_its_words(rf, provider, error, exception, words) -> None:
    request = rf.get("/account/oidc/callback/")
    request.user, request._messages = AnonymousUser(), CookieStorage(request)
    answer = render_authentication_error(request, None, error=error, exception=exception)
    (said,) = request._messages
    assert (answer["Location"], said.level_tag) == ("/login/", "error")
    assert str(said).startswith(words)


@pytest.mark.parametrize(("language", "words"), IN_EACH.items(), ids=IN_EACH)
def test_it_is_said_in_the_language_of_the_page(client, nora, provider, language, words) -> None:
    client.cookies["django_language"] = language
    assert turned_away(back_from_there(client, error="access_denied"), client, words)


def test_whoever_shows_again_who_they_are_and_cancels_is_asked_another_way(client, nora, provider) -> None:
    client.force_login(nora)
    answer = back_from_there(client, error="access_denied")
    assert answer["Location"] == "/account/again/?next=%2Fadmin%2F"
    assert CANCELLED in client.get(answer["Location"]).content.decode()
    assert is_in(client)


def test_what_the_provider_says_of_an_error_is_not_in_the_log(client, nora, provider, caplog) -> None:
    provider.instead = {"/token": {"error": "no", "error_description": ADDRESS}}
    come_in(client)
    assert ADDRESS not in caplog.text
    assert "nobody came in by the identity provider: OAuth2Error" in caplog.text
