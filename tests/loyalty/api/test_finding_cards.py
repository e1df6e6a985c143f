"""Cards at the till: searched by a part of them, and looked up by whatever names them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.selectors import FEW
from loyalty.models import LoyaltyCard
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Till

pytestmark = pytest.mark.django_db


# --- Searching --------------------------------------------------------------------------------------------


def found(till: Till, query: str) -> list[int]:
    return [card["id"] for card in till.get(f"cards/?{query}").json()["results"]]


def test_cards_are_searched_by_any_part_newest_first(shop: Shop, till: Till) -> None:
    anna = factories.card(shop.store, email="anna@example.com", name="Anna Weber", phone="621123456")
    ben = factories.card(shop.other_store, email="ben@example.com", name="Ben Weber")
    factories.card(factories.shop().store, name="Other Weber")
    assert found(till, "") == [ben.pk, anna.pk]
    assert found(till, "search=weber") == [ben.pk, anna.pk]
    assert found(till, "search=weber+anna") == [anna.pk]
    assert found(till, "search=BEN@") == [ben.pk]
    assert found(till, "search=621123") == [anna.pk]
    assert found(till, f"search={anna.card_number[3:9]}") == [anna.pk]
    assert found(till, "enrolled_here=true") == [anna.pk]
    assert found(till, "enrolled_here=false") == [ben.pk]
    assert found(till, "search=&is_active=&enrolled_here=") == [ben.pk, anna.pk]


def test_cards_are_filtered_by_state(shop: Shop, till: Till, manager: Till) -> None:
    on, off = factories.card(shop.store), factories.card(shop.store)
    manager.post(f"cards/{off.pk}/deactivate/")
    assert found(till, "is_active=true") == [on.pk]
    assert found(till, "is_active=false") == [off.pk]


@pytest.mark.parametrize("query", ["is_active=maybe", "enrolled_here=2", "search=%00", "search=" + "x" * 255])
def test_a_filter_that_means_nothing_is_refused(till: Till, query: str) -> None:
    response = till.get(f"cards/?{query}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == query.partition("=")[0]


def test_a_page_of_cards_costs_the_same_however_long_it_is(shop: Shop, till: Till) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert till.get("cards/").status_code == 200
        return len(captured)

    factories.card(shop.store, stamps=1)
    till.get("cards/")
    few = statements()
    for _number in range(5):
        factories.card(shop.store, stamps=1)
    assert statements() == few


def test_a_name_is_found_in_spite_of_a_slip_and_as_it_is_typed_first(shop: Shop, till: Till) -> None:
    names = ("Rosa Pereira", "Ana Perreira", "Zoé Müller", "Jos Weiß", "Rita Perlot", "Sofia Hoffmann")
    cards = {name: factories.card(shop.store, name=name).pk for name in names}
    typed, near = cards["Ana Perreira"], cards["Rosa Pereira"]
    assert found(till, "search=Perreira") == [typed, near]
    assert found(till, "search=Pereira") == [near, typed]
    assert found(till, "search=rosa perreira") == [near]
    for text in ("Muller", "Mueller", "Mullller", "zoe", "MÜLLER"):
        assert found(till, f"search={text}") == [cards["Zoé Müller"]], text
    assert found(till, "search=Hofman") == [cards["Sofia Hoffmann"]]
    assert found(till, "search=weiss") == [cards["Jos Weiß"]]
    assert found(till, "search=Perreira 99999999") == []
    assert found(till, "search=Schneider") == []


def test_a_name_of_several_parts_is_found_in_spite_of_a_slip_too(shop: Shop, till: Till) -> None:
    names = ("Marie Perreira-Silva", "Seán O\u2019Brian", "Jean-Pierre Weber", "Mario D'Angelo")
    cards = {name: factories.card(shop.store, name=name).pk for name in names}
    slips = ("Pereira-Silva", "O'Brian", "Jean-Piere Weber", "D\u2019Angello")
    for name, text in zip(names, slips, strict=True):
        assert found(till, f"search={text}") == [cards[name]], text


def test_where_enough_names_fit_as_typed_none_that_comes_near_is_added(shop: Shop, till: Till) -> None:
    """Pereira comes nearer to what is typed than any of them, whose name it is part of."""
    near = factories.customer(shop.store, first_name="Rosa", last_name="Pereira")
    factories.card(shop.store, email=near.email)
    with factories.inside(shop):
        for number in range(FEW):
            factories.customer(shop.store, f"p{number}@example.com", last_name="Aperreirano")
    ana = factories.card(shop.store, email="p0@example.com")
    assert found(till, "search=perreira") == [ana.pk]


# --- Looking up -------------------------------------------------------------------------------------------


def test_a_card_is_found_by_whatever_names_it(shop: Shop, till: Till) -> None:
    card = factories.card(shop.store, email="anna@example.com", phone="621 123 456")
    for text in (
        card.qr_code_data,
        card.qr_code_data.lower(),
        card.card_number,
        card.display_number,
        "ANNA@example.com",
        "%2B352 621 123 456",
        "00352621123456",
        "621 123 456",
    ):
        response = till.get(f"cards/lookup/?q={text}")
        assert (response.status_code, response.json()["id"]) == (200, card.pk), text


def test_a_mistyped_number_is_told_apart_from_an_unknown_card(till: Till, card: LoyaltyCard) -> None:
    last = (int(card.card_number[-1]) + 1) % 10
    mistyped = till.get(f"cards/lookup/?q={card.card_number[:-1]}{last}")
    assert (mistyped.status_code, mistyped.json()["code"]) == (400, "card_number_mistyped")
    unknown = till.get("cards/lookup/?q=nobody@example.com")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "card_not_found")


def test_a_phone_of_several_cards_shows_them_to_choose_from(shop: Shop, till: Till) -> None:
    own, everywhere = factories.two_cards(shop)
    response = till.get("cards/lookup/?q=621123456")
    assert (response.status_code, response.json()["code"]) == (409, "card_ambiguous")
    matches = response.json()["matches"]
    assert [one["id"] for one in matches] == [everywhere.pk, own.pk]
    assert matches[1] == till.get(f"cards/{own.pk}/").json()


def test_another_merchants_card_is_as_unknown_as_none(till: Till) -> None:
    other = factories.shop()
    foreign = factories.card(other.store, email="stranger@example.com")
    for text in (foreign.qr_code_data, foreign.card_number, "stranger@example.com"):
        response = till.get(f"cards/lookup/?q={text}")
        assert (response.status_code, response.json()["code"]) == (404, "card_not_found")
    theirs, none = till.get(f"cards/{foreign.pk}/").json(), till.get(f"cards/{10**9}/").json()
    assert theirs.pop("request_id") != none.pop("request_id")
    assert theirs == none


def test_a_card_of_one_store_is_unknown_at_the_next() -> None:
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    card = factories.card(shop.store, email="anna@example.com")
    here, there = Till(shop.store, shop.owner), Till(shop.other_store, shop.owner)
    assert here.get(f"cards/{card.pk}/").json()["valid_at_store"] == shop.store.store_code
    assert there.get(f"cards/{card.pk}/").json()["code"] == "card_not_found"
    assert there.get("cards/lookup/?q=anna@example.com").json()["code"] == "card_not_found"
    assert there.get("cards/").json()["count"] == 0
    assert there.post(f"cards/{card.pk}/stamps/").json()["code"] == "card_not_found"


@pytest.mark.parametrize("query", ["", "q=", "q=%20", "q=%00", "q=" + "1" * 255])
def test_looking_up_nothing_is_refused(till: Till, query: str) -> None:
    response = till.get(f"cards/lookup/?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
