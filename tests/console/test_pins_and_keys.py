"""Staff PINs and API keys: set in the console, never shown again."""

import pytest

from groundwork.errors import NotAuthenticated
from loyalty.errors import PinInvalid, PinLocked
from loyalty.models import StaffPin
from loyalty.services import pins
from tenancy import api_keys
from tenancy.models import ApiKey, Merchant
from tests import factories
from tests.console.world import World, address, errors, filled, list_address, said


def unlocks(world: World, pin: StaffPin, digits: str) -> bool:
    with factories.inside(world.shop):
        try:
            pins.unlock_terminal(store=world.shop.store, pin_id=pin.pk, pin=digits)
        except (PinInvalid, PinLocked):
            return False
        return True


def test_a_manager_adds_somebody_to_the_terminal(world: World) -> None:
    data = {"store": world.shop.store.pk, "name": "Nora", "pin": "4826", "is_active": "on"}
    response = world.client("manager").post(list_address(StaffPin, "add"), data)
    assert response.status_code == 302
    with factories.inside(world.shop):
        nora = StaffPin.objects.get(name="Nora")
    assert unlocks(world, nora, "4826")


def test_a_simple_pin_is_refused_beside_its_field(world: World) -> None:
    for pin in ("1234", "7777", "12a4", "123"):
        data = {"store": world.shop.store.pk, "name": "Nora", "pin": pin, "is_active": "on"}
        response = world.client("manager").post(list_address(StaffPin, "add"), data)
        assert list(errors(response)) == ["pin"], pin
    with factories.inside(world.shop):
        assert not StaffPin.objects.filter(name="Nora").exists()


def test_an_empty_pin_keeps_the_one_that_is_there(world: World) -> None:
    pin = world.mine["loyalty_staffpin"]
    client = world.client("owner")
    client.post(address(pin), filled(client.get(address(pin)), name="Lea"))
    assert factories.fresh(pin).name == "Lea"
    assert unlocks(world, pin, factories.PIN)


def test_a_new_pin_takes_the_place_of_the_old_one(world: World) -> None:
    pin = world.mine["loyalty_staffpin"]
    client = world.client("owner")
    client.post(address(pin), filled(client.get(address(pin)), pin="8052"))
    assert not unlocks(world, pin, factories.PIN)
    assert unlocks(world, pin, "8052")


def test_two_people_at_one_store_have_two_names(world: World) -> None:
    data = {"store": world.shop.store.pk, "name": "Léa", "pin": "4826", "is_active": "on"}
    response = world.client("owner").post(list_address(StaffPin, "add"), data)
    assert errors(response) == {"__all__": ["Somebody at this store has this name already."]}


def test_neither_a_pin_nor_its_hash_is_on_a_page(world: World) -> None:
    pin = world.mine["loyalty_staffpin"]
    client = world.client("operator")
    for page in (address(pin), list_address(StaffPin), address(pin, "history")):
        text = client.get(page).content.decode()
        assert pin.pin_hash not in text
        assert factories.PIN not in text


def test_a_manager_ends_a_lock_out(world: World) -> None:
    pin = world.mine["loyalty_staffpin"]
    for _ in range(5):
        assert not unlocks(world, pin, "0000")
    assert not unlocks(world, pin, factories.PIN)
    response = world.client("manager").post(address(pin, "end_lockout"), follow=True)
    assert said(response) == ["The PIN works again."]
    assert unlocks(world, pin, factories.PIN)


def test_a_new_key_is_shown_once(world: World) -> None:
    client = world.client("owner")
    data = {"name": "Till two", "store": world.shop.store.pk, "scopes": ["read"]}
    page = client.post(list_address(ApiKey, "add"), data)
    key = page.context["key"]
    assert key in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    with factories.inside(world.shop):
        row = ApiKey.objects.get(name="Till two")
    assert (row.store, row.created_by) == (world.shop.store, world.shop.owner)
    assert api_keys.recognise(key) == row
    for address_again in (address(row), list_address(ApiKey), address(row, "history")):
        assert key not in client.get(address_again).content.decode()


def test_a_key_for_ever_is_one_without_an_end_and_the_list_opens_wherever_the_shop_is(world: World) -> None:
    Merchant.objects.filter(pk=world.shop.merchant.pk).update(timezone="America/New_York")
    client, add = world.client("owner"), list_address(ApiKey, "add")
    key = {"name": "Till", "store": world.shop.store.pk, "scopes": ["read"]}
    for_ever = {"expires_at_0": "9999-12-31", "expires_at_1": "23:59:00"}
    refused = client.post(add, key | for_ever)
    assert errors(refused) == {"expires_at": ["Leave it empty for a key that does not end."]}
    assert client.get(list_address(ApiKey)).status_code == 200
    late = {"expires_at_0": "2999-12-31", "expires_at_1": "23:59:00"}
    assert "lk_" in client.post(add, key | late).content.decode()
    assert "Till" in client.get(list_address(ApiKey)).content.decode()


def test_a_key_cannot_be_made_for_a_store_of_somebody_else(world: World) -> None:
    data = {"name": "Mallory", "store": world.stranger.store.pk, "scopes": ["read"]}
    response = world.client("owner").post(list_address(ApiKey, "add"), data)
    assert list(errors(response)) == ["store"]


def test_a_revoked_key_is_refused_from_then_on(world: World) -> None:
    key = factories.api_key(world.shop.store)
    row = api_keys.recognise(key)
    response = world.client("owner").post(address(row, "revoke"), follow=True)
    assert said(response) == ["The key does not work any more."]
    with pytest.raises(NotAuthenticated):
        api_keys.recognise(key)
    assert world.client("owner").get(address(row, "revoke")).status_code == 403
