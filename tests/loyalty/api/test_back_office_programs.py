"""Programs in the back office: made by operators, changed by their merchant's owner too."""

import pytest

from loyalty.models import LoyaltyProgram
from tests import factories
from tests.factories import Shop, fresh
from tests.loyalty.api.till import Caller, Till, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(shop: Shop) -> Caller:
    return Caller(shop.owner, base="/api/v1/admin/")


# --- Making -----------------------------------------------------------------------------------------------


def test_an_operator_makes_a_program_that_is_active_at_once(operator: Caller) -> None:
    merchant = factories.merchant(slug="mirabel")
    response = operator.post(
        "programs/",
        {
            "merchant": "mirabel",
            "loyalty_type": "hybrid",
            "card_name": "Carte Mirabel",
            "card_name_fr": "La carte Mirabel",
            "stamps_target": 8,
            "stamps_reward_description": "un café",
            "points_per_euro": "1.50",
            "welcome_bonus_points": 50,
            "cooldown_minutes": 0,
            "rewards": [
                {"name": "Croissant", "points_cost": 500, "description": "au beurre"},
                {"name": "Breakfast", "points_cost": 1500, "value_cents": 1490, "is_active": False},
            ],
        },
    )
    assert response.status_code == 201
    answer = response.json()
    assert (answer["merchant"], answer["loyalty_type"], answer["stamps_target"]) == ("mirabel", "hybrid", 8)
    assert (answer["is_active"], answer["points_per_euro"]) == (True, "1.50")
    assert answer["activated_at"].endswith("Z")
    assert [
        (one["name"], one["description"], one["points_cost"], one["value_cents"], one["is_active"])
        for one in answer["rewards"]
    ] == [("Croissant", "au beurre", 500, None, True), ("Breakfast", "", 1500, 1490, False)]
    assert answer == operator.get(f"programs/{answer['id']}/").json()
    french = operator.get(f"programs/{answer['id']}/", headers={"Accept-Language": "fr"}).json()
    assert french["card_name"] == "La carte Mirabel"
    with factories.inside(merchant):
        assert LoyaltyProgram.objects.get().card_name_en == "Carte Mirabel"


def test_a_number_is_as_good_as_its_text(operator: Caller) -> None:
    factories.merchant(slug="mirabel")
    body = {"merchant": "mirabel", "loyalty_type": "points", "points_per_euro": 2.5, "point_value_cents": 1}
    answer = operator.post("programs/", body).json()
    assert (answer["points_per_euro"], answer["point_value_cents"]) == ("2.50", "1.0000")


def test_a_merchant_has_one_program(shop: Shop, operator: Caller) -> None:
    body = {"merchant": shop.merchant.slug, "loyalty_type": "stamps"}
    refused(operator.post("programs/", body), 409, "program_exists")


def test_a_program_is_for_a_merchant_that_is_there(operator: Caller) -> None:
    body = {"merchant": "nobody", "loyalty_type": "stamps"}
    refused(operator.post("programs/", body), 404, "merchant_not_found")


WRONG = [
    ("loyalty_type", "miles"),
    ("loyalty_type", None),
    ("stamps_target", 0),
    ("stamps_target", 51),
    ("stamps_target", "10"),
    ("stamps_reward_value_cents", -1),
    ("stamps_reward_value_cents", 2**31),
    ("points_per_euro", "0"),
    ("points_per_euro", "1.005"),
    ("points_per_euro", "many"),
    ("points_per_euro", True),
    ("points_per_euro", "NaN"),
    ("points_per_euro", 10**12),
    ("point_value_cents", "-1"),
    ("minimum_purchase_cents", -1),
    ("minimum_purchase_cents", 10**11 + 1),
    ("maximum_purchase_cents", 0),
    ("maximum_purchase_cents", 10**11 + 1),
    ("maximum_purchase_cents", "100"),
    ("minimum_redemption_points", 2**31),
    ("welcome_bonus_points", 1_000_001),
    ("points_expiration_days", 0),
    ("points_expiration_days", 3651),
    ("cooldown_minutes", -1),
    ("cooldown_minutes", 10_081),
    ("max_daily_stamps", 0),
    ("require_staff_pin", "no"),
    ("card_color", "red"),
    ("card_color", "#12345"),
    ("card_name", "x" * 81),
    ("card_name_fr", "x" * 81),
    ("terms_text", "x" * 20_001),
    ("terms_text", "\0"),
    ("privacy_url", "javascript:alert(1)"),
    ("is_active", "yes"),
]


def test_the_largest_purchase_is_the_owners_choice_or_the_currencys(shop: Shop) -> None:
    owner, path = Caller(shop.owner, base="/api/v1/admin/"), f"programs/{shop.program.pk}/"
    for maximum, largest in ((2_500_000, 2_500_000), (10**11, 10**11), (None, 1_000_000)):
        answer = owner.patch(path, {"maximum_purchase_cents": maximum}).json()
        assert (answer["maximum_purchase_cents"], answer["largest_purchase_cents"]) == (maximum, largest)


@pytest.mark.parametrize("limits", [(501, 500), (1_000_001, None)])
def test_a_program_in_which_nothing_could_be_bought_is_refused(
    shop: Shop, operator: Caller, limits: tuple[int, int | None]
) -> None:
    minimum, maximum = limits
    body = {"minimum_purchase_cents": minimum, "maximum_purchase_cents": maximum}
    document = refused(operator.patch(f"programs/{shop.program.pk}/", body), 400, "invalid")
    assert [error["field"] for error in document["errors"]] == ["maximum_purchase_cents"]
    assert fresh(shop.program).updated_at == shop.program.updated_at
    allowed = {"minimum_purchase_cents": 500, "maximum_purchase_cents": 500}
    assert operator.patch(f"programs/{shop.program.pk}/", allowed).status_code == 200


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_field_that_cannot_be_is_refused(shop: Shop, operator: Caller, field: str, value: object) -> None:
    factories.merchant(slug="mirabel")
    made = operator.post("programs/", {"merchant": "mirabel", "loyalty_type": "hybrid"} | {field: value})
    changed = operator.patch(f"programs/{shop.program.pk}/", {field: value})
    for response in (made, changed):
        document = refused(response, 400, "invalid")
        assert {error["field"] for error in document["errors"]} == {field}
    assert operator.get("programs/").json()["count"] == 1
    assert fresh(shop.program).updated_at == shop.program.updated_at


@pytest.mark.parametrize(
    ("reward", "field"),
    [
        ({"points_cost": 5}, "rewards.1.name"),
        ({"name": "Tea"}, "rewards.1.points_cost"),
        ({"name": "", "points_cost": 5}, "rewards.1.name"),
        ({"name": "Tea", "points_cost": 0}, "rewards.1.points_cost"),
        ({"name": "Tea", "points_cost": 2**31}, "rewards.1.points_cost"),
        ({"name": "Tea", "points_cost": 5, "id": 10**9}, "rewards.1.id"),
        ("Tea", "rewards.1"),
    ],
)
def test_a_reward_that_cannot_be_is_refused(shop: Shop, operator: Caller, reward: object, field: str) -> None:
    body = {"rewards": [{"name": "Coffee", "points_cost": 5}, reward]}
    document = refused(operator.patch(f"programs/{shop.program.pk}/", body), 400, "invalid")
    assert [error["field"] for error in document["errors"]] == [field]
    rewards = operator.get(f"programs/{shop.program.pk}/").json()["rewards"]
    assert [one["name"] for one in rewards] == ["Croissant", "Breakfast"]


# --- Who may not ------------------------------------------------------------------------------------------


def test_another_merchants_program_is_not_there_for_an_owner(owner: Caller) -> None:
    foreign = factories.shop().program
    for response in (
        owner.get(f"programs/{foreign.pk}/"),
        owner.patch(f"programs/{foreign.pk}/", {"stamps_target": 5}),
        owner.post(f"programs/{foreign.pk}/activate/"),
        owner.post(f"programs/{foreign.pk}/deactivate/"),
        owner.get(f"programs/{foreign.pk}/stats/"),
    ):
        refused(response, 404, "program_not_found")
    assert (fresh(foreign).stamps_target, fresh(foreign).is_active) == (10, True)


def test_an_owner_makes_deletes_and_restores_nothing(shop: Shop, owner: Caller) -> None:
    for response in (
        owner.post("programs/", {"merchant": shop.merchant.slug, "loyalty_type": "stamps"}),
        owner.delete(f"programs/{shop.program.pk}/"),
        owner.put(f"programs/{shop.program.pk}/restore/"),
        owner.get("programs/?include_deleted=true"),
        owner.get("programs/?only_deleted=true"),
    ):
        refused(response, 403, "operator_required")
    assert fresh(shop.program).deleted_at is None


def test_a_suspended_merchants_owner_owns_nothing(shop: Shop, owner: Caller) -> None:
    shop.merchant.is_active = False
    shop.merchant.save()
    refused(owner.get("programs/"), 403, "operator_required")


def test_a_deleted_program_is_gone_for_all(shop: Shop, operator: Caller, owner: Caller) -> None:
    assert operator.delete(f"programs/{shop.program.pk}/").status_code == 204
    for caller in (operator, owner):
        refused(caller.get(f"programs/{shop.program.pk}/"), 404, "program_not_found")
        refused(caller.patch(f"programs/{shop.program.pk}/", {}), 404, "program_not_found")
    refused(Till(shop.store, shop.staff).get("program/"), 404, "program_not_found")
