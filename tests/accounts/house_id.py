"""House ID: a platform's own identity provider, and the ways to it and back."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import environ
import pytest
from django.http import HttpResponse
from django.test import Client

from loyalty_site.settings import identity
from tests.accounts import identity_provider as elsewhere
from tests.accounts.identity_provider import IdentityProvider
from tests.accounts.visits import is_in

NO_ACCOUNT = "This sign-in opens no account here."
UNFINISHED = "The sign-in at House ID did not work. Nobody was signed in."


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
