"""The search of the console's menu: it leads to what one may open at this moment, in the language one reads."""

import pytest
from django.test import Client
from django.urls import reverse

from loyalty.services import points
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
    assert found(client, "cards") == ["Cards", "Batches of printed cards"]
    client.post(reverse("admin:language"), {"language": "de", "next": reverse("admin:index")})
    assert found(client, "karten") == ["Karten", "Stapel gedruckter Karten"]
    assert found(client, "cards") == []


@pytest.mark.parametrize(
    ("language", "term", "title"),
    [
        ("en", "honest", "Honest till"),
        ("fr", "caisse honnete", "Caisse honnête"),
        ("en", "observations", "Honest till"),
        ("de", "Übersicht", "Übersicht"),
        ("en", "cooldown between", ""),
        ("en", "minutes between two stamps", "Minutes between two stamps"),
        ("de", "Öffnungszeiten", "Öffnungszeiten"),
        ("fr", "fuseau", "Fuseau horaire"),
    ],
)
def test_pages_and_settings_are_found_by_the_words_that_one_reads_there(
    world: World, language: str, term: str, title: str
) -> None:
    client = world.client("owner")
    client.post(reverse("admin:language"), {"language": language, "next": reverse("admin:index")})
    assert set(found(client, term, extended="1")) == ({title} if title else set())


def test_the_poster_and_the_till_of_ones_stores_are_found(world: World) -> None:
    owner, stranger = world.client("owner"), world.client("stranger")
    results = owner.get(reverse("admin:search"), {"s": "poster", "extended": "1"}).context["results"]
    code = world.shop.store.store_code
    assert (results[0].title, results[0].description, results[0].link) == (
        "Poster",
        world.shop.store.name,
        f"/join/{code}/poster/",
    )
    links = [
        row.link
        for row in owner.get(reverse("admin:search"), {"s": "terminal", "extended": "1"}).context["results"]
    ]
    assert f"/terminal/{code}/" in links
    theirs = stranger.get(reverse("admin:search"), {"s": "poster", "extended": "1"}).context["results"]
    assert code not in " ".join(row.link for row in theirs)


def test_what_is_not_found_is_said_with_what_can_be_looked_for(world: World) -> None:
    page = world.client("owner").get(reverse("admin:search"), {"s": "zzzq", "extended": "1"}).content.decode()
    assert 'id="command-results-list"' in page
    assert "Nothing found" in page
    assert "<li" not in page
    page = world.client("owner").get(reverse("admin:search"), {"s": "API", "extended": "1"}).content.decode()
    assert "1 result<" in page
    assert "seconds" not in page


def test_settings_are_found_only_by_whoever_may_see_them(world: World) -> None:
    term = "minutes between two stamps"
    assert found(world.client("stranger"), term, extended="1") == ["Minutes between two stamps"]
    assert world.client("staff").get(reverse("admin:search"), {"s": term}).status_code in (302, 403)


def test_nothing_is_searched_for_without_a_word(world: World) -> None:
    assert world.client("owner").get(reverse("admin:search"), {"s": ""}).content == b""


def test_people_their_cards_and_receipts_are_found_from_everywhere_by_whoever_sees_them(world: World) -> None:
    card = factories.card(world.shop.store, "eva@example.com", name="Eva Kleinbauer")
    with factories.inside(world.shop):
        points.earn(
            store=world.shop.store,
            card_id=card.pk,
            actor=factories.actor(),
            purchase_amount_cents=900,
            order_reference="R-7781",
        )
    owner, stranger = world.client("owner"), world.client("stranger")
    named = ["Eva Kleinbauer", f"{card.display_number}, Eva Kleinbauer"]
    assert found(owner, "kleinbauer", extended="1") == named
    assert found(owner, "eva@example.com", extended="1") == named
    assert found(owner, card.card_number, extended="1") == named
    assert [title for title in found(owner, "r-7781", extended="1") if "7781" in title] != []
    assert found(owner, "kl", extended="1") == []
    for term in ("kleinbauer", card.card_number, "R-7781"):
        assert found(stranger, term, extended="1") == [], term
