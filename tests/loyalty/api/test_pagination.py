"""Lists come in pages, newest first, counted only as far as anybody reads."""

from unittest import mock

import pytest

from loyalty.api import pagination
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Till

pytestmark = pytest.mark.django_db


@pytest.fixture
def cards(shop: Shop) -> list[int]:
    """Five cards, newest first."""
    return [factories.card(shop.store).pk for _number in range(5)][::-1]


def test_a_list_goes_from_page_to_page(till: Till, cards: list[int]) -> None:
    seen = []
    address = f"{till.base}cards/?page_size=2"
    while address:
        page = till.client.get(address).json()
        assert page.keys() == {"count", "next", "previous", "results"}
        assert page["count"] == 5
        seen += [card["id"] for card in page["results"]]
        address = page["next"]
    assert seen == cards


def test_next_and_previous_keep_what_was_asked(till: Till, cards: list[int]) -> None:
    page = till.get("cards/?page_size=2&page=2&search=weber").json()
    assert page["next"] == f"http://testserver{till.base}cards/?page=3&page_size=2&search=weber"
    assert page["previous"] == f"http://testserver{till.base}cards/?page_size=2&search=weber"


def test_a_page_has_50_rows_unless_asked_and_never_more_than_100(till: Till, cards: list[int]) -> None:
    with (
        mock.patch.object(pagination, "PAGE_SIZE", 2),
        mock.patch.object(pagination, "MAXIMUM_PAGE_SIZE", 3),
    ):
        assert len(till.get("cards/").json()["results"]) == 2
        for size in ("5000", "9" * 5000):
            assert len(till.get(f"cards/?page_size={size}").json()["results"]) == 3
    assert (pagination.PAGE_SIZE, pagination.MAXIMUM_PAGE_SIZE, pagination.MAXIMUM_COUNT) == (50, 100, 10_000)


def test_a_long_list_is_counted_only_so_far(till: Till, cards: list[int]) -> None:
    with mock.patch.object(pagination, "MAXIMUM_COUNT", 3):
        first, last = till.get("cards/?page_size=2").json(), till.get("cards/?page_size=2&page=3").json()
    for page in (first, last):
        assert (page["count"], page["count_is_minimum"]) == (3, True)
    with mock.patch.object(pagination, "MAXIMUM_COUNT", 5):
        exact = till.get("cards/?page_size=2").json()
    assert (exact["count"], "count_is_minimum" in exact) == (5, False)


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=x", "page=1.5", "page=%00", "page=٣", "page_size=00", "page_size=all"],
)
def test_a_page_that_is_none_is_refused(till: Till, query: str) -> None:
    response = till.get(f"cards/?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert response.json()["errors"][0]["field"] == query.partition("=")[0]


@pytest.mark.parametrize("page", ["2", "1000000", "1000001", "9" * 18, "9" * 5000])
def test_a_page_behind_the_last_one_is_not_there(till: Till, cards: list[int], page: str) -> None:
    response = till.get(f"cards/?page={page}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_an_empty_list_has_a_first_page(till: Till) -> None:
    assert till.get("cards/").json() == {"count": 0, "next": None, "previous": None, "results": []}
