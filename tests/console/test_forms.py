"""Forms of the console: one merchant throughout, whatever somebody sends."""

import pytest

from customers.models import Customer
from loyalty.models import StaffPin
from tenancy.models import Store, StoreUser
from tests import factories
from tests.console.world import World, address, errors, filled, list_address


def test_a_store_made_by_an_owner_is_theirs_whatever_merchant_is_sent(world: World) -> None:
    client = world.client("owner")
    page = client.get(list_address(Store, "add"))
    data = filled(page, name="Beach", store_code="beach", merchant=world.stranger.merchant.pk)
    client.post(list_address(Store, "add"), data)
    with factories.inside(world.shop):
        assert Store.objects.get(store_code="beach").merchant == world.shop.merchant
    with factories.inside(world.stranger):
        assert not Store.objects.filter(store_code="beach").exists()


def test_a_pin_cannot_be_put_at_a_store_of_somebody_else(world: World) -> None:
    client = world.client("manager")
    for store in (world.stranger.store, world.shop.other_store):
        data = {"store": store.pk, "name": "Mallory", "pin": "4826", "is_active": "on"}
        response = client.post(list_address(StaffPin, "add"), data)
        assert list(errors(response)) == ["store"]
        with factories.inside(store):
            assert not StaffPin.objects.filter(name="Mallory").exists()


def test_a_customer_cannot_be_moved_to_a_store_of_another_merchant(world: World) -> None:
    customer = world.mine["customers_customer"]
    client = world.client("owner")
    data = filled(client.get(address(customer)), store=world.stranger.store.pk)
    assert list(errors(client.post(address(customer), data))) == ["store"]
    assert factories.fresh(customer).store == world.shop.store


def test_an_operator_is_told_when_store_and_merchant_do_not_fit(world: World) -> None:
    client = world.client("operator")
    page = client.get(list_address(Customer, "add"))
    data = filled(page, merchant=world.shop.merchant.pk, store=world.stranger.store.pk, email="x@example.com")
    response = client.post(list_address(Customer, "add"), data)
    assert errors(response) == {"store": ["This belongs to another merchant."]}


def test_a_row_never_moves_to_another_merchant(world: World) -> None:
    client = world.client("operator")
    data = filled(client.get(address(world.shop.store)), merchant=world.stranger.merchant.pk, city="Esch")
    client.post(address(world.shop.store), data)
    after = factories.fresh(world.shop.store)
    assert (after.merchant, after.city) == (world.shop.merchant, "Esch")


def test_a_second_customer_with_one_address_is_refused_beside_the_field(world: World) -> None:
    known = world.mine["customers_customer"]
    client = world.client("owner")
    data = filled(client.get(list_address(Customer, "add")), email=known.email.upper())
    response = client.post(list_address(Customer, "add"), data)
    assert errors(response) == {"__all__": ["There is a customer with this e-mail already."]}


def test_an_address_is_free_again_when_its_customer_is_deleted(world: World) -> None:
    client = world.client("owner")
    known = world.mine["customers_customer"]
    client.post(address(known, "delete"), {"post": "yes"})
    data = filled(client.get(list_address(Customer, "add")), email=known.email)
    assert client.post(list_address(Customer, "add"), data).status_code == 302


def test_phones_are_kept_in_the_form_of_the_world(world: World) -> None:
    customer = world.mine["customers_customer"]
    client = world.client("manager")
    client.post(address(customer), filled(client.get(address(customer)), phone="621 123 456"))
    assert factories.fresh(customer).phone == "+352621123456"
    response = client.post(address(customer), filled(client.get(address(customer)), phone="call me"))
    assert list(errors(response)) == ["phone"]


def test_consent_is_kept_with_its_moment_and_forgotten_when_it_ends(world: World) -> None:
    customer = world.mine["customers_customer"]
    client = world.client("owner")
    client.post(address(customer), filled(client.get(address(customer)), marketing_consent="on"))
    agreed = factories.fresh(customer)
    assert agreed.marketing_consent
    assert agreed.marketing_consent_at is not None
    client.post(address(customer), filled(client.get(address(customer)), marketing_consent=None))
    assert factories.fresh(customer).marketing_consent_at is None


def autocomplete(world: World, who: str, model: str, field: str, term: str = "") -> list[str]:
    parameters = {"app_label": model.split(".")[0], "model_name": model.split(".")[1], "field_name": field}
    response = world.client(who).get("/admin/autocomplete/", parameters | {"term": term})
    return [result["id"] for result in response.json()["results"]] if response.status_code == 200 else []


def test_only_what_may_be_chosen_is_proposed(world: World) -> None:
    of = {
        who: set(autocomplete(world, who, "customers.customer", "store"))
        for who in ("operator", "owner", "manager", "stranger")
    }
    own = {str(world.shop.store.pk), str(world.shop.other_store.pk)}
    theirs = {str(world.stranger.store.pk), str(world.stranger.other_store.pk)}
    assert of["owner"] == own
    assert of["manager"] == {str(world.shop.store.pk)}
    assert of["stranger"] == theirs
    assert of["operator"] == own | theirs
    assert autocomplete(world, "staff", "customers.customer", "store") == []
    assert autocomplete(world, "anonymous", "customers.customer", "store") == []


def test_a_deleted_store_is_not_proposed(world: World) -> None:
    world.client("owner").post(address(world.shop.other_store, "delete"), {"post": "yes"})
    assert autocomplete(world, "owner", "customers.customer", "store") == [str(world.shop.store.pk)]


def test_members_of_other_merchants_are_not_proposed(world: World) -> None:
    assert autocomplete(world, "owner", "tenancy.storeuser", "user", world.stranger.owner.email) == []
    with factories.inside(world.stranger):
        assert StoreUser.objects.filter(user=world.stranger.owner).exists()


@pytest.mark.parametrize("kind", ["tenancy_till", "loyalty_staffpin", "tenancy_apikey"])
def test_an_operator_who_chooses_no_store_is_told_so(world: World, kind: str) -> None:
    response = world.client("operator").post(list_address(kind, "add"), {"name": "New"})
    assert response.status_code == 200
    assert "store" in errors(response)


def test_a_stores_telephone_is_kept_as_the_world_dials_it(world: World) -> None:
    client, store = world.client("manager"), world.shop.store
    data = filled(client.get(address(store)), phone="27 12 34 01", opening_hours="Mo–Fr 7–18\r\nSa 8–17")
    assert client.post(address(store), data).status_code == 302
    after = factories.fresh(store)
    assert (after.phone, after.opening_hours) == ("+35227123401", "Mo–Fr 7–18\nSa 8–17")
    refused = client.post(address(store), data | {"phone": "call us"})
    assert errors(refused) == {"phone": ["This cannot be a telephone number."]}
    assert factories.fresh(store).phone == "+35227123401"
