"""What leaves the API says so in each of its answers, a year before; what stays says nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty.api.leaving import Leaving
from loyalty.api.reference import document
from loyalty.api.till.cards import Cards
from tests.factories import Shop
from tests.loyalty.api.till import Till

pytestmark = pytest.mark.django_db
SINCE = datetime(2027, 1, 1, tzinfo=UTC)
LIST = {"GET": Leaving(since=SINCE, until=SINCE + timedelta(days=365), instead="/api/docs/changes/")}
SAYS = {
    "Deprecation": "@1798761600",
    "Sunset": "Sat, 01 Jan 2028 00:00:00 GMT",
    "Link": '</api/docs/changes/>; rel="deprecation"',
}


def test_a_call_that_leaves_says_since_when_until_when_and_what_takes_its_place(
    shop: Shop, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not SAYS.keys() & till.get("cards/").headers.keys()
    monkeypatch.setattr(Cards, "leaving", LIST)
    for answer in (till.get("cards/"), till.get("cards/?page=nonsense")):
        assert {name: answer[name] for name in SAYS} == SAYS
    assert not SAYS.keys() & till.post("cards/", {"nameless": True}).headers.keys()


def test_its_description_says_so_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def said() -> set[tuple[str, str]]:
        paths = document.__wrapped__()["paths"].items()
        return {(path, method) for path, of in paths for method, each in of.items() if each.get("deprecated")}

    assert said() == set()
    monkeypatch.setattr(Cards, "leaving", LIST)
    assert said() == {("/api/v1/stores/{store_code}/cards/", "get")}


def test_less_than_twelve_months_are_refused() -> None:
    with pytest.raises(ValueError, match="365 days before"):
        Leaving(since=SINCE, until=SINCE + timedelta(days=364), instead="/")
