"""A platform with an identity provider of its own: its people sign in there, and nobody else gets in by it."""

from collections.abc import Iterator
from time import time
from urllib.parse import parse_qs, urlsplit

import environ
import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base import AuthError, ProviderException
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpResponse
from django.test import Client

from groundwork import deletion
from loyalty_site.settings import identity
from tenancy.models import User
from tests.accounts import identity_provider as elsewhere
from tests.accounts.apps import code_of, has_app
from tests.accounts.identity_provider import IdentityProvider
from tests.accounts.visits import ADDRESS, is_in

pytestmark = pytest.mark.django_db
NO_ACCOUNT = "This sign-in opens no account here."
CANCELLED = "The sign-in at House ID was cancelled, or is not allowed there. Nobody was signed in."
AWAY = "House ID cannot be reached just now. Nobody was signed in."
UNFINISHED = "The sign-in at House ID did not work. Nobody was signed in."
IN_EACH = {
    "en": CANCELLED,
    "fr": "La connexion avec House ID a été annulée, ou n’y est pas autorisée. Personne n’a été connecté.",
    "de": "Die Anmeldung bei House ID wurde abgebrochen oder ist dort nicht erlaubt. Niemand wurde angemeldet.",
    "lb": "D’Umeldung bei House ID gouf ofgebrach oder ass do net erlaabt. Et gouf keen ugemellt.",
}


def environment(monkeypatch: pytest.MonkeyPatch, **given: str) -> environ.Env:
    for name in identity.NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return environ.Env()


def all_four(issuer: str) -> dict[str, str]:
    values = (issuer, elsewhere.CLIENT, elsewhere.SECRET, "House ID")
    return dict(zip(identity.NAMES, values, strict=True))


@pytest.fixture
def provider(settings, monkeypatch) -> Iterator[IdentityProvider]:
    with elsewhere.running() as made:
        settings.SOCIALACCOUNT_PROVIDERS = identity.provider(
            environment(monkeypatch, **all_four(made.address))
        )
        made.person = {"sub": "n-1", "email": "Nora@Example.com", "email_verified": True}
        yield made


def come_in(client: Client, way: str = "/account/oidc/?next=/account/") -> HttpResponse:
    """To the provider, where somebody is signed in, and back."""
    there = urlsplit(client.get(way)["Location"])
    state = parse_qs(there.query)["state"][0]
    return client.get("/account/oidc/callback/", {"code": "a-code", "state": state})


def turned_away(answer: HttpResponse, client: Client, words: str, place: str = "/login/") -> bool:
    """Back to the sign-in page, which says why in these words and knows where they were going."""
    said = client.get(answer["Location"])
    return (
        (answer.status_code, urlsplit(answer["Location"]).path, said.status_code) == (302, place, 200)
        and 'role="alert"' in said.content.decode()
        and words in said.content.decode()
        and not is_in(client)
    )


def refused(answer: HttpResponse, client: Client) -> bool:
    return turned_away(answer, client, NO_ACCOUNT)


def back_from_there(client: Client, **brought: str) -> HttpResponse:
    """Back from the provider with something else than a code."""
    there = urlsplit(client.get("/account/oidc/?next=/admin/")["Location"])
    state = parse_qs(there.query)["state"][0]
    return client.get("/account/oidc/callback/", {"state": state} | brought)


def test_whoever_has_an_account_comes_in_by_the_address_that_is_vouched_for(client, nora, provider) -> None:
    assert come_in(client)["Location"] == "/account/"
    assert is_in(client)
    account = SocialAccount.objects.get()
    assert (account.user, account.uid, account.extra_data) == (nora, "n-1", {})
    (asked,) = provider.asked
    assert asked["client_id"] == [elsewhere.CLIENT]
    assert asked["code_verifier"][0]


def test_the_sign_in_pages_lead_there(client, provider) -> None:
    for page in ("/login/", "/admin/login/"):
        assert "Sign in with House ID" in client.get(page).content.decode()
    there = urlsplit(client.get("/account/oidc/")["Location"])
    asked = parse_qs(there.query)
    assert there.netloc == urlsplit(provider.address).netloc
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["600"])
    assert (asked["code_challenge_method"], asked["response_type"]) == (["S256"], ["code"])


def test_without_one_no_page_leads_anywhere(client) -> None:
    assert "/account/oidc/" not in client.get("/login/").content.decode()
    assert client.get("/account/oidc/").status_code == 404


@pytest.mark.parametrize(
    "person",
    [
        {"sub": "x", "email": "stranger@example.com", "email_verified": True},
        {"sub": "x", "email": ADDRESS, "email_verified": False},
        {"sub": "x", "email": ADDRESS},
        {"sub": "x"},
    ],
    ids=["no account", "not vouched for", "nothing said", "no address"],
)
def test_nobody_else_comes_in_and_no_account_is_made(client, nora, provider, person) -> None:
    provider.person = person
    assert refused(come_in(client), client)
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)


def test_another_subject_with_the_same_address_is_refused(client, nora, provider) -> None:
    come_in(Client())
    provider.person = provider.person | {"sub": "n-2"}
    assert refused(come_in(client), client)
    assert SocialAccount.objects.get().uid == "n-1"


def test_the_same_subject_comes_in_whatever_their_address_is_there(client, nora, provider) -> None:
    come_in(Client())
    provider.person = {"sub": "n-1", "email": "married@example.com"}
    come_in(client)
    assert is_in(client)


def test_an_account_that_is_off_or_deleted_stays_shut(client, nora, provider) -> None:
    come_in(Client())
    User.objects.filter(pk=nora.pk).update(is_active=False)
    assert refused(come_in(client), client)
    User.objects.filter(pk=nora.pk).update(is_active=True)
    deletion.soft_delete(nora, by=None)
    assert refused(come_in(client), client)
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another"},
        {"iss": "https://another.example"},
        {"exp": 1},
        {"exp": None},
        {"sub": "somebody-else"},
        {"auth_time": "yesterday"},
    ],
    ids=["for another site", "by another issuer", "too old", "for ever", "of another person", "of no day"],
)
def test_a_token_that_is_wrong_opens_nothing(client, nora, provider, wrong) -> None:
    provider.token_changes = wrong
    assert turned_away(come_in(client), client, UNFINISHED)


def test_a_token_with_a_strangers_signature_opens_nothing(client, nora, provider) -> None:
    provider.key = elsewhere.OTHER_KEY
    assert turned_away(come_in(client), client, UNFINISHED)


@pytest.mark.parametrize(
    "said",
    [
        {"/userinfo": []},
        {"/userinfo": {"sub": ["n-1"], "email": 5}},
        {"/userinfo": {"sub": "n" * 500, "email": ADDRESS, "email_verified": True}},
        {"/userinfo": {"sub": "n\0", "email": ADDRESS, "email_verified": True}},
        {"/userinfo": {"sub": "", "email": ADDRESS, "email_verified": True}},
        {"/token": []},
        {"/token": 5},
        {"/token": {}},
        {"/token": {"access_token": "x", "expires_in": "soon"}},
        {"/token": {"access_token": "x", "id_token": 5}},
        {"/keys": []},
        {"/keys": {"keys": [{}]}},
        {"/keys": {"keys": [{"kid": "one"}]}},
    ],
    ids=str,
)
def test_an_answer_of_another_make_opens_nothing(client, nora, provider, said) -> None:
    provider.instead = said
    assert turned_away(come_in(client), client, UNFINISHED)
    assert not SocialAccount.objects.exists()


def test_a_token_signed_by_what_everybody_knows_opens_nothing(client, nora, provider) -> None:
    for token in (provider.unsigned(), provider.signed_by_the_public_key(), provider.without_a_key_id()):
        provider.instead = {"/token": {"access_token": "x", "id_token": token}}
        assert turned_away(come_in(client), client, UNFINISHED)


def test_only_what_is_asked_for_of_a_person_is_looked_at(client, nora, provider) -> None:
    provider.person |= {"given_name": ["x" * 5_000], "name": {"a": 1}, "picture": 5}
    come_in(client)
    assert is_in(client)


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


# --- Not signed in, and why -------------------------------------------------------------------------------


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


# --- Signed in again --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ago", "is_asked"), [(0, False), (540, False), (660, True), (None, True), (-3600, False)]
)
def test_it_counts_as_signed_in_again_since_the_provider_says_it_was(
    client, nora, provider, ago, is_asked
) -> None:
    """Whoever sits at a screen that was left open may change the address by which the provider is asked."""
    provider.token_changes = {} if ago is None else {"auth_time": int(time()) - ago}
    come_in(client)
    assert is_in(client)
    assert (client.get("/account/second-factor/totp/activate/").status_code == 302) == is_asked


def test_a_second_factor_shown_here_counts_whatever_the_provider_says(client, nora, provider) -> None:
    secret, _codes = has_app(nora)
    come_in(client)
    client.post("/account/second-factor/authenticate/", {"code": code_of(secret)})
    assert client.get("/account/second-factor/recovery-codes/generate/").status_code == 200


def test_strangers_do_not_keep_the_provider_busy(client, provider, settings) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"identity_provider": "2/m"}
    answers = [client.get("/account/oidc/").status_code for _ in range(3)]
    assert answers == [302, 302, 429]


def test_a_state_of_another_browser_opens_nothing(client, nora, provider) -> None:
    there = urlsplit(Client().get("/account/oidc/")["Location"])
    state = parse_qs(there.query)["state"][0]
    answer = client.get("/account/oidc/callback/", {"code": "a-code", "state": state})
    assert turned_away(answer, client, UNFINISHED)


def test_nothing_in_the_address_joins_a_stranger_to_whoever_is_signed_in(client, nora, provider) -> None:
    client.force_login(nora)
    provider.person = {"sub": "thief", "email": "thief@example.com", "email_verified": True}
    come_in(client, "/account/oidc/?process=connect")
    assert not SocialAccount.objects.exists()


def test_a_second_factor_of_this_site_is_asked_for_all_the_same(client, nora, provider) -> None:
    Authenticator.objects.create(user=nora, type="totp", data={"secret": ""})
    assert come_in(client)["Location"] == "/account/second-factor/authenticate/"
    assert not is_in(client)


@pytest.mark.parametrize("missing", identity.NAMES)
def test_a_site_does_not_start_with_one_that_is_half_set(monkeypatch, missing) -> None:
    given = all_four("https://id.example")
    del given[missing]
    with pytest.raises(ImproperlyConfigured, match=missing):
        identity.provider(environment(monkeypatch, **given))


def test_nor_with_one_that_anybody_can_listen_to(monkeypatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="OIDC_ISSUER"):
        identity.provider(environment(monkeypatch, **all_four("http://id.example")))
    assert identity.provider(environment(monkeypatch, **all_four("https://id.example")))
    assert identity.provider(environment(monkeypatch)) == {}
