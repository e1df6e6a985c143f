"""A card at the till: what is shown of it, and whether it may be stamped."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from loyalty.models import LoyaltyCard
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Till

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 14, 11, 0, tzinfo=UTC)


def grouped(number: str) -> str:
    return f"{number[:4]}-{number[4:8]}-{number[8:]}"


def test_a_card_is_shown_exactly_so(shop: Shop) -> None:
    with time_machine.travel(NOON, tick=False):
        card = factories.card(
            shop.store,
            email="anna@example.com",
            phone="621 123 456",
            language="fr",
            stamps=3,
            cents=6000,
        )
        answer = Till(shop.store, shop.staff).get(f"cards/{card.pk}/").json()
    with factories.inside(shop):
        croissant, breakfast = shop.program.rewards.order_by("points_cost")
        person = card.customer
    assert answer == {
        "id": card.pk,
        "card_number": grouped(card.card_number),
        "is_active": True,
        "valid_at_store": None,
        "enrolled_at_store": shop.store.store_code,
        "customer": {
            "id": person.pk,
            "name": "Anna Weber",
            "email": "anna@example.com",
            "phone": "+352621123456",
            "birth_date": None,
            "language": "fr",
            "tags": [],
            "email_problem": False,
        },
        "loyalty_type": "hybrid",
        "stamp_count": 3,
        "stamps_owed": 0,
        "stamps_target": 10,
        "stamps_until_reward": 7,
        "stamps_today": 3,
        "max_daily_stamps": 50,
        "total_stamps_earned": 3,
        "stamps_redeemed": 0,
        "points_balance": 600,
        "points_owed": 0,
        "points_fraction": 0,
        "owed_from": None,
        "total_points_earned": 600,
        "points_redeemed": 0,
        "total_points_voided": 0,
        "points_expire_at": None,
        "can_stamp": {"allowed": True, "code": None, "retry_after": None, "next_stamp_at": None},
        "rewards": [
            {"id": croissant.pk, "name": "Croissant", "points_cost": 500, "affordable": True, "missing": 0},
            {
                "id": breakfast.pk,
                "name": "Breakfast",
                "points_cost": 1500,
                "affordable": False,
                "missing": 900,
            },
        ],
        "promotions": [],
        "stamp_reward": {"description": "a coffee", "ready": False},
        "last_stamp_at": "2026-11-14T11:00:00Z",
        "last_points_at": "2026-11-14T11:00:00Z",
        "last_redemption_at": None,
        "last_activity_at": "2026-11-14T11:00:00Z",
        "created_at": "2026-11-14T11:00:00Z",
        "passes": {"apple": None, "google": None},
    }


def test_no_answer_holds_what_opens_the_customers_page(shop: Shop, till: Till, card: LoyaltyCard) -> None:
    for path in (f"cards/{card.pk}/", "cards/", f"cards/lookup/?q={card.card_number}", "transactions/"):
        text = till.get(path).content.decode()
        assert card.access_token not in text
        assert card.qr_code_data not in text


# --- Whether it may be stamped ----------------------------------------------------------------------------


def can_stamp(till: Till, card: LoyaltyCard) -> dict:
    return till.get(f"cards/{card.pk}/").json()["can_stamp"]


def test_a_card_stamped_a_moment_ago_says_when_the_next_stamp_may_come() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        shop = factories.shop(cooldown_minutes=15)
        card = factories.card(shop.store, stamps=1)
        clock.shift(timedelta(minutes=5))
        assert can_stamp(Till(shop.store, shop.staff), card) == {
            "allowed": False,
            "code": "stamp_cooldown",
            "retry_after": 600,
            "next_stamp_at": "2026-11-14T11:15:00Z",
        }


def test_a_card_with_all_its_stamps_of_the_day_waits_for_the_stores_midnight() -> None:
    with time_machine.travel(NOON, tick=False):
        shop = factories.shop(max_daily_stamps=2)
        card = factories.card(shop.store, stamps=2)
        tokyo = factories.store(shop.merchant, timezone="Asia/Tokyo")
        assert can_stamp(Till(shop.store, shop.owner), card) == {
            "allowed": False,
            "code": "daily_stamp_limit",
            "retry_after": 12 * 3600,
            "next_stamp_at": "2026-11-14T23:00:00Z",
        }
        assert can_stamp(Till(tokyo, shop.owner), card)["next_stamp_at"] == "2026-11-14T15:00:00Z"


def test_stamps_today_are_those_of_the_acting_stores_day() -> None:
    with time_machine.travel(datetime(2026, 11, 14, 14, 30, tzinfo=UTC), tick=False) as clock:
        shop = factories.shop()
        card = factories.card(shop.store, stamps=2)
        tokyo = factories.store(shop.merchant, timezone="Asia/Tokyo")
        clock.shift(timedelta(hours=1))  # past midnight in Tokyo
        assert Till(tokyo, shop.owner).get(f"cards/{card.pk}/").json()["stamps_today"] == 0
        assert Till(shop.store, shop.owner).get(f"cards/{card.pk}/").json()["stamps_today"] == 2


def test_a_points_card_cannot_be_stamped() -> None:
    shop = factories.shop(loyalty_type="points")
    card = factories.card(shop.store)
    answer = Till(shop.store, shop.staff).get(f"cards/{card.pk}/").json()
    assert answer["can_stamp"] == {
        "allowed": False,
        "code": "program_type_mismatch",
        "retry_after": None,
        "next_stamp_at": None,
    }
    assert answer["stamp_reward"] == {"description": "", "ready": False}
    assert [reward["name"] for reward in answer["rewards"]] == ["Croissant", "Breakfast"]


def test_a_stamps_card_offers_no_rewards_for_points() -> None:
    shop = factories.shop(loyalty_type="stamps")
    card = factories.card(shop.store, stamps=10)
    answer = Till(shop.store, shop.staff).get(f"cards/{card.pk}/").json()
    assert answer["rewards"] == []
    assert answer["stamp_reward"] == {"description": "a coffee", "ready": True}
    assert answer["stamps_until_reward"] == 0


def test_a_deactivated_card_says_so(shop: Shop, till: Till, manager: Till, card: LoyaltyCard) -> None:
    manager.post(f"cards/{card.pk}/deactivate/")
    assert can_stamp(till, card)["code"] == "card_inactive"


def test_a_card_of_a_program_that_is_off_says_so(shop: Shop, till: Till, card: LoyaltyCard) -> None:
    with factories.inside(shop):
        shop.program.is_active = False
        shop.program.save()
    assert can_stamp(till, card)["code"] == "program_inactive"


def test_points_expire_days_after_the_last_activity() -> None:
    with time_machine.travel(NOON, tick=False):
        shop = factories.shop(points_expiration_days=365)
        full, empty = factories.card(shop.store, cents=100), factories.card(shop.store)
        till = Till(shop.store, shop.staff)
        assert till.get(f"cards/{full.pk}/").json()["points_expire_at"] == "2027-11-14T11:00:00Z"
        assert till.get(f"cards/{empty.pk}/").json()["points_expire_at"] is None


def test_a_reward_below_the_minimum_is_not_affordable() -> None:
    shop = factories.shop(minimum_redemption_points=1000)
    card = factories.card(shop.store, cents=20000)
    rewards = Till(shop.store, shop.staff).get(f"cards/{card.pk}/").json()["rewards"]
    assert [(one["name"], one["affordable"]) for one in rewards] == [
        ("Croissant", False),
        ("Breakfast", True),
    ]
