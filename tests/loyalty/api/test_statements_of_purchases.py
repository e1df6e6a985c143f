"""What promotions cost the database at the till: a statement where they ask for something, in a call of fifteen."""

from datetime import UTC, datetime, time
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.loyalty.api.test_statements import CACHED_SESSIONS
from tests.loyalty.api.till import Till

pytestmark = pytest.mark.django_db(transaction=True)

ONE = [{}]
THREE = [{}, {"effect": "points", "amount": 7}, {"effect": "stamps", "amount": 1}]
BOUNDED = [
    {"budget": 1000, "card_day_limit": 100},
    {"effect": "points", "amount": 7, "card_limit": 50, "budget": 90},
    {"effect": "stamps", "amount": 1, "budget": 5},
]
OF_VISITS = [{"audience": "every_nth_visit", "every": 2}, {"audience": "first_purchase"}]
LATER = [{"from_time": time(20), "until_time": time(21), "budget": 500}]


def asked_with(promotions: list[dict[str, Any]]) -> list[str]:
    """What a purchase with stamp and points asks of the database, begin and commit counted."""
    shop = factories.shop(require_staff_pin=True, cooldown_minutes=15, points_per_euro=10)
    for number, fields in enumerate(promotions):
        factories.promotion(shop.program, f"Number {number}", **fields)
    card, another = factories.card(shop.store), factories.card(shop.store)
    till = Till(shop.store, shop.staff)
    token = till.unlock()
    body = {"purchase_amount_cents": 450, "order_reference": "R-1"}
    till.post(f"cards/{another.pk}/purchases/", body, token=token, once="warm")

    body = {"purchase_amount_cents": 450, "order_reference": "R-2"}
    with CaptureQueriesContext(connection) as statements:
        answer = till.post(f"cards/{card.pk}/purchases/", body, token=token, once="first")

    assert answer.status_code == 201
    given = [part["name"] for part in answer.json()["promotions"]]
    assert len(given) == min(len(promotions), 3)  # of factors one
    return [one["sql"][:60] for one in statements]


@CACHED_SESSIONS
@time_machine.travel(datetime(2026, 5, 12, 13, tzinfo=UTC))  # 15:00 in Luxembourg
def test_promotions_cost_a_purchase_one_statement_for_their_bounds_and_none_without() -> None:
    plain = asked_with([])
    assert [len(asked_with(promotions)) for promotions in (ONE, THREE)] == [len(plain)] * 2
    for promotions in (BOUNDED, BOUNDED + OF_VISITS, BOUNDED + LATER):
        asked = asked_with(promotions)
        assert (len(asked), len(asked) <= 15) == (len(plain) + 1, True), "\n".join(asked)


def looked_up_with(promotions: list[dict[str, Any]]) -> list[str]:
    """What looking for cards asks of the database, where two are found."""
    shop = factories.shop()
    for number, fields in enumerate(promotions):
        factories.promotion(shop.program, f"Number {number}", **fields)
    for _each in range(2):
        factories.card(shop.store, name="Anouk Weber")
    till = Till(shop.store, shop.staff)
    till.get("cards/?search=Anouk")

    with CaptureQueriesContext(connection) as statements:
        answer = till.get("cards/?search=Anouk")

    told = [len(card["promotions"]) for card in answer.json()["results"]]
    assert told == [min(len(promotions), 1)] * 2
    return [one["sql"][:60] for one in statements]


@CACHED_SESSIONS
@time_machine.travel(datetime(2026, 5, 12, 13, tzinfo=UTC))
def test_promotions_cost_a_look_at_cards_one_statement_for_what_they_ask_and_none_without() -> None:
    plain = looked_up_with([])
    assert len(looked_up_with(ONE)) == len(plain)
    asked = looked_up_with([{"card_day_limit": 100}, {"audience": "every_nth_visit", "every": 2}])
    assert len(asked) == len(plain) + 1, "\n".join(asked)
