"""The poster on the counter, for staff to print."""

import pytest
from django.urls import reverse

from tests import factories
from tests.loyalty.pages.reading import words

pytestmark = pytest.mark.django_db


def address(shop: factories.Shop) -> str:
    return reverse("join-poster", args=[shop.store.store_code])


def test_staff_of_the_store_get_a_poster_with_its_address_in_four_languages(client, shop):
    client.force_login(shop.staff)

    response = client.get(address(shop))

    page = response.content.decode()
    assert response.status_code == 200
    assert "10 stamps = a coffee" in words(response)
    assert f"/join/{shop.store.store_code}" in words(response)
    assert '<svg role="img"' in page
    assert [page.index(f'<li lang="{code}">') > 0 for code in ("en", "fr", "de", "lb")] == [True] * 4
    assert "no-store" in response["Cache-Control"]


def test_whoever_is_not_signed_in_is_asked_to(client, shop):
    response = client.get(address(shop))

    assert response.status_code == 302
    assert response["Location"] == f"/login/?next={address(shop)}"


def test_a_stranger_finds_nothing(client, shop):
    client.force_login(factories.shop().owner)
    assert client.get(address(shop)).status_code == 404


def test_an_accountant_has_no_counter_to_put_it_on(client, shop):
    client.force_login(factories.member(shop.store, role="accountant"))
    assert client.get(address(shop)).status_code == 404

    client.force_login(factories.member(shop.other_store))
    assert client.get(address(shop)).status_code == 404


def test_owner_and_operator_get_it_too(client, shop):
    for person in (shop.owner, factories.operator()):
        client.force_login(person)
        assert client.get(address(shop)).status_code == 200
