"""The enrolment form sent once more: by a second tap, as its first answer was lost, or after going back."""

import re

import pytest
from django.test import Client

from loyalty.models import LoyaltyCard, LoyaltyTransaction
from tests import factories
from tests.loyalty.pages.reading import words

pytestmark = pytest.mark.django_db


def opened(client: Client, shop: factories.Shop) -> dict[str, str]:
    """What the form of a page that was opened just now sends along, with nothing typed."""
    page = client.get(f"/join/{shop.store.store_code}/").content.decode()
    return {"once": re.search(r'name="once" value="([0-9a-f-]{36})"', page)[1]}


def cards(shop: factories.Shop) -> int:
    with factories.inside(shop):
        return LoyaltyCard.objects.count()


def test_a_form_without_a_name_that_is_sent_twice_makes_one_card_with_one_bonus(client):
    shop = factories.shop(welcome_bonus_points=50)
    form = opened(client, shop)
    first, second = (client.post(f"/join/{shop.store.store_code}/", form) for _time in range(2))

    with factories.inside(shop):
        card = LoyaltyCard.objects.get()
        assert LoyaltyTransaction.objects.filter(transaction_type="welcome_bonus").count() == 1
    assert first["Location"] == second["Location"]
    assert card.access_token in client.get(second["Location"]).content.decode()


def test_whoever_opens_the_form_next_gets_a_card_of_their_own(client, shop):
    for _person in range(2):
        client.post(f"/join/{shop.store.store_code}/", opened(client, shop))
    assert cards(shop) == 2


def test_what_was_mended_before_it_was_sent_again_is_another_form(client, shop):
    form = opened(client, shop)
    for address in ("anouk@example.con", "anouk@example.com"):
        client.post(f"/join/{shop.store.store_code}/", form | {"email": address})
    assert cards(shop) == 2


def test_who_goes_back_and_sends_the_form_again_still_sees_the_card_just_made(client, shop):
    typed = {"name": "Anouk", "phone": "621 123 456"}
    client.post(f"/join/{shop.store.store_code}/", typed)
    again = client.get(client.post(f"/join/{shop.store.store_code}/", typed)["Location"])
    with factories.inside(shop):
        card = LoyaltyCard.objects.get()
    assert ("Your card is ready" in words(again), card.access_token in again.content.decode()) == (True, True)

    # The card of somebody else is none the more shown to whoever has one.
    client.post(f"/join/{shop.store.store_code}/", {"name": "Eve", "email": "eve@example.com"})
    theirs = client.get(client.post(f"/join/{shop.store.store_code}/", typed)["Location"])
    assert ("You already have a card" in words(theirs), card.access_token in theirs.content.decode()) == (
        True,
        False,
    )
