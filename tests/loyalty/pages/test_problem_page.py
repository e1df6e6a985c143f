"""The `type` of every refusal is an address, and behind it stands what it means."""

import pytest
from django.http import HttpResponse
from django.test import Client

from groundwork.errors import DomainError, Invalid
from tests.loyalty.pages.reading import words

pytestmark = pytest.mark.django_db


def kinds(of: type[DomainError] = DomainError) -> list[type[DomainError]]:
    """All that are refused by a code of their own; a form's field that is wrong is `invalid`, whatever is wrong."""
    every = [one for kind in of.__subclasses__() for one in (kind, *kinds(kind))]
    return [kind for kind in every if not issubclass(kind, Invalid) or kind is Invalid]


def read(client: Client, address: str) -> str:
    response: HttpResponse = client.get(address)
    assert response.status_code == 200, address
    return words(response)


def test_the_type_of_a_refusal_leads_to_its_page(client: Client) -> None:
    refusal = client.get("/api/v1/stores/").json()
    assert refusal["type"] == "/problems/not_authenticated"
    page = read(client, refusal["type"])
    for fact in (refusal["title"], "not_authenticated", "401 Unauthorized", "nothing was changed"):
        assert fact in page


def test_every_kind_of_refusal_has_a_page_and_a_code_of_its_own(client: Client) -> None:
    codes = [kind.code for kind in kinds()]
    assert len(codes) == len(set(codes)) > 50
    for kind in kinds():
        page = read(client, f"/problems/{kind.code}")
        assert str(kind.message) in page
        assert f"{kind.status} " in page


def test_a_page_says_when_to_come_back(client: Client) -> None:
    assert "Retry-After" in read(client, "/problems/rate_limited")
    assert "Retry-After" not in read(client, "/problems/card_not_found")


def test_a_fault_of_ours_is_not_said_to_have_changed_nothing(client: Client) -> None:
    page = read(client, "/problems/server_error")
    assert "nothing was changed" not in page
    assert "Idempotency-Key" in page


def test_a_page_speaks_the_readers_language(client: Client) -> None:
    french = client.get("/problems/card_not_found", headers={"Accept-Language": "fr"})
    assert french["Content-Language"] == "fr"
    assert "This card was not found" not in words(french)


@pytest.mark.parametrize("code", ["nothing", "error", "Invalid", "invalid/", "%00", "x" * 500])
def test_a_code_that_no_refusal_has_is_nowhere_to_be_found(client: Client, code: str) -> None:
    assert client.get(f"/problems/{code}").status_code == 404
