"""What anybody may call: a store's program, and getting a card. A stranger learns nothing about anybody."""

import pytest
from django.test import Client

from customers.models import Customer
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from tenancy.models import Store
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Caller

pytestmark = pytest.mark.django_db

ANNA = {"email": "anna@example.com", "name": "Anna Weber", "accept_terms": True}


@pytest.fixture
def public(shop: Shop) -> Caller:
    return at(shop.store)


def at(store: Store) -> Caller:
    return Caller(base=f"/api/v1/public/stores/{store.store_code}/")


def people(shop: Shop) -> int:
    with factories.inside(shop):
        return Customer.objects.count()


# --- The program ------------------------------------------------------------------------------------------


def test_anybody_sees_what_the_enrolment_page_shows(shop: Shop, public: Caller) -> None:
    factories.reward(shop.program, "Not on offer", 1, is_active=False)
    with factories.inside(shop):
        croissant, breakfast = shop.program.rewards.filter(is_active=True).order_by("points_cost")
    response = public.get("program/")
    assert response.status_code == 200
    assert response.json() == {
        "store": {"store_code": shop.store.store_code, "name": shop.store.name, "city": "Luxembourg"},
        "merchant": {"slug": shop.merchant.slug, "name": shop.merchant.name},
        "card_name": "Friends of the house",
        "loyalty_type": "hybrid",
        "stamps_target": 10,
        "stamps_reward_description": "a coffee",
        "points_per_euro": "10.00",
        "welcome_bonus_points": 0,
        "rewards": [
            {"id": croissant.pk, "name": "Croissant", "description": "", "points_cost": 500},
            {"id": breakfast.pk, "name": "Breakfast", "description": "", "points_cost": 1500},
        ],
        "promotions": [],
        "terms_text": "",
        "privacy_url": "",
        "card_color": "#1f5c4a",
        "card_secondary_color": "#f2d43d",
        "self_enrollment": True,
    }


def test_a_store_or_program_that_is_off_is_not_there(shop: Shop, public: Caller) -> None:
    with factories.inside(shop):
        shop.program.is_active = False
        shop.program.save()
    response = public.get("program/")
    assert (response.status_code, response.json()["code"]) == (404, "program_not_found")
    with factories.inside(shop):
        Store.objects.filter(pk=shop.store.pk).update(is_active=False)
    for response in (public.get("program/"), public.post("enroll/", ANNA)):
        assert (response.status_code, response.json()["code"]) == (404, "store_not_found")
    assert at(factories.store()).get("program/").json()["code"] == "program_not_found"


# --- Enrolling --------------------------------------------------------------------------------------------


def test_somebody_new_gets_a_card_at_once() -> None:
    shop = factories.shop(welcome_bonus_points=50)
    client = Client(enforce_csrf_checks=True)
    response = client.post(
        f"/api/v1/public/stores/{shop.store.store_code}/enroll/",
        ANNA | {"phone": "621 123 456", "birth_date": "1990-02-28", "marketing_consent": True},
        content_type="application/json",
    )
    assert response.status_code == 201
    with factories.inside(shop):
        card = LoyaltyCard.objects.select_related("customer").get()
    assert response.json() == {
        "already_enrolled": False,
        "card": {
            "card_number": card.display_number,
            "card_url": f"http://127.0.0.1:8000/card/{card.access_token}/",
            "stamp_count": 0,
            "stamps_target": 10,
            "points_balance": 50,
        },
        "locations": [
            {"store_code": store.store_code, "name": store.name, "city": "Luxembourg"}
            for store in sorted((shop.store, shop.other_store), key=lambda store: store.name)
        ],
    }
    assert (card.customer.phone, card.customer.name) == ("+352621123456", "Anna Weber")
    assert card.customer.marketing_consent is True


def test_who_has_a_card_is_told_only_where_it_works(shop: Shop, public: Caller) -> None:
    card = factories.card(shop.store, email="anna@example.com", name="Anna Weber", stamps=3)
    response = public.post(
        "enroll/", ANNA | {"email": "ANNA@example.com", "name": "Mallory", "phone": "621 999 999"}
    )
    assert response.status_code == 200
    assert response.json().keys() == {"already_enrolled", "locations"}
    assert response.json()["already_enrolled"] is True
    text = response.content.decode()
    for secret in (card.card_number, card.display_number, card.access_token, card.qr_code_data, "Weber"):
        assert secret not in text
    with factories.inside(shop):
        person = Customer.objects.get()
        assert (person.name, person.phone, person.birth_date) == ("Anna Weber", "", None)
        assert LoyaltyTransaction.objects.filter(card=card).count() == 2


def test_a_deactivated_card_tells_a_stranger_nothing_either(shop: Shop, public: Caller) -> None:
    card = factories.card(shop.store, email="anna@example.com")
    with factories.inside(shop):
        LoyaltyCard.objects.filter(pk=card.pk).update(is_active=False)
    response = public.post("enroll/", ANNA)
    assert (response.status_code, response.json().keys()) == (200, {"already_enrolled", "locations"})


def test_the_language_is_the_browsers_unless_said(shop: Shop, public: Caller) -> None:
    public.post("enroll/", ANNA, headers={"Accept-Language": "de-LU,de;q=0.9"})
    public.post(
        "enroll/", ANNA | {"email": "ben@example.com", "language": "lb"}, headers={"Accept-Language": "de"}
    )
    with factories.inside(shop):
        languages = dict(Customer.objects.values_list("email", "preferred_language"))
    assert languages == {"anna@example.com": "de", "ben@example.com": "lb"}


def test_without_any_language_it_is_the_stores(shop: Shop) -> None:
    french = factories.store(shop.merchant, default_language="fr")
    at(french).post("enroll/", ANNA)
    with factories.inside(shop):
        assert Customer.objects.get().preferred_language == "fr"


def test_a_merchant_may_enrol_at_the_counter_only() -> None:
    shop = factories.shop(settings={"allow_self_enrollment": False})
    assert at(shop.store).get("program/").json()["self_enrollment"] is False
    response = at(shop.store).post("enroll/", ANNA)
    assert (response.status_code, response.json()["code"]) == (403, "self_enrollment_disabled")
    assert people(shop) == 0


def test_a_program_that_is_off_takes_nobody(shop: Shop, public: Caller) -> None:
    with factories.inside(shop):
        shop.program.is_active = False
        shop.program.save()
    response = public.post("enroll/", ANNA)
    assert (response.status_code, response.json()["code"]) == (409, "program_inactive")
    assert people(shop) == 0


def test_nothing_is_needed_but_consent_to_the_terms(shop: Shop, public: Caller) -> None:
    response = public.post("enroll/", {"name": "Anna"})
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    errors = [(error["field"], error["code"]) for error in response.json()["errors"]]
    assert errors == [("accept_terms", "required")]
    assert people(shop) == 0
    first, second = (public.post("enroll/", {"accept_terms": True}).json()["card"] for _time in range(2))
    assert first["card_url"].startswith("http://127.0.0.1:8000/card/")
    assert (first["card_url"] != second["card_url"], people(shop)) == (True, 2)


def test_a_phone_that_has_a_card_is_told_only_where_it_works(shop: Shop, public: Caller) -> None:
    card = factories.card(shop.store, email="anna@example.com", phone="621123456")
    body = {"phone": "+352 621 123 456", "name": "Mallory", "accept_terms": True}
    known = public.post("enroll/", body)
    assert (known.status_code, known.json().keys()) == (200, {"already_enrolled", "locations"})
    taken = public.post("enroll/", body | {"email": "mallory@example.com"})
    assert (taken.status_code, taken.json()["already_enrolled"]) == (201, False)
    new = public.post("enroll/", body | {"phone": "621 654 321"})
    assert (new.status_code, new.json()["already_enrolled"]) == (201, False)
    text = known.content.decode() + taken.content.decode()
    for secret in (card.display_number, card.access_token, "anna@", "Weber"):
        assert secret not in text
    with factories.inside(shop):
        phones = dict(Customer.objects.values_list("email", "phone"))
        assert factories.fresh(card.customer).name == "Anna Weber"
    assert phones == {"anna@example.com": "+352621123456", "mallory@example.com": "", None: "+352621654321"}


def test_sixty_people_in_a_shops_own_network_get_their_card_and_a_flood_does_not(shop: Shop) -> None:
    answers = [at(shop.store).post("enroll/", {"accept_terms": True}).status_code for _person in range(121)]
    assert answers == [201] * 120 + [429]
    assert people(shop) == 120
    assert at(shop.other_store).post("enroll/", {"accept_terms": True}).status_code == 201


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("accept_terms", False),
        ("accept_terms", "true"),
        ("accept_terms", None),
        ("email", "anna"),
        ("email", "anna@example.com\0"),
        ("name", "\0"),
        ("name", "x" * 161),
        ("name", "Anna " + "x" * 81),
        ("phone", "123"),
        ("birth_date", "2999-12-31"),
        ("birth_date", "yesterday"),
        ("language", "xx"),
        ("marketing_consent", "no"),
    ],
)
def test_what_cannot_be_is_refused(shop: Shop, public: Caller, field: str, value: object) -> None:
    response = public.post("enroll/", ANNA | {field: value})
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert {error["field"] for error in response.json()["errors"]} == {field}
    assert people(shop) == 0


def test_a_session_makes_no_difference(shop: Shop) -> None:
    signed_in = Caller(shop.staff, base=f"/api/v1/public/stores/{shop.store.store_code}/")
    signed_in.client.handler.enforce_csrf_checks = True
    assert signed_in.post("enroll/", ANNA).status_code == 201


def test_a_second_card_of_a_known_person_is_mailed_and_not_shown(client: Client) -> None:
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    first = at(shop.store).post("enroll/", ANNA)
    second = at(shop.other_store).post("enroll/", ANNA)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["card"]["card_url"] is not None
    assert second.json()["already_enrolled"] is False
    assert second.json()["card"]["card_url"] is None
