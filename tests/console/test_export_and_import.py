"""What is exported is data: another merchant imports it as it is, and exports the same."""

import csv
import io

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext

from customers.models import Customer
from loyalty import ledger
from loyalty.models import LoyaltyCard, LoyaltyTransaction, MerchantLoyaltySettings
from tenancy.models import Store
from tests import factories
from tests.console.bringing import PAGE, bring, choose, confirm
from tests.console.test_export import exported
from tests.console.world import World, list_address

PEOPLE = """email,first_name,last_name,phone,birthday,language,newsletter,stamps,points
lea@example.com,Léa,Muller,621 123 456,1990-12-31,fr,yes,4,120
zoe@example.com,'t,Hooft,,31.12.,de,no,0,12.5
,Ana,Maria da Silva,691 000 000,,,,1,0
,Only,Name,,,,,2,0
"""
CARRIED = [
    "e-mail",
    "first name",
    "last name",
    "phone",
    "birthday",
    "language",
    "wants offers by e-mail",
    "stamps",
    "points",
    "stamps owed",
    "points owed",
]


def cards(client: Client, language: str, model: type = LoyaltyCard) -> str:
    address = list_address(model) + "export/csv/"
    response = client.get(address, {"o": "1"}, headers={"Accept-Language": language})
    return b"".join(response.streaming_content).decode("utf-8-sig")


def owe(world: World) -> None:
    """A card on which more was undone than is left of it; half a point is left besides."""
    card = world.mine["loyalty_loyaltycard"]
    with factories.inside(world.shop), transaction.atomic():
        (card,) = ledger.lock(LoyaltyCard.objects.filter(pk=card.pk))
        gone = ledger.Entry(card=card, kind="points_voided", points_units=-2_495_000)  # of 50
        stamps = ledger.Entry(card=card, kind="stamp_voided", stamps_delta=-5)  # of 2
        ledger.post([gone, stamps], now=timezone.now())


def carried(text: str, language: str) -> list[list[str]]:
    with translation.override(language):
        names = [str(capfirst(gettext(name))) for name in CARRIED]
    return sorted([row[name] for name in names] for row in csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("language", ["en", "fr", "de", "lb"])
def test_what_is_exported_is_imported_elsewhere_and_exported_the_same(world: World, language: str) -> None:
    bring(world, PEOPLE)
    owe(world)
    stranger = world.client("stranger")
    mine, theirs = cards(world.client("owner"), language), cards(stranger, language)
    file = io.BytesIO(mine.encode())
    file.name = "cards.csv"
    columns = stranger.post(PAGE, {"store": world.stranger.store.pk, "file": file}, follow=True)
    confirm(world, choose(world, columns, "stranger"), "stranger")
    after = cards(stranger, language)
    assert carried(after, language) == sorted(carried(mine, language) + carried(theirs, language))
    assert len(carried(mine, language)) >= 4
    assert {tuple(row[-2:]) for row in carried(after, language)} == {("0", "0"), ("3", "200")}


def test_people_are_exported_with_what_all_their_cards_come_to_and_imported_elsewhere(world: World) -> None:
    bring(world, PEOPLE)
    owe(world)
    with factories.inside(world.shop):
        apart = {"allow_cross_location_redemption": False}
        MerchantLoyaltySettings.objects.update_or_create(merchant=world.shop.merchant, defaults=apart)
        here, there = (Store.objects.get(pk=store.pk) for store in (world.shop.store, world.shop.other_store))
        factories.card(here, email="two@example.com", stamps=4)
        other = factories.card(there, email="two@example.com")
        with transaction.atomic():
            (card,) = ledger.lock(LoyaltyCard.objects.filter(pk=other.pk))
            ledger.post([ledger.Entry(card=card, kind="stamp_voided", stamps_delta=-3)], now=timezone.now())
        assert LoyaltyCard.objects.filter(customer__email="two@example.com").count() == 2
    stranger = world.client("stranger")
    mine, theirs = cards(world.client("owner"), "en", Customer), cards(stranger, "en", Customer)
    (of_two,) = (row for row in carried(mine, "en") if row[0] == "two@example.com")
    assert of_two[-4:] == ["1", "0", "0", "0"]
    file = io.BytesIO(mine.encode())
    file.name = "customers.csv"
    columns = stranger.post(PAGE, {"store": world.stranger.store.pk, "file": file}, follow=True)
    confirm(world, choose(world, columns, "stranger"), "stranger")
    after = carried(cards(stranger, "en", Customer), "en")
    assert after == sorted(carried(mine, "en") + carried(theirs, "en"))
    assert ["0", "0.5", "3", "200"] in [row[-4:] for row in after]
    assert "12.5" in [row[-3] for row in after]


def test_numbers_are_numbers(world: World) -> None:
    header, *rows = exported(world, "owner", LoyaltyTransaction)
    for name in ("Stamps", "Points"):
        assert all(row[header.index(name)].lstrip("-").isdecimal() for row in rows)
