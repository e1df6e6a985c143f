"""Tags of customers: given and taken by hand, looked for, exported, brought over, and joined by a merge."""

import pytest

from customers import services
from customers.models import Customer
from loyalty.services import cards
from tests import factories
from tests.console.bringing import bring, card_of
from tests.console.world import World, address, errors, filled, list_address

MANAGER = factories.actor("manager")


def tagged(world: World, *tags: str) -> Customer:
    return factories.customer(world.shop.store, tags=list(tags))


def names(page) -> set[int]:
    return {row.pk for row in page.context["cl"].result_list}


def test_a_manager_gives_tags_and_takes_them(world: World) -> None:
    customer, client = tagged(world, "old"), world.client("manager")
    page = client.get(address(customer))
    assert 'value="old"' in page.content.decode()

    assert client.post(address(customer), filled(page, tags=" VIP, vip,neighbour , ")).status_code == 302
    assert factories.fresh(customer).tags == ["VIP", "neighbour"]

    page = client.get(address(customer))
    assert client.post(address(customer), filled(page, tags="")).status_code == 302
    assert factories.fresh(customer).tags == []


@pytest.mark.parametrize(
    "written", [",".join(f"t{number}" for number in range(21)), "x" * 41, '"' + "x" * 200_000]
)
def test_too_many_tags_or_too_long_ones_change_nothing(world: World, written: str) -> None:
    customer, client = tagged(world, "old"), world.client("manager")

    answer = client.post(address(customer), filled(client.get(address(customer)), tags=written))

    assert list(errors(answer)) == ["tags"]
    assert factories.fresh(customer).tags == ["old"]


def test_the_list_is_filtered_by_tag_and_offers_only_ones_own(world: World) -> None:
    one, _other = tagged(world, "VIP"), tagged(world, "neighbour")
    factories.customer(world.stranger.store, tags=["VIP", "foreign"])
    client = world.client("owner")

    page = client.get(list_address(Customer), {"tag": "VIP"})

    assert names(page) == {one.pk}
    assert "foreign" not in page.content.decode()
    file = client.get(list_address(Customer) + "export/csv/", {"tag": "VIP"})
    assert "VIP" in b"".join(file).decode()


def test_a_file_brings_tags_and_fills_them_in_where_none_are(world: World) -> None:
    bring(world, "email,first name,tags\nlea@example.com,Léa,VIP; Staff\n")
    assert card_of(world, "lea@example.com").customer.tags == ["VIP", "Staff"]

    bring(world, "email,tags\nlea@example.com,other\n")
    assert card_of(world, "lea@example.com").customer.tags == ["VIP", "Staff"]


def test_a_merge_joins_tags_and_an_erasure_removes_them(world: World) -> None:
    store = world.shop.store
    one, other = factories.card(store), factories.card(store)
    with factories.inside(world.shop):
        Customer.objects.filter(pk=one.customer_id).update(tags=["VIP", "a"])
        Customer.objects.filter(pk=other.customer_id).update(tags=["b", "vip"])

        cards.merge(store=store, card_id=one.pk, into_card_id=other.pk, actor=MANAGER, reason="one person")

        person = factories.fresh(other).customer
        assert person.tags == ["b", "vip", "a"]
        services.erase_person(customer=person)
        assert factories.fresh(person).tags == []
