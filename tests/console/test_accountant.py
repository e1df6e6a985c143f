"""An accountant in the console: reads the figures, lists and files of the whole merchant, and changes nothing."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from tenancy.models import BackgroundJob, Role, StoreUser, User
from tests import factories
from tests.console.world import World, address, export_of, filled, list_address, sign_in


@pytest.fixture
def accountant(world: World) -> User:
    return factories.member(world.shop.store, role=Role.ACCOUNTANT)


def browser(person: User) -> Client:
    client = Client()
    sign_in(client, person)
    return client


def test_an_accountant_reads_the_figures_of_the_whole_and_of_every_store(
    world: World, accountant: User
) -> None:
    shown = browser(accountant).get(reverse("admin:index")).context
    shop = world.shop
    keys = [f"merchant-{shop.merchant.pk}", f"store-{shop.store.pk}", f"store-{shop.other_store.pk}"]
    assert sorted(place.key for place in shown["places"]) == sorted(keys)
    assert shown["place"].key == keys[0]
    assert shown["figures"][0]["value"] == "1"
    assert shown["alerts"] == []


def test_an_accountant_downloads_the_people_of_all_stores_and_of_no_other_merchant(
    world: World, accountant: User
) -> None:
    response = browser(accountant).get(list_address(Customer) + "export/csv/")
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    expected = [world.elsewhere["customers_customer"].email, world.mine["customers_customer"].email]  # type: ignore[attr-defined]
    assert [row[1] for row in rows[1:]] == expected


def test_an_owner_makes_somebody_accountant_and_the_list_says_so(world: World) -> None:
    client = world.client("owner")
    with factories.inside(world.shop):
        membership = StoreUser.objects.get(user=world.shop.staff)
    path = address(membership)
    assert client.post(path, filled(client.get(path), role="accountant")).status_code == 302
    with factories.inside(world.shop):
        assert StoreUser.objects.get(user=world.shop.staff).role == Role.ACCOUNTANT
    for language, word in (
        ("en", "accountant"),
        ("fr", "comptable"),
        ("de", "Buchhaltung"),
        ("lb", "Comptabel"),
    ):
        page = client.get(list_address(StoreUser), headers={"Accept-Language": language})
        assert word in page.content.decode()


def test_a_file_is_fetched_only_by_who_may_still_see_its_list(world: World) -> None:
    """An owner who keeps the books from now on reads all stores as before, and the API keys no more."""
    cards, keys = export_of(world.shop.owner), export_of(world.shop.owner)
    BackgroundJob.objects.filter(pk=keys.pk).update(about="tenancy.apikey")
    paths = [reverse("admin:tenancy_backgroundjob_download", args=[job.pk]) for job in (cards, keys)]
    assert [browser(world.shop.owner).get(path).status_code for path in paths] == [200, 200]
    with factories.inside(world.shop):
        StoreUser.objects.filter(user=world.shop.owner).update(role=Role.ACCOUNTANT)
    changed = User.objects.get(pk=world.shop.owner.pk)
    assert [browser(changed).get(path).status_code for path in paths] == [200, 404]
