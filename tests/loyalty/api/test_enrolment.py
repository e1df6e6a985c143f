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
        "tags": [],
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


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": None},
        {"email": ""},
        {"name": "Anna"},
        {"create_if_missing": True},
        {"create_if_missing": True, "name": " ", "phone": ""},
        {"create_if_missing": True, "name": "\u200b\x07"},
        {"nameless": False, "language": "lb"},
    ],
)
def test_an_enrolment_names_somebody(till: Till, body: dict) -> None:
    response = till.post("cards/", body)
    assert (response.status_code, response.json()["code"]) == (400, "customer_identifier_required")


@pytest.mark.parametrize(
    "told",
    [{"phone": "621 123 456"}, {"name": "Anna Weber"}, {"phone": "621123456", "email": "a@example.com"}],
)
def test_a_phone_or_a_name_is_enough_to_make_a_card_which_is_shown_once(
    till: Till, shop: Shop, told: dict
) -> None:
    body, key = told | {"create_if_missing": True}, {"Idempotency-Key": "once"}
    made = till.post("cards/", body, headers=key)
    with factories.inside(shop):
        card = LoyaltyCard.objects.select_related("customer").get()
    assert made.status_code == 201
    assert made.json()["card_url"] == f"http://127.0.0.1:8000/card/{card.access_token}/"
    assert card.customer.phone == ("+352621123456" if "phone" in told else "")
    assert till.post("cards/", body, headers=key).json() == made.json()
    if "phone" in told:
        again = till.post("cards/", {"phone": "+352 621 123 456"})
        assert (again.status_code, again.json()["card"]["id"], again.json()["card_url"]) == (
            200,
            card.pk,
            None,
        )
        assert till.get("cards/lookup/?q=621123456").json()["id"] == card.pk
    assert "card_url" not in till.get(f"cards/{card.pk}/").json()


def test_a_card_for_nobody_in_particular_is_another_one_each_time(till: Till, shop: Shop) -> None:
    first, second = (till.post("cards/", {"nameless": True}).json() for _time in range(2))
    assert first["card"]["customer"] == {
        "id": first["card"]["customer"]["id"],
        "name": "",
        "email": None,
        "phone": "",
        "birth_date": None,
        "language": "",
        "tags": [],
        "email_problem": False,
    }
    assert (
        len({first["card"]["id"], second["card"]["id"]}) == len({first["card_url"], second["card_url"]}) == 2
    )
    assert till.get("cards/lookup/?q=" + second["card"]["card_number"]).json()["id"] == second["card"]["id"]
    mixed = till.post("cards/", {"nameless": True, "name": "Anna"})
    assert (mixed.status_code, mixed.json()["errors"][0]["field"]) == (400, "nameless")
    with factories.inside(shop):
        assert LoyaltyCard.objects.count() == 2


def test_somebody_unknown_by_phone_is_made_only_when_asked(till: Till, shop: Shop) -> None:
    response = till.post("cards/", {"phone": "621123456"})
    assert (response.status_code, response.json()["code"]) == (404, "customer_not_found")
    with factories.inside(shop):
        assert not Customer.objects.exists()


def test_a_phone_of_somebody_else_is_named_and_nobody_is_made(till: Till, shop: Shop) -> None:
    factories.card(shop.store, "anna@example.com", phone="621123456")
    body = {"email": "ben@example.com", "phone": "621123456", "create_if_missing": True}
    response = till.post("cards/", body)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert response.json()["errors"] == [
        {"field": "phone", "code": "unique", "message": "There is a customer with this phone number already."}
    ]
    with factories.inside(shop):
        assert Customer.objects.count() == 1
    assert till.post("cards/", body | {"phone": "621654321"}).status_code == 201


def test_who_was_known_before_is_not_shown_the_way_to_their_card(till: Till, shop: Shop) -> None:
    factories.customer(shop.store, "anna@example.com")
    response = till.post("cards/", {"email": "anna@example.com"})
    assert (response.status_code, response.json()["card_url"]) == (201, None)


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
        ("name", "Anna " + "x" * 81),
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
