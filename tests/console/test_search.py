"""The search of the console's menu: it leads to what one may open at this moment, in the language one reads."""

import pytest
from django.test import Client
from django.urls import reverse

from tenancy.models import StoreUser
from tests import factories
from tests.console.world import World


def found(client: Client, term: str, **query: str) -> list[str]:
    results = client.get(reverse("admin:search"), {"s": term, **query}).context["results"]
    return [result.title for result in results]


def become(world: World, role: str) -> None:
    with factories.inside(world.shop):
        StoreUser.objects.filter(user=world.shop.owner).update(role=role)


@pytest.mark.parametrize("query", [{}, {"extended": "1"}])
def test_whoever_gets_another_role_finds_what_it_opens_from_then_on(world: World, query: dict) -> None:
    client = world.client("owner")
    assert found(client, "API", **query) == ["API keys"]
    become(world, "manager")
    assert found(client, "API", **query) == []
    become(world, "owner")
    assert found(client, "API", **query) == ["API keys"]


def test_pages_are_found_by_their_names_in_the_language_that_is_read(world: World) -> None:
    client = world.client("owner")
    assert found(client, "karten") == []
    assert found(client, "cards") == ["Batches of printed cards", "Cards"]
    client.post(reverse("admin:language"), {"language": "de", "next": reverse("admin:index")})
    assert found(client, "karten") == ["Karten", "Stapel gedruckter Karten"]
    assert found(client, "cards") == []


def test_nothing_is_searched_for_without_a_word(world: World) -> None:
    assert world.client("owner").get(reverse("admin:search"), {"s": ""}).content == b""
