"""A device that was enrolled calls as its store's till; what is typed on it is good on it alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.models import LoyaltyTransaction
from tenancy import tills
from tenancy.models import Store
from tests import factories
from tests.factories import Shop, fresh
from tests.loyalty.api.till import Till

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> Shop:
    return factories.shop(require_staff_pin=True)


@pytest.fixture
def counter(shop: Shop) -> Till:
    return device(shop.store, "Counter 1")


def device(store: Store, name: str) -> Till:
    return Till(store, carries=factories.till(store, name)[1])


def stamps(till: Till, card, **options) -> tuple[int, str]:
    answer = till.post(f"cards/{card.pk}/stamps/", **options)
    return answer.status_code, answer.json().get("code", "")


def test_a_till_stamps_under_the_pin_of_whoever_stands_at_it(shop: Shop, counter: Till) -> None:
    card, lea = factories.card(shop.store), factories.staff_pin(shop.store)
    answer = counter.post(f"cards/{card.pk}/stamps/", token=counter.unlock(lea), once="k-1").json()
    assert (answer["transaction"]["staff"], answer["card"]["stamp_count"]) == ("Léa", 1)
    with factories.inside(shop):
        line = LoyaltyTransaction.objects.select_related("till").get(pk=answer["transaction"]["id"])
    assert line.till is not None
    assert (line.till.name, line.user, line.api_key) == ("Counter 1", None, None)


def test_where_no_pin_is_asked_for_the_ledger_names_the_till() -> None:
    shop = factories.shop()
    card, counter = factories.card(shop.store), device(shop.store, "Counter 1")
    assert counter.post(f"cards/{card.pk}/stamps/").json()["transaction"]["staff"] == "Counter 1"
    assert counter.get("transactions/").json()["results"][0]["staff"] == "Counter 1"


def test_a_till_opens_its_own_store_only(shop: Shop) -> None:
    carried = factories.till(shop.store)[1]
    assert Till(shop.store, carries=carried).get().json()["role"] == "staff"
    for store in (shop.other_store, factories.shop().store):
        answer = Till(store, carries=carried).get()
        assert (answer.status_code, answer.json()["code"]) == (404, "store_not_found")
    listed = Till(shop.store, carries=carried).client.get("/api/v1/stores/").json()["results"]
    assert [store["store_code"] for store in listed] == [shop.store.store_code]


def test_a_till_is_no_manager(shop: Shop, counter: Till) -> None:
    card = factories.card(shop.store)
    answer = counter.post(f"cards/{card.pk}/deactivate/")
    assert (answer.status_code, answer.json()["code"]) == (403, "manager_required")
    assert fresh(card).is_active


def test_a_till_sends_the_csrf_token_as_people_do(shop: Shop, counter: Till) -> None:
    card, token = factories.card(shop.store), counter.unlock()
    counter.client.handler.enforce_csrf_checks = True
    assert stamps(counter, card, token=token) == (403, "csrf_failed")
    assert fresh(card).stamp_count == 0
    counter.client.cookies["csrftoken"] = "c" * 32
    assert stamps(counter, card, token=token, headers={"X-CSRFToken": "c" * 32}) == (201, "")
    assert fresh(card).stamp_count == 1


def test_the_next_call_of_a_revoked_till_is_refused(shop: Shop) -> None:
    row, carried = factories.till(shop.store)
    counter, card = Till(shop.store, carries=carried), factories.card(shop.store)
    token = counter.unlock()
    assert stamps(counter, card, token=token) == (201, "")
    with factories.inside(shop):
        tills.revoke(till=row)
    assert stamps(counter, card, token=token) == (401, "till_revoked")
    assert counter.get("staff/").json()["code"] == "till_revoked"
    assert fresh(card).stamp_count == 1


def test_a_device_that_was_a_till_is_not_saved_by_a_good_session(shop: Shop) -> None:
    till = Till(shop.store, shop.staff, carries="over")
    assert till.get().json()["code"] == "till_revoked"
    del till.client.cookies[tills.COOKIE]
    assert till.get().status_code == 200


def test_a_till_is_nobody_else_whoever_signs_in_on_it(shop: Shop) -> None:
    till = Till(shop.store, shop.manager, carries=factories.till(shop.store)[1])
    assert till.get().json()["role"] == "staff"
    assert till.get("stats/").json()["code"] == "manager_required"
    del till.client.cookies[tills.COOKIE]
    assert till.get().json()["role"] == "manager"


def test_a_key_that_does_not_manage_is_staff_where_roles_decide(shop: Shop) -> None:
    keys = {"earn": ["read", "earn"], "manage": ["read", "manage"]}
    roles = {
        name: Till(shop.store, key=factories.api_key(shop.store, may)).get() for name, may in keys.items()
    }
    assert {name: answer.json()["role"] for name, answer in roles.items()} == {
        "earn": "staff",
        "manage": "manager",
    }


# --- What is typed on a device is good on it alone ---------------------------------------------------------


def devices(shop: Shop) -> dict[str, Till]:
    return {
        "till": device(shop.store, "Counter 1"),
        "another till": device(shop.store, "Counter 2"),
        "person": Till(shop.store, shop.staff),
        "the same person again": Till(shop.store, shop.staff),
        "key": Till(shop.store, key=factories.api_key(shop.store)),
        "another key": Till(shop.store, key=factories.api_key(shop.store)),
    }


@pytest.mark.parametrize("typed_on", ["till", "person", "key"])
def test_a_staff_token_is_good_on_the_device_where_the_pin_was_typed_and_on_no_other(
    shop: Shop, typed_on: str
) -> None:
    card, all_of_them = factories.card(shop.store), devices(shop)
    token = all_of_them.pop(typed_on).unlock()
    for name, other in all_of_them.items():
        assert stamps(other, card, token=token, once=f"k {name}") == (403, "staff_pin_required"), name
    assert stamps(Till(shop.store), card, token=token) == (401, "not_authenticated")
    assert fresh(card).stamp_count == 0


@pytest.mark.parametrize("typed_on", ["till", "person", "key"])
def test_and_there_it_is_good(shop: Shop, typed_on: str) -> None:
    card, here = factories.card(shop.store), devices(shop)[typed_on]
    assert stamps(here, card, token=here.unlock(), once="k-1") == (201, "")
    assert fresh(card).stamp_count == 1


def test_guesses_are_counted_for_each_till_and_for_a_person_however_often_they_sign_in(
    shop: Shop, settings
) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"pin_unlock": "2/m"}
    lea, all_of_them = factories.staff_pin(shop.store), devices(shop)

    def guess(name: str) -> str:
        answer = all_of_them[name].post(f"staff/{lea.pk}/unlock/", {"pin": "4711"})
        return answer.json().get("code", "")

    assert [guess("till") for _time in range(3)] == ["", "", "rate_limited"]
    assert guess("another till") == ""
    assert [guess("person"), guess("person")] == ["", ""]
    assert guess("the same person again") == "rate_limited"


# --- What waited on a tablet that was lost -----------------------------------------------------------------


def test_what_a_lost_tablet_may_have_sent_is_not_done_twice_after_it_is_enrolled_anew(shop: Shop) -> None:
    row, carried = factories.till(shop.store)
    tablet, card = Till(shop.store, carries=carried), factories.card(shop.store)
    lea = factories.staff_pin(shop.store)
    first = tablet.post(f"cards/{card.pk}/stamps/", token=tablet.unlock(lea), once="k-1")
    with factories.inside(shop):
        tills.revoke(till=row)
    again = device(shop.store, "Counter 1")
    repeated = again.post(f"cards/{card.pk}/stamps/", token=again.unlock(lea), once="k-1")
    assert (repeated.status_code, repeated["Idempotency-Replayed"]) == (201, "true")
    assert repeated.json() == first.json()
    assert fresh(card).stamp_count == 1


# --- What it costs -----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_stamp_of_a_till_takes_twelve_statements_and_notes_nothing_about_the_till(shop: Shop) -> None:
    row, carried = factories.till(shop.store)
    till, card = Till(shop.store, carries=carried), factories.card(shop.store)
    token = till.unlock()
    till.post(f"cards/{factories.card(shop.store).pk}/stamps/", token=token, once="warm")
    with factories.inside(shop):
        tills.Till.objects.filter(pk=row.pk).update(last_seen_at=None)
    with CaptureQueriesContext(connection) as statements:
        assert stamps(till, card, token=token, once="first") == (201, "")
    said = [one["sql"][:60] for one in statements]
    assert len(said) <= 12, "\n".join(said)
    assert fresh(row).last_seen_at is None
    till.get("program/")
    assert fresh(row).last_seen_at is not None
