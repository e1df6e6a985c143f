"""Forms of the console: one merchant throughout, whatever somebody sends."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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


@pytest.mark.parametrize("nonsense", ["x", "\0", "9" * 30, "-1"])
def test_what_is_no_number_is_refused_beside_the_field_where_a_store_is_chosen(
    world: World, nonsense: str
) -> None:
    client = world.client("owner")
    data = filled(client.get(list_address(Customer, "add")), store=nonsense, email="x@example.com")
    response = client.post(list_address(Customer, "add"), data)
    assert (response.status_code, list(errors(response))) == (200, ["store"])
    with factories.inside(world.shop):
        assert not Customer.objects.filter(email="x@example.com").exists()


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


def test_an_address_is_read_as_on_the_customers_own_page(world: World) -> None:
    anouk, client = factories.customer(world.shop.store), world.client("manager")
    for typed, kept in (("\u200bZoe@M\u00dcLLER.lu", "zoe@m\u00fcller.lu"), ("", None)):
        client.post(address(anouk), filled(client.get(address(anouk)), email=typed))
        assert factories.fresh(anouk).email == kept
    refused = client.post(address(anouk), filled(client.get(address(anouk)), email="zoe@"))
    assert list(errors(refused)) == ["email"]


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


def test_what_somebody_agreed_to_who_is_typed_in_is_noted(world: World) -> None:
    client = world.client("owner")
    for name, box in (("Agnes", "on"), ("Nora", None)):
        page = client.get(list_address(Customer, "add"))
        client.post(list_address(Customer, "add"), filled(page, first_name=name, marketing_consent=box))
    with factories.inside(world.shop):
        agnes, nora = (Customer.objects.get(first_name=name) for name in ("Agnes", "Nora"))
    sentence = f"Send me offers from {world.shop.merchant.name} by e-mail. I can stop at any time."
    assert [(one["given"], one["wording"]) for one in agnes.agreements] == [(True, sentence)]
    assert nora.agreements == []


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


def test_of_what_two_people_changed_the_second_sees_both_and_decides(world: World) -> None:
    customer = world.mine["customers_customer"]
    client, path = world.client("owner"), address(customer)
    page = client.get(path)
    assert 'name="as_shown"' in page.content.decode()
    mine = filled(page, first_name="Ana", last_name="Weber")
    client.post(path, filled(page, first_name="Anne", birth_date="1990-05-17"))
    told = client.post(path, mine)
    assert errors(told) == {
        "__all__": [
            "Somebody else saved this while you had it open, so nothing of yours is saved yet. Look at what is said "
            "beside the fields and save again."
        ],
        "first_name": [
            "Somebody else has changed this to “Anne”. Saving again keeps what you entered.",
        ],
        "birth_date": [
            "Somebody else has changed this to “17 May 1990”; that is what stands here now.",
        ],
    }
    shown = told.content.decode()
    assert 'value="Ana"' in shown
    assert 'value="Weber"' in shown
    assert "1990" in shown
    kept = factories.fresh(customer)
    assert (kept.first_name, kept.last_name, str(kept.birth_date)) == (
        "Anne",
        customer.last_name,
        "1990-05-17",
    )
    assert client.post(path, filled(told)).status_code == 302
    kept = factories.fresh(customer)
    assert (kept.first_name, kept.last_name, str(kept.birth_date)) == ("Ana", "Weber", "1990-05-17")


def test_a_page_sent_twice_is_no_quarrel_and_what_is_no_version_shows_nothing(world: World) -> None:
    customer = world.mine["customers_customer"]
    client, path = world.client("owner"), address(customer)
    once = filled(client.get(path), first_name="Ana")
    with CaptureQueriesContext(connection) as captured:
        assert [client.post(path, once).status_code for _ in range(2)] == [302, 302]
    waits = [query["sql"] for query in captured if f"form:customers.customer:{customer.pk}" in query["sql"]]
    assert waits, "each waits for the other before it looks"
    assert client.post(path, once | {"as_shown": "{", "first_name": "Eva"}).status_code == 200
    assert factories.fresh(customer).first_name == "Ana"


def test_a_reward_changed_on_two_pages_of_its_program_is_asked_about_too(world: World) -> None:
    reward = factories.reward(world.shop.program, "Coffee", 100)
    client, path = world.client("owner"), address(world.shop.program)
    page = client.get(path)
    name = next(name for name, value in filled(page).items() if value == "Coffee")
    shown = [text for text in page.content.decode().split() if text.endswith('as_shown"')]
    assert shown.count('name="as_shown"') == shown.count(f'name="{name.replace("name_en", "as_shown")}"') == 1
    cost = name.replace("name_en", "points_cost")
    assert client.post(path, filled(page, **{cost: 90})).status_code == 302
    told = client.post(path, filled(page, **{name: "Espresso"}))
    assert told.status_code == 200
    assert factories.fresh(reward).points_cost == 90
    assert client.post(path, filled(told)).status_code == 302
    after = factories.fresh(reward)
    assert (after.name_en, after.points_cost) == ("Espresso", 90)


def test_a_rhythm_of_the_clock_is_refused_where_no_month_has_such_a_day(world: World) -> None:
    client, path = world.client("operator"), list_address("django_celery_beat_crontabschedule", "add")
    page = client.get(path)
    for days, months, comes in (
        ("31", "2", False),
        ("30,31", "2", False),
        ("31", "2,3", True),
        ("29", "2", True),
    ):
        response = client.post(path, filled(page, day_of_month=days, month_of_year=months))
        assert (response.status_code == 302) == comes, (days, months)
        if not comes:
            assert errors(response) == {
                "day_of_month": ["None of these months has such a day: it would never run."]
            }


def test_a_stores_telephone_is_kept_as_the_world_dials_it(world: World) -> None:
    client, store = world.client("manager"), world.shop.store
    data = filled(client.get(address(store)), phone="27 12 34 01", opening_hours="Mo–Fr 7–18\r\nSa 8–17")
    assert client.post(address(store), data).status_code == 302
    after = factories.fresh(store)
    assert (after.phone, after.opening_hours) == ("+35227123401", "Mo–Fr 7–18\nSa 8–17")
    refused = client.post(address(store), filled(client.get(address(store)), phone="call us"))
    assert errors(refused) == {"phone": ["This cannot be a telephone number."]}
    assert factories.fresh(store).phone == "+35227123401"
