"""Points over the API: earned with a purchase, spent on a reward, adjusted by hand."""

from datetime import UTC, datetime

import pytest

from loyalty.models import LoyaltyCard
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Till, balances, refused

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 14, 11, 0, tzinfo=UTC)


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
