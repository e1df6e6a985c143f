"""The back of a pass: where the shops are, when they are open, and a tap that calls or shows the way."""

import json

from django.test import Client

from loyalty.models import LoyaltyCard
from tests import factories
from tests.wallet.conftest import carried, deliver, object_of, page_of
from tests.wallet.fake_google import FakeGoogle
from tests.wallet.iphone import opened
from wallet import tasks
from wallet.apple.made_up_chain import Chain

TOLD = "Gare <1>\n12, avenue de la Gare, L-1610 Luxembourg\n+352 27 12 34 01\nMo–Fr 7:00–18:30\nSa 8:00–17:00"


def furnished(shop: factories.Shop) -> None:
    """The first of the two stores says all there is to say of it, the other one nothing."""
    with factories.inside(shop):
        store = shop.store
        store.name, store.address_line1 = "Gare <1>", "12, avenue de la Gare"
        store.postal_code, store.city, store.phone = "L-1610", "Luxembourg", "+35227123401"
        store.opening_hours = "Mo–Fr 7:00–18:30\r\nSa 8:00–17:00"  # as a form sends it
        store.save()
        shop.other_store.name = "Kirchberg"
        shop.other_store.save()


def shops_on(card: LoyaltyCard) -> dict:
    content = json.loads(opened(Client().get(page_of(card)).content)["pass.json"])
    (field,) = [field for field in content["storeCard"]["backFields"] if field["key"] == "shops"]
    return field


def test_an_iphone_shows_the_shops_and_calls_them_at_a_tap(apple: Chain, shop: factories.Shop) -> None:
    furnished(shop)
    field = shops_on(factories.card(shop.store))
    assert field["value"] == f"{TOLD}\n\nKirchberg, Luxembourg"
    way = "Gare%20%3C1%3E%2C%2012%2C%20avenue%20de%20la%20Gare%2C%20L-1610%20Luxembourg"
    assert field["attributedValue"] == (
        f'Gare &lt;1&gt;\n<a href="https://maps.apple.com/?q={way}">12, avenue de la Gare, L-1610 Luxembourg</a>\n'
        '<a href="tel:+35227123401">+352 27 12 34 01</a>\nMo–Fr 7:00–18:30\nSa 8:00–17:00\n\nKirchberg, Luxembourg'
    )


def test_of_many_shops_and_of_those_that_say_nothing_the_names_are_enough(
    apple: Chain, shop: factories.Shop
) -> None:
    plain = shops_on(factories.card(shop.store))
    assert plain["value"] == f"{shop.store.name}, Luxembourg\n{shop.other_store.name}, Luxembourg"
    assert "attributedValue" not in plain
    furnished(shop)
    for _store in range(9):
        factories.store(shop.merchant)
    many = shops_on(factories.card(shop.store))
    assert len(many["value"].split("\n")) == 11
    assert "attributedValue" not in many


def test_google_has_them_too_and_new_hours_reach_every_pass(google: FakeGoogle, shop: factories.Shop) -> None:
    furnished(shop)
    card = carried(factories.card(shop.store))
    deliver()
    sent = object_of(google, card)
    (shops,) = [module["body"] for module in sent["textModulesData"] if module["id"] == "shops"]
    assert shops == f"{TOLD}\n\nKirchberg, Luxembourg"
    links = {link["id"]: (link["uri"], link["description"]) for link in sent["linksModuleData"]["uris"]}
    assert links["phone_0"] == ("tel:+35227123401", "Gare <1>")
    with factories.inside(shop):
        shop.other_store.opening_hours = "Mo–Sa 9:00–18:00"
        shop.other_store.save()
    tasks.sweep_passes()
    deliver()
    (shops,) = [
        module["body"] for module in object_of(google, card)["textModulesData"] if module["id"] == "shops"
    ]
    assert shops.endswith("Kirchberg, Luxembourg\nMo–Sa 9:00–18:00")
