"""A platform with an identity provider of its own: its people sign in there, and nobody else gets in by it."""

from time import time
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from groundwork import deletion
from loyalty_site.settings import identity
from tenancy.models import User
from tests.accounts import identity_provider as elsewhere
from tests.accounts.apps import code_of, has_app
from tests.accounts.house_id import UNFINISHED, all_four, come_in, environment, refused, turned_away
from tests.accounts.visits import ADDRESS, is_in

pytestmark = pytest.mark.django_db


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
