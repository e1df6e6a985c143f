"""Stores: what a terminal learns about where it stands."""

import pytest

from groundwork.deletion import soft_delete
from tenancy.models import Merchant, Role, Store
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Caller, Till

pytestmark = pytest.mark.django_db


def test_a_store_is_shown_to_its_staff_exactly_so(shop: Shop, till: Till) -> None:
    assert till.get().json() == {
        "store_code": shop.store.store_code,
        "name": shop.store.name,
        "merchant": {"slug": shop.merchant.slug, "name": shop.merchant.name},
        "city": "Luxembourg",
        "timezone": "Europe/Luxembourg",
        "role": "staff",
        "currency": "EUR",
        "currency_digits": 2,
        "country": "LU",
        "default_language": "en",
    }


def test_a_store_in_another_time_zone_says_so(shop: Shop) -> None:
    far = factories.store(shop.merchant, timezone="Asia/Tokyo")
    assert Till(far, shop.owner).get().json()["timezone"] == "Asia/Tokyo"


def test_staff_list_the_stores_where_they_work(shop: Shop) -> None:
    answer = Caller(shop.staff).get("stores/").json()
    assert answer["count"] == 1
    assert [store["store_code"] for store in answer["results"]] == [shop.store.store_code]
    assert answer["next"] is answer["previous"] is None


def test_an_owner_of_one_store_owns_all_of_the_merchants(shop: Shop) -> None:
    factories.shop()
    stores = Caller(shop.owner).get("stores/").json()["results"]
    assert {store["store_code"] for store in stores} == {shop.store.store_code, shop.other_store.store_code}
    assert {store["role"] for store in stores} == {"owner"}


def test_a_manager_manages_only_the_stores_of_their_rows(shop: Shop) -> None:
    assert Till(shop.store, shop.manager).get().json()["role"] == "manager"
    assert Till(shop.other_store, shop.manager).get().json()["code"] == "store_not_found"


def test_an_operator_works_at_every_store(shop: Shop) -> None:
    other = factories.shop()
    operator = factories.operator()
    assert Till(other.store, operator).get().json()["role"] == "operator"
    assert Caller(operator).get("stores/").json()["count"] == 4


def test_a_key_lists_its_one_store_as_staff(shop: Shop) -> None:
    stores = Caller(key=factories.api_key(shop.other_store)).get("stores/").json()["results"]
    assert [(store["store_code"], store["role"]) for store in stores] == [
        (shop.other_store.store_code, "staff")
    ]


def test_a_closed_store_or_merchant_is_not_there(shop: Shop, till: Till, owner: Till) -> None:
    with factories.inside(shop):
        Store.objects.filter(pk=shop.store.pk).update(is_active=False)
    assert till.get().status_code == 404
    assert owner.get().json()["code"] == "store_not_found"
    other = factories.shop()
    Merchant.objects.filter(pk=other.merchant.pk).update(is_active=False)
    assert Till(other.store, other.owner).get().json()["code"] == "store_not_found"
    assert Caller(other.owner).get("stores/").json()["count"] == 0


def test_a_membership_that_ended_opens_nothing(shop: Shop, till: Till) -> None:
    with factories.inside(shop):
        shop.staff.store_users.update(is_active=False)
    assert till.get().status_code == 404


def test_an_owner_whose_only_row_was_at_a_deleted_store_owns_nothing(shop: Shop) -> None:
    with factories.inside(shop):
        soft_delete(shop.store, by=None)
    assert Till(shop.other_store, shop.owner).get().status_code == 404


def test_a_user_who_was_switched_off_is_nobody(shop: Shop, till: Till) -> None:
    shop.staff.is_active = False
    shop.staff.save()
    response = till.get()
    assert response.status_code == 401
    assert response.json()["code"] == "not_authenticated"


def test_the_program_has_what_a_terminal_needs(shop: Shop, till: Till) -> None:
    with factories.inside(shop):
        croissant, breakfast = shop.program.rewards.order_by("points_cost")
    answer = till.get("program/").json()
    assert answer["rewards"] == [
        {
            "id": croissant.pk,
            "name": "Croissant",
            "description": "",
            "points_cost": 500,
            "value_cents": None,
            "is_active": True,
        },
        {
            "id": breakfast.pk,
            "name": "Breakfast",
            "description": "",
            "points_cost": 1500,
            "value_cents": None,
            "is_active": True,
        },
    ]
    assert answer["settings"] == {
        "allow_void_transactions": True,
        "require_order_reference": False,
        "allow_cross_location_redemption": True,
    }
    del answer["rewards"], answer["settings"], answer["activated_at"]
    assert answer == {
        "id": shop.program.pk,
        "merchant": shop.merchant.slug,
        "loyalty_type": "hybrid",
        "is_active": True,
        "has_promotions": False,
        "card_name": "Friends of the house",
        "card_color": "#1f5c4a",
        "card_secondary_color": "#f2d43d",
        "stamps_target": 10,
        "stamps_reward_description": "a coffee",
        "stamps_reward_value_cents": None,
        "points_per_euro": "10.00",
        "minimum_purchase_cents": 0,
        "maximum_purchase_cents": None,
        "largest_purchase_cents": 1_000_000,
        "minimum_redemption_points": 0,
        "welcome_bonus_points": 0,
        "points_expiration_days": None,
        "expiry_requires_warning": False,
        "point_value_cents": "1.0000",
        "carry_remainders": True,
        "cooldown_minutes": 0,
        "max_daily_stamps": 50,
        "require_staff_pin": False,
        "terms_text": "",
        "privacy_url": "",
    }


def test_texts_come_in_the_callers_language(shop: Shop, till: Till) -> None:
    with factories.inside(shop):
        shop.program.card_name_fr = "Amis de la maison"
        shop.program.save()
    answer = till.get("program/", headers={"Accept-Language": "fr-LU, fr;q=0.9"})
    assert answer.json()["card_name"] == "Amis de la maison"
    assert till.get("program/").json()["card_name"] == "Friends of the house"


def test_a_merchant_without_a_program_says_so() -> None:
    store = factories.store()
    till = Till(store, factories.member(store, role=Role.STAFF))
    assert till.get("program/").json()["code"] == "program_not_found"


def test_the_chooser_names_who_can_type_a_pin(shop: Shop, till: Till) -> None:
    lea, marc = factories.staff_pin(shop.store), factories.staff_pin(shop.store, name="Marc", pin="8052")
    factories.staff_pin(shop.other_store, name="Elsewhere")
    with factories.inside(shop):
        marc.is_active = False
        marc.save()
    assert till.get("staff/").json() == [{"id": lea.pk, "name": "Léa", "locked": False}]


def test_statistics_are_for_managers_and_of_the_days_asked_for(shop: Shop, till: Till, manager: Till) -> None:
    factories.card(shop.store, stamps=3, cents=1000)
    factories.card(shop.other_store, stamps=1)
    assert till.get("stats/").json()["code"] == "manager_required"
    answer = manager.get("stats/?days=7").json()
    assert answer.keys() == {"store", "program"}
    assert (answer["store"]["total_cards"], answer["program"]["total_cards"]) == (1, 2)
    assert (answer["store"]["total_stamps_issued"], answer["program"]["total_stamps_issued"]) == (3, 4)
    assert answer["store"]["total_points_issued"] == 100
    assert len(answer["store"]["daily"]) == 7
    assert set(answer["program"]) == {
        "total_cards",
        "active_cards",
        "total_stamps_issued",
        "total_stamps_redeemed",
        "stamps_this_month",
        "redemptions_this_month",
        "total_points_issued",
        "total_points_redeemed",
        "total_points_expired",
        "total_points_voided",
        "points_this_month",
        "points_redemptions_this_month",
        "cards_with_activity_30d",
        "average_stamps_per_card",
        "average_points_per_card",
        "redemption_rate",
        "estimated_liability_cents",
        "is_rebuilding",
        "daily",
    }


@pytest.mark.parametrize("days", ["0", "-1", "367", "many", "1.5", "9" * 30])
def test_a_period_that_is_none_is_refused(manager: Till, days: str) -> None:
    response = manager.get(f"stats/?days={days}")
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "days")
