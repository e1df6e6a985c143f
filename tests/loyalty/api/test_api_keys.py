"""A till's own system calls with its key: as staff, at one store."""

import pytest

from tenancy import api_keys
from tenancy.models import ApiKey, Store
from tests import factories
from tests.factories import Shop, fresh
from tests.loyalty.api.till import Caller, Till

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(shop: Shop) -> Till:
    return Till(shop.store, key=factories.api_key(shop.store))


def test_a_key_stamps_cards_and_needs_no_csrf_token(shop: Shop, machine: Till) -> None:
    card = factories.card(shop.store)
    machine.client.handler.enforce_csrf_checks = True
    line = machine.post(f"cards/{card.pk}/stamps/", once="k-1").json()["transaction"]
    assert (line["transaction_type"], line["staff"]) == ("stamp_earned", "Till")


def test_a_key_must_make_its_calls_repeatable(shop: Shop, machine: Till) -> None:
    card = factories.card(shop.store)
    response = machine.post(f"cards/{card.pk}/stamps/")
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_required")
    assert fresh(card).stamp_count == 0


def test_typing_a_pin_needs_no_idempotency_key(shop: Shop, machine: Till) -> None:
    lea = factories.staff_pin(shop.store)
    assert machine.post(f"staff/{lea.pk}/unlock/", {"pin": "4711"}).status_code == 200


def test_a_key_needs_a_staff_token_where_the_program_asks_for_pins() -> None:
    shop = factories.shop(require_staff_pin=True)
    card, machine = factories.card(shop.store), Till(shop.store, key=factories.api_key(shop.store))
    refused = machine.post(f"cards/{card.pk}/stamps/", once="k-1")
    assert refused.json()["code"] == "staff_pin_required"
    token = machine.unlock()
    assert machine.post(f"cards/{card.pk}/stamps/", once="k-1", token=token).status_code == 201


def test_a_key_opens_its_own_store_only(shop: Shop) -> None:
    key = factories.api_key(shop.store)
    for store in (shop.other_store, factories.shop().store):
        response = Till(store, key=key).get()
        assert (response.status_code, response.json()["code"]) == (404, "store_not_found")


def test_a_key_is_no_manager_unless_it_was_made_to_manage_and_never_an_operator(
    shop: Shop, machine: Till
) -> None:
    card = factories.card(shop.store)
    assert machine.get("stats/").json()["code"] == "scope_missing"
    assert machine.post(f"cards/{card.pk}/deactivate/", once="k").json()["code"] == "scope_missing"
    managing = Till(shop.store, key=factories.api_key(shop.store, ["manage"]))
    assert managing.get("stats/").status_code == 200
    assert managing.post(f"cards/{card.pk}/deactivate/", once="k").status_code == 200
    assert not fresh(card).is_active
    back_office = Caller(key=factories.api_key(shop.store), base="/api/v1/admin/")
    assert back_office.get("programs/").json()["code"] == "operator_required"


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer nonsense", "Bearer lk_\xe9", "Basic YTpi", "lk_x"]
)
def test_a_key_that_is_none_is_nobody(shop: Shop, header: str) -> None:
    response = Till(shop.store).get(headers={"Authorization": header})
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_wrong_key_is_not_saved_by_a_good_session(till: Till) -> None:
    assert till.get(headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_a_revoked_key_is_nobody(shop: Shop, machine: Till) -> None:
    assert machine.get().status_code == 200
    with factories.inside(shop):
        api_keys.revoke(api_key=ApiKey.objects.get())
    assert machine.get().json()["code"] == "not_authenticated"


def test_a_keys_last_use_is_noted(shop: Shop, machine: Till) -> None:
    machine.get()
    with factories.inside(shop):
        assert ApiKey.objects.get().last_used_at is not None


def test_a_key_of_a_closed_store_opens_nothing(shop: Shop, machine: Till) -> None:
    with factories.inside(shop):
        Store.objects.filter(pk=shop.store.pk).update(is_active=False)
    assert machine.get().json()["code"] == "store_not_found"
