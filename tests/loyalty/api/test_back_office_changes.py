"""A program is changed by its owner: what that takes from customers is asked about first."""

import pytest

from tests import factories
from tests.factories import Shop, fresh
from tests.loyalty.api.till import Caller, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(shop: Shop) -> Caller:
    return Caller(shop.owner, base="/api/v1/admin/")


def test_an_owner_sees_and_changes_their_own_program(shop: Shop, owner: Caller) -> None:
    factories.shop()
    assert [one["id"] for one in owner.get("programs/").json()["results"]] == [shop.program.pk]
    response = owner.patch(f"programs/{shop.program.pk}/", {"max_daily_stamps": 3, "card_name": "Friends"})
    assert response.status_code == 200
    assert (response.json()["max_daily_stamps"], response.json()["card_name"]) == (3, "Friends")
    assert owner.get(f"programs/{shop.program.pk}/").json() == response.json()
    assert owner.get(f"programs/{shop.program.pk}/stats/?days=7").json()["total_cards"] == 0


def test_the_offer_is_replaced_as_a_whole(shop: Shop, owner: Caller) -> None:
    with factories.inside(shop):
        croissant, breakfast = shop.program.rewards.order_by("points_cost")
    response = owner.patch(
        f"programs/{shop.program.pk}/",
        {
            "rewards": [
                {"name": "Tea", "points_cost": 100},
                {"id": croissant.pk, "name": "Pain", "points_cost": 450},
            ]
        },
    )
    assert [(one["name"], one["points_cost"]) for one in response.json()["rewards"]] == [
        ("Tea", 100),
        ("Pain", 450),
    ]
    assert response.json()["rewards"][1]["id"] == croissant.pk
    assert fresh(breakfast).deleted_at is not None


def test_what_takes_something_from_customers_wants_confirmation(shop: Shop, owner: Caller) -> None:
    factories.card(shop.store, stamps=10)
    path = f"programs/{shop.program.pk}/"
    document = refused(owner.patch(path, {"stamps_target": 12}), 409, "confirmation_required")
    assert document["cards_affected"] == 1
    assert document["effects"] == [
        {"code": "full_cards_lost", "cards": 1, "text": "1 full card would lose “a coffee”."},
        {
            "code": "stamps_target_raised",
            "cards": 1,
            "text": "1 card would be further from its reward.",
        },
    ]
    assert fresh(shop.program).stamps_target == 10
    assert owner.patch(path, {"stamps_target": 12, "confirm": True}).json()["stamps_target"] == 12


def test_a_reward_that_becomes_dearer_or_goes_wants_confirmation(shop: Shop, owner: Caller) -> None:
    factories.card(shop.store, cents=4500)
    with factories.inside(shop):
        there = list(shop.program.rewards.all())
    path, rewards = f"programs/{shop.program.pk}/", [{"name": "Croissant", "points_cost": 50_000}]
    document = refused(owner.patch(path, {"rewards": rewards}), 409, "confirmation_required")
    assert [effect["code"] for effect in document["effects"]] == ["reward_dearer", "reward_removed"]
    assert [(row.points_cost, row.deleted_at) for row in map(fresh, there)] == [(500, None), (1500, None)]
    answer = owner.patch(path, {"rewards": rewards, "confirm": True}).json()
    assert [(one["id"], one["points_cost"]) for one in answer["rewards"]] == [(there[0].pk, 50_000)]


def test_a_merchant_may_keep_no_remainders(shop: Shop, owner: Caller) -> None:
    path = f"programs/{shop.program.pk}/"
    assert owner.get(path).json()["carry_remainders"] is True
    assert owner.patch(path, {"carry_remainders": False}).json()["carry_remainders"] is False


def test_a_program_is_switched_off_and_on(shop: Shop, owner: Caller) -> None:
    off = owner.post(f"programs/{shop.program.pk}/deactivate/")
    assert (off.status_code, off.json()["is_active"]) == (200, False)
    assert owner.get("programs/?is_active=true").json()["count"] == 0
    on = owner.post(f"programs/{shop.program.pk}/activate/")
    assert (on.status_code, on.json()["is_active"]) == (200, True)


def test_calls_that_are_made_for_it_switch_off_and_delete_without_asking(
    shop: Shop, owner: Caller, operator: Caller
) -> None:
    factories.card(shop.store, stamps=10, cents=4500)
    path = f"programs/{shop.program.pk}/"
    document = refused(owner.patch(path, {"is_active": False}), 409, "confirmation_required")
    assert [effect["code"] for effect in document["effects"]] == ["spending_stopped"]
    assert fresh(shop.program).is_active
    assert owner.post(f"{path}deactivate/").status_code == 200
    assert owner.post(f"{path}activate/").status_code == 200
    assert operator.delete(path).status_code == 204


def test_programs_are_filtered(shop: Shop, operator: Caller) -> None:
    other = factories.shop(is_active=False)

    def found(query: str) -> list[int]:
        return [one["id"] for one in operator.get(f"programs/?{query}").json()["results"]]

    assert found("") == [other.program.pk, shop.program.pk]
    assert found("is_active=false") == [other.program.pk]
    assert found(f"merchant={shop.merchant.slug}") == [shop.program.pk]
    assert found("merchant=nobody") == []
    assert operator.get("programs/?is_active=perhaps").status_code == 400
