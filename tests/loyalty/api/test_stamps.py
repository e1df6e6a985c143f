"""Stamps over the API: given, refused with the time to wait, and a full card redeemed."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from loyalty.models import LoyaltyCard
from tenancy.models import StoreUser
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Till, balances, refused

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 14, 11, 0, tzinfo=UTC)


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
        "promotions": [],
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
