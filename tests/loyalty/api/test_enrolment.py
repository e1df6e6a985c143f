"""Cards made at the till: for somebody new, and for somebody known."""

import pytest

from customers.models import Customer
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Till

pytestmark = pytest.mark.django_db


def test_staff_enrol_somebody_new(till: Till, shop: Shop) -> None:
    response = till.post(
        "cards/",
        {
            "email": "Anna@Example.com",
            "name": "Anna Maria Weber",
            "phone": "621 123 456",
            "birth_date": "1990-02-28",
            "language": "lb",
            "marketing_consent": True,
            "create_if_missing": True,
        },
    )
    assert response.status_code == 201
    answer = response.json()
    assert answer["already_enrolled"] is False
    assert answer["merge_suggestion"] == []
    assert answer["locations"] == [
        {"store_code": store.store_code, "name": store.name, "city": "Luxembourg"}
        for store in sorted((shop.store, shop.other_store), key=lambda store: store.name)
    ]
    assert answer["card"]["customer"] == {
        "id": answer["card"]["customer"]["id"],
        "name": "Anna Maria Weber",
        "email": "anna@example.com",
        "phone": "+352621123456",
        "birth_date": "1990-02-28",
        "language": "lb",
        "email_problem": False,
    }
    with factories.inside(shop):
        person = Customer.objects.get()
        assert (person.first_name, person.last_name) == ("Anna", "Maria Weber")
        assert person.marketing_consent is True


def test_somebody_unknown_is_made_only_when_asked(till: Till, shop: Shop) -> None:
    response = till.post("cards/", {"email": "anna@example.com", "name": "Anna"})
    assert (response.status_code, response.json()["code"]) == (404, "customer_not_found")
    with factories.inside(shop):
        assert not Customer.objects.exists()


def test_somebody_known_gets_a_card_by_their_id(till: Till, shop: Shop) -> None:
    person = factories.customer(shop.store)
    response = till.post("cards/", {"customer_id": person.pk})
    assert response.status_code == 201
    assert response.json()["card"]["customer"]["id"] == person.pk


def test_who_has_a_card_gets_it_back_and_no_second_bonus() -> None:
    shop = factories.shop(welcome_bonus_points=50)
    card = factories.card(shop.store, email="anna@example.com")
    response = Till(shop.other_store, shop.owner).post("cards/", {"email": "anna@example.com"})
    assert response.status_code == 200
    answer = response.json()
    assert (answer["already_enrolled"], answer["card"]["id"]) == (True, card.pk)
    assert answer["card"]["points_balance"] == 50
    with factories.inside(shop):
        assert LoyaltyTransaction.objects.count() == 2


def test_a_deactivated_card_is_reported_and_not_revived(till: Till, manager: Till, card: LoyaltyCard) -> None:
    manager.post(f"cards/{card.pk}/deactivate/")
    response = till.post("cards/", {"email": "anna@example.com"})
    assert response.status_code == 200
    assert response.json()["card"]["is_active"] is False


def test_another_merchants_customer_is_nobody_here(till: Till) -> None:
    stranger = factories.customer(factories.shop().store)
    assert till.post("cards/", {"customer_id": stranger.pk}).json()["code"] == "customer_not_found"
    assert till.post("cards/", {"customer_id": 2**80}).json()["code"] == "customer_not_found"


@pytest.mark.parametrize("body", [{}, {"email": None}, {"email": ""}, {"name": "Anna"}])
def test_an_enrolment_names_somebody(till: Till, body: dict) -> None:
    response = till.post("cards/", body)
    assert (response.status_code, response.json()["code"]) == (400, "customer_identifier_required")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "anna"),
        ("email", "anna@" + "x" * 250 + ".com"),
        ("email", "an\0na@example.com"),
        ("email", 7),
        ("customer_id", "7"),
        ("customer_id", True),
        ("customer_id", 1.5),
        ("name", "x" * 161),
        ("name", "An\0na"),
        ("name", ["Anna"]),
        ("phone", "12"),
        ("phone", "call me"),
        ("birth_date", "2999-01-01"),
        ("birth_date", "1800-01-01"),
        ("birth_date", "1990-02-30"),
        ("birth_date", 19900228),
        ("language", "it"),
        ("language", {}),
        ("marketing_consent", "yes"),
        ("create_if_missing", 1),
    ],
)
def test_what_cannot_be_is_refused_field_by_field(till: Till, shop: Shop, field: str, value: object) -> None:
    body = {"email": "anna@example.com", "create_if_missing": True} | {field: value}
    response = till.post("cards/", body)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert {error["field"] for error in response.json()["errors"]} == {field}
    with factories.inside(shop):
        assert not Customer.objects.exists()


def test_an_enrolment_needs_a_program_that_is_on(till: Till, shop: Shop) -> None:
    with factories.inside(shop):
        shop.program.is_active = False
        shop.program.save()
    response = till.post("cards/", {"email": "anna@example.com", "create_if_missing": True})
    assert (response.status_code, response.json()["code"]) == (409, "program_inactive")
