"""Limits per client: 429 with the time to wait, and nothing done."""

from typing import Any

import pytest

from customers.models import Customer
from tests import factories
from tests.factories import Shop, fresh
from tests.loyalty.api.till import Caller, Till

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_an_hour(settings: Any) -> None:
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, "2/h")


def limited(response: Any) -> bool:
    if response.status_code != 429:
        return False
    document = response.json()
    assert document["code"] == "rate_limited"
    assert int(response["Retry-After"]) == document["retry_after"] > 0
    return True


def test_pins_can_be_guessed_only_so_often(shop: Shop, till: Till) -> None:
    lea = factories.staff_pin(shop.store)
    answers = [till.post(f"staff/{lea.pk}/unlock/", {"pin": "0815"}) for _guess in range(3)]
    assert [limited(one) for one in answers] == [False, False, True]
    assert fresh(lea).failed_attempts == 2
    assert not limited(Till(shop.other_store, shop.owner).post("staff/1/unlock/", {"pin": "0815"}))


def test_each_answer_says_how_much_is_left(shop: Shop, till: Till) -> None:
    answers = [till.get("cards/lookup/?q=anna@example.com") for _time in range(3)]
    assert [answer["RateLimit-Policy"] for answer in answers] == ['"lookup";q=2;w=3600'] * 3
    assert [answer["RateLimit"].rpartition(";t=")[0] for answer in answers] == [
        '"lookup";r=1',
        '"lookup";r=0',
        '"lookup";r=0',
    ]
    seconds = int(answers[2]["RateLimit"].rpartition(";t=")[2])
    assert seconds == answers[2].json()["retry_after"]
    assert "RateLimit" not in till.get("program/").headers


def test_cards_can_be_looked_up_only_so_often(shop: Shop, till: Till, manager: Till) -> None:
    answers = [till.get("cards/lookup/?q=anna@example.com") for _time in range(3)]
    assert [limited(one) for one in answers] == [False, False, True]
    assert not limited(manager.get("cards/lookup/?q=anna@example.com"))


def test_look_ups_are_counted_per_session_wherever_it_looks(shop: Shop) -> None:
    gare, kirchberg, tablet = (
        Till(store, shop.owner) for store in (shop.store, shop.other_store, shop.store)
    )
    kirchberg.client = gare.client
    answers = [till.get("cards/lookup/?q=anna@example.com") for till in (gare, kirchberg, gare)]
    assert [limited(one) for one in answers] == [False, False, True]
    assert not limited(tablet.get("cards/lookup/?q=anna@example.com"))


def test_a_key_is_one_client_whatever_cookie_it_sends(shop: Shop) -> None:
    till = Till(shop.store, key=factories.api_key(shop.store))
    answers = [
        till.get("cards/lookup/?q=anna@example.com", headers={"Cookie": f"sessionid={name * 32}"})
        for name in "abc"
    ]
    assert [limited(one) for one in answers] == [False, False, True]


def test_an_address_can_enrol_only_so_often(shop: Shop) -> None:
    public = Caller(base=f"/api/v1/public/stores/{shop.store.store_code}/")
    answers = [
        public.post("enroll/", {"email": f"{name}@example.com", "name": name, "accept_terms": True})
        for name in ("anna", "ben", "cleo")
    ]
    assert [limited(one) for one in answers] == [False, False, True]
    with factories.inside(shop):
        assert Customer.objects.count() == 2
    assert not limited(public.get("program/"))


def test_a_header_that_anybody_can_send_is_no_other_client(shop: Shop) -> None:
    public = Caller(base=f"/api/v1/public/stores/{shop.store.store_code}/")
    answers = [
        public.post("enroll/", {}, headers={"X-Forwarded-For": f"10.0.0.{number}"}) for number in range(3)
    ]
    assert [limited(one) for one in answers] == [False, False, True]
