"""What is shown of promotions before anybody pays: now, or later today, and to whom."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from loyalty import showing
from loyalty.models import LoyaltyCard, LoyaltyProgram, Promotion
from loyalty.outputs.card import card as at_till
from loyalty.services import cards, promotions, purchases
from tests import factories
from tests.loyalty.being_told import MORNING, everything, happy_hour, said

__all__ = ["everything"]
pytestmark = pytest.mark.django_db


def test_a_card_says_what_counts_today_until_when() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    assert said(shop, card) == []

    happy_hour(shop)

    assert said(shop, card) == ["Today until 11:00: points count double"]
    with time_machine.travel(MORNING + timedelta(days=1), tick=False):
        assert showing.of_card(factories.fresh(card), now=MORNING + timedelta(days=1)) == []


def test_what_comes_later_today_is_said_after_what_is_on() -> None:
    shop = factories.shop()
    happy_hour(shop, 14, 17)
    happy_hour(shop)

    assert said(shop, factories.card(shop.store)) == [
        "Today until 11:00: points count double",
        "Today from 14:00 to 17:00: points count double",
    ]


def test_a_place_is_said_where_there_are_several() -> None:
    shop = factories.shop()
    happy_hour(shop, store_ids=[shop.store.pk])

    (text,) = said(shop, factories.card(shop.store))

    assert text == f"Today until 11:00: points count double at {shop.store.name}"
    program = LoyaltyProgram.objects.get(pk=shop.program.pk)
    assert showing.at_store(program, shop.other_store, now=MORNING) == []


def test_what_is_used_up_or_stopped_is_said_no_more() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    small, big = happy_hour(shop, budget=10), happy_hour(shop)
    assert len(said(shop, card)) == 2

    purchases.record(
        store=shop.store, card_id=card.pk, actor=factories.actor("staff"), purchase_amount_cents=100
    )
    Promotion.objects.filter(pk=small.pk).update(spent=10_0000)
    assert len(said(shop, card)) == 1
    promotions.stop(promotion_id=big.pk, actor=factories.actor("owner"))

    assert said(shop, card) == []


def test_a_till_is_told_no_more_of_what_its_own_purchase_used_up() -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    happy_hour(shop, budget=10)
    about = {"store": shop.store, "card_id": card.pk, "actor": factories.actor("staff")}

    told = [
        at_till(done.card, shop.store, known=done.known)["promotions"]
        for done in (
            purchases.record(purchase_amount_cents=50, **about),
            purchases.quote(purchase_amount_cents=50, **about),
            purchases.record(purchase_amount_cents=50, **about),
        )
    ]

    assert [len(sentences) for sentences in told] == [1, 0, 0]
    assert said(shop, card) == []


def test_a_shop_without_promotions_is_asked_nothing(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    shop = factories.shop()
    card = LoyaltyCard.objects.select_related("program", "customer", "merchant").get(
        pk=factories.card(shop.store).pk
    )
    with django_assert_num_queries(0):
        assert showing.at_store(card.program, shop.store, now=MORNING) == []
        assert showing.of_card(card, now=MORNING) == []


def test_till_and_pages_say_it_in_the_language_of_the_reader(client: Client) -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    happy_hour(shop)
    row = LoyaltyCard.objects.select_related("program__merchant", "customer", "merchant").get(pk=card.pk)

    with translation.override("de"):
        assert at_till(row, shop.store)["promotions"] == ["Heute bis 11:00: doppelte Punkte"]
    join = client.get(reverse("join", args=[shop.store.store_code]), headers={"Accept-Language": "fr"})
    assert "Aujourd’hui jusqu’à 11:00\N{NO-BREAK SPACE}: les points comptent double." in join.content.decode()
    page = client.get(reverse("card", args=[card.access_token]), headers={"Accept-Language": "en"})
    assert "Today until 11:00: points count double." in page.content.decode()


def test_it_is_looked_at_again_when_something_begins_or_ends() -> None:
    shop = factories.shop()
    zone = shop.merchant.tzinfo
    happy_hour(shop)
    happy_hour(shop, 14, 17)
    program = LoyaltyProgram.objects.get(pk=shop.program.pk)

    def again(now: datetime) -> datetime:
        return showing.changes_at(showing.at_store(program, shop.store, now=now), now=now, zone=zone)

    at = [MORNING]
    for _ in range(4):
        at.append(again(at[-1]))

    assert [moment.astimezone(zone).strftime("%a %H:%M") for moment in at] == [
        "Tue 09:30",
        "Tue 11:00",
        "Tue 14:00",
        "Tue 17:00",
        "Wed 00:00",
    ]


def test_nobody_is_promised_what_their_card_or_program_cannot_give() -> None:
    """A card that is switched off buys nothing with it, and in a program of stamps nothing doubles points."""
    shop = factories.shop(loyalty_type="hybrid")
    open_, closed = factories.card(shop.store), factories.card(shop.store)
    happy_hour(shop)
    happy_hour(shop, effect="stamps", amount=1)
    cards.deactivate(store=shop.store, card_id=closed.pk, actor=factories.actor("manager"))
    assert [len(said(shop, card)) for card in (open_, closed)] == [2, 0]

    shop.program.loyalty_type = "stamps"
    shop.program.save()
    assert said(shop, open_) == ["Today until 11:00: there is 1 stamp on top"]
    program = LoyaltyProgram.objects.get(pk=shop.program.pk)
    assert len(showing.at_store(program, shop.store, now=MORNING)) == 1
    shop.program.is_active = False
    shop.program.save()

    assert said(shop, open_) == []
