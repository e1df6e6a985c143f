"""Stamps and points over the API: what a call answers, and that a refusal moves nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from loyalty.models import LoyaltyCard, LoyaltyTransaction
from tenancy.models import StoreUser
from tests import factories
from tests.factories import Shop, fresh
from tests.loyalty.api.till import Till

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 14, 11, 0, tzinfo=UTC)


def balances(card: LoyaltyCard) -> tuple[int, int, int]:
    """Stamps, points, and how many lines the ledger has."""
    now = fresh(card)
    with factories.inside(card):
        return now.stamp_count, now.points_balance, LoyaltyTransaction.objects.filter(card=card).count()


def refused(response: Any, status: int, code: str) -> dict[str, Any]:
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"
    return response.json()


# --- Stamps -----------------------------------------------------------------------------------------------


def test_a_stamp_is_answered_exactly_so() -> None:
    with time_machine.travel(NOON, tick=False):
        shop = factories.shop(cooldown_minutes=15, max_daily_stamps=5, require_staff_pin=True)
        card = factories.card(shop.store, name="Anna Weber")
        till = Till(shop.store, shop.staff)
        pin = factories.staff_pin(shop.store, name="Léa")
        response = till.post(f"cards/{card.pk}/stamps/", {"notes": "flat white"}, token=till.unlock(pin))
    assert response.status_code == 201
    answer = response.json()
    assert answer.keys() == {"transaction", "settled", "card", "reward_ready"}
    assert answer["reward_ready"] is False
    assert answer["transaction"] == {
        "id": answer["transaction"]["id"],
        "card_id": card.pk,
        "card_number": card.display_number,
        "customer_name": "Anna Weber",
        "transaction_type": "stamp_earned",
        "stamps_delta": 1,
        "stamps_balance_after": 1,
        "stamps_owed_after": 0,
        "points_delta": 0,
        "points_balance_after": 0,
        "points_owed_after": 0,
        "points_fraction_after": 0,
        "purchase_id": None,
        "purchase_amount_cents": None,
        "order_reference": "",
        "reward": None,
        "reward_name": "",
        "voids": None,
        "voided_by": None,
        "can_void": True,
        "store": shop.store.store_code,
        "store_name": shop.store.name,
        "staff": "Léa",
        "notes": "flat white",
        "recorded_offline": False,
        "transaction_at": "2026-11-14T11:00:00Z",
        "created_at": "2026-11-14T11:00:00Z",
    }
    assert answer["card"]["stamp_count"] == answer["card"]["stamps_today"] == 1
    assert answer["card"]["can_stamp"] == {
        "allowed": False,
        "code": "stamp_cooldown",
        "retry_after": 900,
        "next_stamp_at": "2026-11-14T11:15:00Z",
    }


def test_the_card_in_an_answer_is_the_card_as_it_is_then(till: Till, card: LoyaltyCard) -> None:
    for path, body in (
        ("stamps/", {}),
        ("points/", {"purchase_amount_cents": 5000}),
    ):
        answer = till.post(f"cards/{card.pk}/{path}", body).json()
        assert answer["card"] == till.get(f"cards/{card.pk}/").json()


def test_the_stamp_that_fills_the_card_says_so_once(till: Till, shop: Shop) -> None:
    card = factories.card(shop.store, stamps=9)
    assert till.post(f"cards/{card.pk}/stamps/").json()["reward_ready"] is True
    answer = till.post(f"cards/{card.pk}/stamps/").json()
    assert answer["reward_ready"] is False
    assert answer["card"]["stamp_reward"] == {"description": "a coffee", "ready": True}


def test_a_group_order_is_for_managers(till: Till, manager: Till, card: LoyaltyCard) -> None:
    refused(till.post(f"cards/{card.pk}/stamps/", {"count": 3}), 403, "manager_required")
    assert balances(card) == (0, 0, 1)
    answer = manager.post(f"cards/{card.pk}/stamps/", {"count": 3}).json()
    assert (answer["transaction"]["stamps_delta"], answer["card"]["stamp_count"]) == (3, 3)


def test_a_card_stamped_a_moment_ago_is_refused_with_the_time_to_wait() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        shop = factories.shop(cooldown_minutes=15)
        card = factories.card(shop.store, stamps=1)
        clock.shift(timedelta(minutes=5))
        response = Till(shop.store, shop.staff).post(f"cards/{card.pk}/stamps/")
    problem = refused(response, 429, "stamp_cooldown")
    assert response["Retry-After"] == "600"
    assert problem["retry_after"] == 600
    assert problem["next_stamp_at"] == "2026-11-14T11:15:00Z"
    assert problem["type"] == "/problems/stamp_cooldown"
    assert problem["title"] == problem["detail"] == "This card was stamped a moment ago."
    assert balances(card)[0] == 1


def test_a_sixth_stamp_on_a_day_of_five_is_refused() -> None:
    shop = factories.shop(max_daily_stamps=5)
    card = factories.card(shop.store, stamps=5)
    response = Till(shop.store, shop.staff).post(f"cards/{card.pk}/stamps/")
    problem = refused(response, 429, "daily_stamp_limit")
    assert int(response["Retry-After"]) == problem["retry_after"] > 0
    assert balances(card)[0] == 5


def test_a_program_with_pins_wants_a_staff_token() -> None:
    shop = factories.shop(require_staff_pin=True)
    card = factories.card(shop.store)
    till = Till(shop.store, shop.staff)
    with factories.inside(shop):
        StoreUser.objects.create(merchant=shop.merchant, store=shop.other_store, user=shop.staff)
    next_door = Till(shop.other_store)
    next_door.client = till.client
    elsewhere = next_door.unlock()
    for token in ("", "nonsense", elsewhere):
        refused(till.post(f"cards/{card.pk}/stamps/", token=token), 403, "staff_pin_required")
    assert balances(card) == (0, 0, 1)


def test_a_stamp_recorded_offline_keeps_its_time(till: Till, card: LoyaltyCard) -> None:
    then = datetime.now(UTC) - timedelta(hours=2)
    line = till.post(f"cards/{card.pk}/stamps/", {"occurred_at": then.isoformat()}).json()["transaction"]
    assert line["recorded_offline"] is True
    assert datetime.fromisoformat(line["transaction_at"]) == then
    assert datetime.fromisoformat(line["created_at"]) > then


@pytest.mark.parametrize(
    "occurred_at",
    [
        "2999-01-01T00:00:00Z",
        "2020-01-01T00:00:00Z",
        "2026-11-14T11:00:00",
        "yesterday",
        5,
        "0001-01-01T00:00Z",
    ],
)
def test_a_time_that_cannot_be_believed_is_refused(
    till: Till, card: LoyaltyCard, occurred_at: object
) -> None:
    for path, body in (("stamps/", {}), ("points/", {"purchase_amount_cents": 100})):
        problem = refused(
            till.post(f"cards/{card.pk}/{path}", body | {"occurred_at": occurred_at}), 400, "invalid"
        )
        assert problem["errors"][0]["field"] == "occurred_at"
    assert balances(card) == (0, 0, 1)


@pytest.mark.parametrize("count", [0, 11, -1, "1", True, 1.0, None, 10**30])
def test_a_count_that_is_none_is_refused(manager: Till, card: LoyaltyCard, count: object) -> None:
    problem = refused(manager.post(f"cards/{card.pk}/stamps/", {"count": count}), 400, "invalid")
    assert [error["field"] for error in problem["errors"]] == ["count"]
    assert balances(card) == (0, 0, 1)


def test_a_full_card_is_redeemed_and_the_surplus_stays(till: Till, shop: Shop) -> None:
    card = factories.card(shop.store, stamps=12)
    response = till.post(f"cards/{card.pk}/stamps/redeem/", {"notes": "to go"})
    assert response.status_code == 201
    answer = response.json()
    assert answer.keys() == {"transaction", "settled", "card"}
    line = answer["transaction"]
    assert (line["transaction_type"], line["stamps_delta"], line["stamps_balance_after"]) == (
        "stamp_redeemed",
        -10,
        2,
    )
    assert (line["reward"], line["reward_name"], line["notes"]) == (None, "a coffee", "to go")
    assert (answer["card"]["stamp_count"], answer["card"]["stamps_redeemed"]) == (2, 1)


def test_a_card_that_is_not_full_is_refused_with_what_is_missing(till: Till, shop: Shop) -> None:
    card = factories.card(shop.store, stamps=7)
    problem = refused(till.post(f"cards/{card.pk}/stamps/redeem/"), 409, "not_enough_stamps")
    assert problem["missing"] == 3
    assert balances(card)[0] == 7


# --- Points -----------------------------------------------------------------------------------------------


def test_a_purchase_earns_whole_points(till: Till, card: LoyaltyCard) -> None:
    response = till.post(
        f"cards/{card.pk}/points/",
        {"purchase_amount_cents": 1239, "order_reference": "R-17", "notes": "cake"},
    )
    assert response.status_code == 201
    answer = response.json()
    assert answer.keys() == {"transaction", "settled", "card"}
    line = answer["transaction"]
    assert (line["points_delta"], line["points_balance_after"]) == (123, 123)
    assert (line["purchase_amount_cents"], line["order_reference"], line["notes"]) == (1239, "R-17", "cake")
    assert answer["card"]["points_balance"] == answer["card"]["total_points_earned"] == 123


def test_one_receipt_earns_once(till: Till, shop: Shop, card: LoyaltyCard) -> None:
    other = factories.card(shop.store)
    body = {"purchase_amount_cents": 1000, "order_reference": "R-17"}
    till.post(f"cards/{card.pk}/points/", body)
    refused(till.post(f"cards/{other.pk}/points/", body), 409, "order_reference_used")
    assert balances(other) == (0, 0, 1)


def test_a_merchant_may_insist_on_receipts() -> None:
    shop = factories.shop(settings={"require_order_reference": True})
    card = factories.card(shop.store)
    till = Till(shop.store, shop.staff)
    for body in ({"purchase_amount_cents": 1000}, {"purchase_amount_cents": 1000, "order_reference": " "}):
        refused(till.post(f"cards/{card.pk}/points/", body), 400, "order_reference_required")
    assert balances(card) == (0, 0, 1)


def test_a_small_purchase_earns_nothing() -> None:
    shop = factories.shop(minimum_purchase_cents=500)
    card = factories.card(shop.store)
    response = Till(shop.store, shop.staff).post(f"cards/{card.pk}/points/", {"purchase_amount_cents": 499})
    assert refused(response, 409, "purchase_below_minimum")["minimum_purchase_cents"] == 500
    assert balances(card) == (0, 0, 1)


@pytest.mark.parametrize("amount", [0, -5, 1_000_001, "100", 10.5, True, None, 10**40])
def test_an_amount_that_is_none_is_refused(till: Till, card: LoyaltyCard, amount: object) -> None:
    problem = refused(
        till.post(f"cards/{card.pk}/points/", {"purchase_amount_cents": amount}), 400, "invalid"
    )
    assert [error["field"] for error in problem["errors"]] == ["purchase_amount_cents"]
    assert balances(card) == (0, 0, 1)


def test_a_program_for_dear_things_takes_what_another_refuses() -> None:
    jeweller = factories.shop(maximum_purchase_cents=2_500_000)
    ring, till = factories.card(jeweller.store), Till(jeweller.store, jeweller.staff)
    path = f"cards/{ring.pk}/points/"
    problem = refused(till.post(path, {"purchase_amount_cents": 2_500_001}), 400, "invalid")
    assert [(error["field"], error["message"]) for error in problem["errors"]] == [
        ("purchase_amount_cents", "The amount must be between €0.01 and €25,000.00.")
    ]
    assert balances(ring) == (0, 0, 1)
    answer = till.post(path, {"purchase_amount_cents": 2_500_000})
    assert (answer.status_code, answer.json()["card"]["points_balance"]) == (201, 250_000)


def test_a_purchase_in_rupiah_is_larger_than_a_whole_number_of_four_bytes() -> None:
    shop = factories.shop(currency="IDR", points_per_euro="0.01")
    card = factories.card(shop.store)
    answer = Till(shop.store, shop.staff).post(
        f"cards/{card.pk}/points/", {"purchase_amount_cents": 9_000_000_000}
    )
    assert answer.json()["transaction"]["purchase_amount_cents"] == 9_000_000_000
    assert balances(card)[1] == 900_000


@pytest.mark.parametrize(
    ("field", "value"), [("notes", "x" * 501), ("notes", "\0"), ("notes", 5), ("order_reference", "x" * 65)]
)
def test_texts_have_their_limits(till: Till, card: LoyaltyCard, field: str, value: object) -> None:
    body = {"purchase_amount_cents": 100, field: value}
    problem = refused(till.post(f"cards/{card.pk}/points/", body), 400, "invalid")
    assert [error["field"] for error in problem["errors"]] == [field]
    assert balances(card) == (0, 0, 1)


def test_a_reward_is_handed_out_for_its_points(till: Till, shop: Shop) -> None:
    card = factories.card(shop.store, cents=6000)
    with factories.inside(shop):
        croissant = shop.program.rewards.get(points_cost=500)
    response = till.post(f"cards/{card.pk}/points/redeem/", {"reward_id": croissant.pk})
    assert response.status_code == 201
    line = response.json()["transaction"]
    assert line["reward"] == {"id": croissant.pk, "name": "Croissant", "points_cost": 500}
    assert (line["points_delta"], line["points_balance_after"], line["reward_name"]) == (
        -500,
        100,
        "Croissant",
    )
    assert response.json()["card"]["points_redeemed"] == 500


def test_a_reward_that_is_too_dear_is_refused_with_what_is_missing(till: Till, shop: Shop) -> None:
    card = factories.card(shop.store, cents=6000)
    with factories.inside(shop):
        breakfast = shop.program.rewards.get(points_cost=1500)
    problem = refused(
        till.post(f"cards/{card.pk}/points/redeem/", {"reward_id": breakfast.pk}), 409, "not_enough_points"
    )
    assert problem["missing"] == 900
    assert balances(card)[1] == 600


def test_a_reward_that_is_not_on_offer_is_not_found(till: Till, shop: Shop) -> None:
    card = factories.card(shop.store, cents=6000)
    foreign = factories.reward(factories.shop().program, points_cost=1)
    resting = factories.reward(shop.program, "Tea", 1, is_active=False)
    for reward_id in (foreign.pk, resting.pk, 0, -1, 2**70):
        response = till.post(f"cards/{card.pk}/points/redeem/", {"reward_id": reward_id})
        refused(response, 404, "reward_not_found")
    assert balances(card)[1] == 600


def test_a_reward_below_the_smallest_redemption_is_refused() -> None:
    shop = factories.shop(minimum_redemption_points=1000)
    card = factories.card(shop.store, cents=20000)
    with factories.inside(shop):
        croissant = shop.program.rewards.get(points_cost=500)
    response = Till(shop.store, shop.staff).post(
        f"cards/{card.pk}/points/redeem/", {"reward_id": croissant.pk}
    )
    refused(response, 409, "reward_below_minimum")
    assert balances(card)[1] == 2000


def test_managers_adjust_points_with_a_reason(manager: Till, shop: Shop) -> None:
    card = factories.card(shop.store, cents=6000)
    response = manager.post(
        f"cards/{card.pk}/points/adjust/", {"points_delta": -100, "reason": "typing error"}
    )
    assert response.status_code == 201
    line = response.json()["transaction"]
    assert (line["transaction_type"], line["points_delta"], line["notes"]) == (
        "points_adjustment",
        -100,
        "typing error",
    )
    assert line["staff"] == shop.manager.email
    assert balances(card)[1] == 500


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"points_delta": 5}, "reason"),
        ({"points_delta": 5, "reason": "  "}, "reason"),
        ({"points_delta": 5, "reason": "x" * 501}, "reason"),
        ({"points_delta": 0, "reason": "why"}, "points_delta"),
        ({"points_delta": 1_000_001, "reason": "why"}, "points_delta"),
        ({"reason": "why"}, "points_delta"),
    ],
)
def test_an_adjustment_needs_points_and_a_reason(
    manager: Till, card: LoyaltyCard, body: dict, field: str
) -> None:
    problem = refused(manager.post(f"cards/{card.pk}/points/adjust/", body), 400, "invalid")
    assert [error["field"] for error in problem["errors"]] == [field]
    assert balances(card) == (0, 0, 1)


def test_an_adjustment_never_goes_below_nothing(manager: Till, shop: Shop) -> None:
    card = factories.card(shop.store, cents=1000)
    response = manager.post(f"cards/{card.pk}/points/adjust/", {"points_delta": -101, "reason": "why"})
    assert refused(response, 409, "not_enough_points")["missing"] == 1
    assert balances(card)[1] == 100


# --- What every one of them refuses -----------------------------------------------------------------------

CALLS = [
    ("stamps/", {}),
    ("stamps/redeem/", {}),
    ("points/", {"purchase_amount_cents": 1000}),
    ("points/redeem/", {"reward_id": 1}),
    ("points/adjust/", {"points_delta": 5, "reason": "why"}),
]


@pytest.mark.parametrize(("path", "body"), CALLS)
def test_a_deactivated_card_takes_nothing(manager: Till, card: LoyaltyCard, path: str, body: dict) -> None:
    manager.post(f"cards/{card.pk}/deactivate/")
    refused(manager.post(f"cards/{card.pk}/{path}", body), 409, "card_inactive")
    assert balances(card) == (0, 0, 2)


@pytest.mark.parametrize(("path", "body"), CALLS)
def test_a_program_that_is_off_takes_nothing(
    manager: Till, shop: Shop, card: LoyaltyCard, path: str, body: dict
) -> None:
    with factories.inside(shop):
        shop.program.is_active = False
        shop.program.save()
    refused(manager.post(f"cards/{card.pk}/{path}", body), 409, "program_inactive")
    assert balances(card) == (0, 0, 1)


@pytest.mark.parametrize(("path", "body"), CALLS)
def test_another_merchants_card_is_not_found(manager: Till, path: str, body: dict) -> None:
    foreign = factories.card(factories.shop().store)
    for card_id in (foreign.pk, 2**63, 10**30):
        refused(manager.post(f"cards/{card_id}/{path}", body), 404, "card_not_found")
    assert balances(foreign) == (0, 0, 1)


@pytest.mark.parametrize(("kind", "others"), [("stamps", "points"), ("points", "stamps")])
def test_a_program_does_only_what_it_is_for(kind: str, others: str) -> None:
    shop = factories.shop(loyalty_type=kind)
    card = factories.card(shop.store)
    manager = Till(shop.store, shop.manager)
    for path, body in CALLS:
        if path.startswith(others):
            for card_id in (card.pk, 10**9):  # the program comes before the card
                refused(manager.post(f"cards/{card_id}/{path}", body), 409, "program_type_mismatch")
    assert balances(card) == (0, 0, 1)
