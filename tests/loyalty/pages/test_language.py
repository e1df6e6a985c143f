"""In which language a page speaks: ?lang=, the cookie, the customer's, Accept-Language, the store's."""

import pytest
from django.conf import settings
from django.test import RequestFactory

from loyalty.pages import language
from tests import factories

pytestmark = pytest.mark.django_db


def decided(query: str = "", cookie: str = "", accept: str = "", person: str = "", shop: str = "") -> str:
    request = RequestFactory().get(f"/{query}", headers={"Accept-Language": accept} if accept else {})
    if cookie:
        request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = cookie
    return language.decide(request, person=person, shop=shop)


@pytest.mark.parametrize(
    ("wishes", "spoken"),
    [
        ({"query": "?lang=fr", "cookie": "de", "person": "lb", "accept": "en", "shop": "de"}, "fr"),
        ({"query": "?lang=xx", "cookie": "de", "person": "lb", "accept": "en", "shop": "fr"}, "de"),
        ({"cookie": "xx", "person": "lb", "accept": "en", "shop": "fr"}, "lb"),
        ({"accept": "pt,de-LU;q=0.8,fr;q=0.9", "shop": "lb"}, "fr"),
        ({"accept": "de-LU", "shop": "lb"}, "de"),
        ({"accept": "pt", "shop": "lb"}, "lb"),
        ({"accept": "fr;q=0", "shop": "lb"}, "lb"),
        ({"accept": ";;;,,=\x7f", "shop": "de"}, "de"),
        ({}, "en"),
    ],
)
def test_the_wishes_are_heard_in_order(wishes, spoken):
    assert decided(**wishes) == spoken


def test_a_choice_is_remembered(client, shop):
    address = f"/join/{shop.store.store_code}/"

    chosen = client.get(address + "?lang=de")
    assert chosen["Content-Language"] == "de"
    assert '<html lang="de">' in chosen.content.decode()
    assert client.get(address)["Content-Language"] == "de"
    assert client.get("/")["Content-Language"] == "de"


def test_the_enrolment_page_speaks_the_stores_language_to_whoever_has_none(client, db):
    shop = factories.shop()
    with factories.inside(shop):
        type(shop.store).objects.filter(pk=shop.store.pk).update(default_language="lb")
    address = f"/join/{shop.store.store_code}/"

    assert client.get(address)["Content-Language"] == "lb"
    assert client.get(address, headers={"Accept-Language": "fr"})["Content-Language"] == "fr"


def test_the_card_page_speaks_the_customers_language(open_card, shop):
    card = factories.card(shop.store, language="de")

    assert open_card(card, **{"Accept-Language": "fr"})["Content-Language"] == "de"
    assert open_card(card, query="?lang=lb")["Content-Language"] == "lb"


def test_the_menu_links_to_the_same_page_in_every_language(open_card, card):
    page = open_card(card, query="?page=2").content.decode()

    for code in ("en", "fr", "de", "lb"):
        assert f'href="?page=2&amp;lang={code}" lang="{code}"' in page
