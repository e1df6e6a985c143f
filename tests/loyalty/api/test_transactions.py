"""The ledger over the API, and undoing a line of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.models import LoyaltyCard, LoyaltyTransaction
from tests import factories
from tests.factories import Shop, fresh
from tests.loyalty.api.till import Till

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 14, 11, 0, tzinfo=UTC)


def lines(till: Till, query: str = "") -> list[dict[str, Any]]:
    return till.get(f"transactions/?{query}").json()["results"]


def stamp(till: Till, card: LoyaltyCard) -> int:
    """Give a stamp; the id of the line."""
    return till.post(f"cards/{card.pk}/stamps/").json()["transaction"]["id"]


# --- Reading ----------------------------------------------------------------------------------------------


def test_a_store_sees_what_was_done_there_newest_first(shop: Shop, till: Till, owner: Till) -> None:
    card = factories.card(shop.store)
    here = stamp(till, card)
    stamp(Till(shop.other_store, shop.owner), card)
    newest = stamp(till, card)
    assert [line["id"] for line in lines(till)][:2] == [newest, here]
    assert [line["transaction_type"] for line in lines(till)] == [
        "stamp_earned",
        "stamp_earned",
        "card_created",
    ]
    assert till.get(f"cards/{card.pk}/transactions/").json()["count"] == 4


def test_the_ledger_is_filtered(shop: Shop, till: Till) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        till = Till(shop.store, shop.staff)
        anna, ben = factories.card(shop.store), factories.card(shop.store)
        clock.shift(timedelta(hours=2))
        of_anna, of_ben = stamp(till, anna), stamp(till, ben)
        assert [line["id"] for line in lines(till, f"card={anna.pk}&type=stamp_earned")] == [of_anna]
        assert [line["id"] for line in lines(till, "type=stamp_earned")] == [of_ben, of_anna]
        assert [line["id"] for line in lines(till, "since=2026-11-14T12:00:00Z")] == [of_ben, of_anna]
        assert [line["id"] for line in lines(till, "since=2026-11-14T15:00:00")] == []
        assert len(lines(till, "since=2026-11-14T14:00:00")) == 2
        assert len(lines(till, "since=2026-11-14")) == 4
        assert len(lines(till, "card=&type=&since=")) == 4
        assert lines(till, f"card={2**62}") == []


@pytest.mark.parametrize(
    "query",
    [
        "card=x",
        "card=0",
        f"card={2**63}",
        "type=gift",
        "since=nonsense",
        "since=2026-13-01",
        "since=%00",
        "card=%00",
    ],
)
def test_a_filter_that_means_nothing_is_refused(till: Till, query: str) -> None:
    response = till.get(f"transactions/?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert response.json()["errors"][0]["field"] == query.partition("=")[0]


def test_a_page_of_the_ledger_costs_the_same_however_long_it_is(shop: Shop, till: Till) -> None:
    card = factories.card(shop.store)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert till.get("transactions/").status_code == 200
        return len(captured)

    few = statements()
    for _number in range(5):
        stamp(till, card)
    assert statements() == few


def test_the_system_has_no_name(shop: Shop, till: Till) -> None:
    with factories.inside(shop):
        card = factories.card(shop.store)
    line = till.get(f"cards/{card.pk}/transactions/").json()["results"][0]
    assert line["staff"] is None


# --- Undoing ----------------------------------------------------------------------------------------------


def test_a_stamp_is_undone_with_the_opposite_line(shop: Shop, till: Till) -> None:
    card = factories.card(shop.store, stamps=2)
    mistake = stamp(till, card)
    response = till.post(f"transactions/{mistake}/void/", {"reason": "wrong customer"})
    assert response.status_code == 201
    answer = response.json()
    assert answer.keys() == {"transaction", "settled", "card", "shortfall", "owed"}
    assert answer["shortfall"] == 0
    line = answer["transaction"]
    assert (line["transaction_type"], line["stamps_delta"], line["voids"]) == ("stamp_voided", -1, mistake)
    assert (line["notes"], line["can_void"], line["voided_by"]) == ("wrong customer", False, None)
    assert (answer["card"]["stamp_count"], answer["card"]["stamps_today"]) == (2, 2)
    undone = till.get(f"cards/{card.pk}/transactions/").json()["results"][1]
    assert (undone["id"], undone["voided_by"], undone["can_void"]) == (mistake, line["id"], False)


def test_a_line_is_undone_once(shop: Shop, till: Till) -> None:
    card = factories.card(shop.store)
    mistake = stamp(till, card)
    till.post(f"transactions/{mistake}/void/", {"reason": "slip"})
    response = till.post(f"transactions/{mistake}/void/", {"reason": "slip"})
    assert (response.status_code, response.json()["code"]) == (409, "already_voided")
    assert fresh(card).stamp_count == 0


def test_what_is_spent_is_owed(shop: Shop, till: Till, manager: Till) -> None:
    card = factories.card(shop.store)
    earned = till.post(f"cards/{card.pk}/points/", {"purchase_amount_cents": 6000}).json()["transaction"][
        "id"
    ]
    with factories.inside(shop):
        croissant = shop.program.rewards.get(points_cost=500)
    till.post(f"cards/{card.pk}/points/redeem/", {"reward_id": croissant.pk})
    answer = till.post(f"transactions/{earned}/void/", {"reason": "returned"}).json()
    assert (answer["transaction"]["points_delta"], answer["shortfall"]) == (-600, 500)
    assert answer["owed"] == {"stamps": 0, "points": 500}
    assert (answer["card"]["points_balance"], answer["card"]["points_owed"]) == (0, 500)
    settled = till.post(f"cards/{card.pk}/points/", {"purchase_amount_cents": 8000}).json()
    assert settled["settled"] == {"stamps": 0, "points": 500}
    assert (settled["card"]["points_balance"], settled["card"]["points_owed"]) == (300, 0)


def test_what_cannot_be_undone_says_so(shop: Shop, till: Till) -> None:
    card = factories.card(shop.store)
    (made,) = lines(till)
    assert made["can_void"] is False
    response = till.post(f"transactions/{made['id']}/void/", {"reason": "slip"})
    assert (response.status_code, response.json()["code"]) == (409, "not_voidable")
    assert fresh(card).is_active


def test_after_the_window_it_takes_a_manager() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        shop = factories.shop()
        card = factories.card(shop.store)
        till, manager = Till(shop.store, shop.staff), Till(shop.store, shop.manager)
        line = stamp(till, card)
        clock.shift(timedelta(hours=25))
        assert lines(till, "type=stamp_earned")[0]["can_void"] is False
        assert lines(manager, "type=stamp_earned")[0]["can_void"] is True
        late = till.post(f"transactions/{line}/void/", {"reason": "slip"})
        assert (late.status_code, late.json()["code"]) == (409, "void_window_passed")
        assert manager.post(f"transactions/{line}/void/", {"reason": "slip"}).status_code == 201


def test_another_stores_line_takes_an_owner(shop: Shop, owner: Till) -> None:
    card = factories.card(shop.store)
    there = Till(shop.other_store, factories.member(shop.other_store, role="manager"))
    line = stamp(owner, card)
    assert there.get(f"cards/{card.pk}/transactions/").json()["results"][0]["can_void"] is False
    response = there.post(f"transactions/{line}/void/", {"reason": "slip"})
    assert (response.status_code, response.json()["code"]) == (403, "void_other_store")
    assert (
        Till(shop.other_store, shop.owner).post(f"transactions/{line}/void/", {"reason": "slip"}).status_code
        == 201
    )


def test_a_merchant_may_switch_undoing_off() -> None:
    shop = factories.shop(settings={"allow_void_transactions": False})
    till = Till(shop.store, shop.staff)
    line = stamp(till, factories.card(shop.store))
    assert lines(till)[0]["can_void"] is False
    response = till.post(f"transactions/{line}/void/", {"reason": "slip"})
    assert (response.status_code, response.json()["code"]) == (403, "void_disabled")


def test_undoing_wants_the_pin_too() -> None:
    shop = factories.shop(require_staff_pin=True)
    card = factories.card(shop.store, stamps=0)
    till = Till(shop.store, shop.staff)
    token = till.unlock()
    line = till.post(f"cards/{card.pk}/stamps/", token=token).json()["transaction"]["id"]
    response = till.post(f"transactions/{line}/void/", {"reason": "slip"})
    assert (response.status_code, response.json()["code"]) == (403, "staff_pin_required")
    assert till.post(f"transactions/{line}/void/", {"reason": "slip"}, token=token).status_code == 201


def test_another_merchants_line_is_not_found(till: Till) -> None:
    other = factories.shop()
    foreign = stamp(Till(other.store, other.staff), factories.card(other.store))
    for line in (foreign, 0, 2**63, 10**40):
        response = till.post(f"transactions/{line}/void/", {"reason": "slip"})
        assert (response.status_code, response.json()["code"]) == (404, "transaction_not_found")
    with factories.inside(other):
        assert not LoyaltyTransaction.objects.filter(voids=foreign).exists()


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 501}, {"reason": "\0"}, {"reason": 1}])
def test_undoing_needs_a_reason(shop: Shop, till: Till, body: dict) -> None:
    card = factories.card(shop.store)
    line = stamp(till, card)
    response = till.post(f"transactions/{line}/void/", body)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "reason")
    assert fresh(card).stamp_count == 1
