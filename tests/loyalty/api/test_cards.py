"""Cards at the till: found, looked at, and made."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from loyalty.models import LoyaltyCard, LoyaltyTransaction
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
            "email_problem": False,
        },
        "loyalty_type": "hybrid",
        "stamp_count": 3,
        "stamps_target": 10,
        "stamps_until_reward": 7,
        "stamps_today": 3,
        "max_daily_stamps": 50,
        "total_stamps_earned": 3,
        "stamps_redeemed": 0,
        "points_balance": 600,
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


# --- Searching --------------------------------------------------------------------------------------------


def found(till: Till, query: str) -> list[int]:
    return [card["id"] for card in till.get(f"cards/?{query}").json()["results"]]


def test_cards_are_searched_by_any_part_newest_first(shop: Shop, till: Till) -> None:
    anna = factories.card(shop.store, email="anna@example.com", name="Anna Weber", phone="621123456")
    ben = factories.card(shop.other_store, email="ben@example.com", name="Ben Weber")
    factories.card(factories.shop().store, name="Other Weber")
    assert found(till, "") == [ben.pk, anna.pk]
    assert found(till, "search=weber") == [ben.pk, anna.pk]
    assert found(till, "search=weber+anna") == [anna.pk]
    assert found(till, "search=BEN@") == [ben.pk]
    assert found(till, "search=621123") == [anna.pk]
    assert found(till, f"search={anna.card_number[3:9]}") == [anna.pk]
    assert found(till, "enrolled_here=true") == [anna.pk]
    assert found(till, "enrolled_here=false") == [ben.pk]
    assert found(till, "search=&is_active=&enrolled_here=") == [ben.pk, anna.pk]


def test_cards_are_filtered_by_state(shop: Shop, till: Till, manager: Till) -> None:
    on, off = factories.card(shop.store), factories.card(shop.store)
    manager.post(f"cards/{off.pk}/deactivate/")
    assert found(till, "is_active=true") == [on.pk]
    assert found(till, "is_active=false") == [off.pk]


@pytest.mark.parametrize("query", ["is_active=maybe", "enrolled_here=2", "search=%00", "search=" + "x" * 255])
def test_a_filter_that_means_nothing_is_refused(till: Till, query: str) -> None:
    response = till.get(f"cards/?{query}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == query.partition("=")[0]


def test_a_page_of_cards_costs_the_same_however_long_it_is(shop: Shop, till: Till) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert till.get("cards/").status_code == 200
        return len(captured)

    factories.card(shop.store, stamps=1)
    till.get("cards/")
    few = statements()
    for _number in range(5):
        factories.card(shop.store, stamps=1)
    assert statements() == few


# --- Looking up -------------------------------------------------------------------------------------------


def test_a_card_is_found_by_whatever_names_it(shop: Shop, till: Till) -> None:
    card = factories.card(shop.store, email="anna@example.com", phone="621 123 456")
    for text in (
        card.qr_code_data,
        card.qr_code_data.lower(),
        card.card_number,
        grouped(card.card_number),
        "ANNA@example.com",
        "%2B352 621 123 456",
        "00352621123456",
        "621 123 456",
    ):
        response = till.get(f"cards/lookup/?q={text}")
        assert (response.status_code, response.json()["id"]) == (200, card.pk), text


def test_a_mistyped_number_is_told_apart_from_an_unknown_card(till: Till, card: LoyaltyCard) -> None:
    last = (int(card.card_number[-1]) + 1) % 10
    mistyped = till.get(f"cards/lookup/?q={card.card_number[:-1]}{last}")
    assert (mistyped.status_code, mistyped.json()["code"]) == (400, "card_number_mistyped")
    unknown = till.get("cards/lookup/?q=nobody@example.com")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "card_not_found")


def test_a_phone_of_several_people_shows_their_cards_to_choose_from(shop: Shop, till: Till) -> None:
    anna = factories.card(shop.store, name="Anna", phone="621123456")
    ben = factories.card(shop.store, name="Ben", phone="621123456")
    response = till.get("cards/lookup/?q=621123456")
    assert (response.status_code, response.json()["code"]) == (409, "card_ambiguous")
    matches = response.json()["matches"]
    assert [one["id"] for one in matches] == [ben.pk, anna.pk]
    assert matches[1] == till.get(f"cards/{anna.pk}/").json()


def test_another_merchants_card_is_as_unknown_as_none(till: Till) -> None:
    other = factories.shop()
    foreign = factories.card(other.store, email="stranger@example.com")
    for text in (foreign.qr_code_data, foreign.card_number, "stranger@example.com"):
        response = till.get(f"cards/lookup/?q={text}")
        assert (response.status_code, response.json()["code"]) == (404, "card_not_found")
    assert till.get(f"cards/{foreign.pk}/").json() == till.get(f"cards/{10**9}/").json()


def test_a_card_of_one_store_is_unknown_at_the_next() -> None:
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    card = factories.card(shop.store, email="anna@example.com")
    here, there = Till(shop.store, shop.owner), Till(shop.other_store, shop.owner)
    assert here.get(f"cards/{card.pk}/").json()["valid_at_store"] == shop.store.store_code
    assert there.get(f"cards/{card.pk}/").json()["code"] == "card_not_found"
    assert there.get("cards/lookup/?q=anna@example.com").json()["code"] == "card_not_found"
    assert there.get("cards/").json()["count"] == 0
    assert there.post(f"cards/{card.pk}/stamps/").json()["code"] == "card_not_found"


@pytest.mark.parametrize("query", ["", "q=", "q=%20", "q=%00", "q=" + "1" * 255])
def test_looking_up_nothing_is_refused(till: Till, query: str) -> None:
    response = till.get(f"cards/lookup/?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "invalid")


# --- Enrolling --------------------------------------------------------------------------------------------


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
