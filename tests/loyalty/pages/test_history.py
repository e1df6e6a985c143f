"""The whole history of a card, in a customer's words."""

import pytest
import time_machine

from loyalty.models import PointsReward
from loyalty.services import points
from tests import factories
from tests.loyalty.pages.reading import visit, words

pytestmark = pytest.mark.django_db


def test_purchases_and_rewards_are_told_with_amounts_and_stores(open_card, shop):
    with time_machine.travel("2026-11-17T07:12:00Z", tick=False):
        card = factories.card(shop.store, cents=6000)
    with time_machine.travel("2026-11-20T08:41:00Z", tick=False), factories.inside(shop):
        croissant = shop.program.rewards.get(name="Croissant")
        points.redeem(
            store=shop.other_store, card_id=card.pk, actor=factories.actor(), reward_id=croissant.pk
        )

        text = words(open_card(card, "card-history"))

    assert f"Redeemed: Croissant −500 points Today, 09:41 · {shop.other_store.name}" in text
    assert f"Purchase of €60.00 +600 points Tue 17 Nov, 08:12 · {shop.store.name}" in text
    assert text.index("Croissant") < text.index("Purchase") < text.index("Card made")


def rename(shop, name, **names):
    with factories.inside(shop):
        PointsReward.objects.filter(name_en=name).update(**names)


def test_a_reward_is_named_as_then_and_in_the_readers_language(open_card, shop):
    rename(shop, "Croissant", name_de="Hörnchen")
    card = factories.card(shop.store, cents=6000)
    with factories.inside(shop):
        croissant = shop.program.rewards.get(name_en="Croissant")
        points.redeem(store=shop.store, card_id=card.pk, actor=factories.actor(), reward_id=croissant.pk)
    assert "Redeemed: Croissant" in words(open_card(card, "card-history", "?lang=en"))
    assert ": Hörnchen" in words(open_card(card, "card-history", "?lang=de"))

    rename(shop, "Croissant", name_en="Bagel", name_de="Bagel")
    assert ": Croissant" in words(open_card(card, "card-history", "?lang=de"))


def test_a_long_history_comes_in_pages_newest_first(open_card, shop):
    card = factories.card(shop.store)
    visit(card, shop, times=30)

    first, second = open_card(card, "card-history"), open_card(card, "card-history", "?page=2")

    assert first.content.decode().count("+1 stamp") == 25
    assert second.content.decode().count("+1 stamp") == 5
    assert "Card made" in words(second)
    assert "Page 2 of 2" in words(second)
    assert "no-store" in first["Cache-Control"]


@pytest.mark.parametrize("page", ["0", "99", "x", "-1", "%00"])
def test_a_page_that_does_not_exist_is_no_error(open_card, card, page):
    assert open_card(card, "card-history", f"?page={page}").status_code == 200
