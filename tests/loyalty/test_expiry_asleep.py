"""Points that nobody can spend do not expire; when they can be spent again: fourteen days, and a warning first."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import Sum

from groundwork import deletion
from loyalty.models import LoyaltyCard
from loyalty.services import cards, programs
from tenancy import scope, services
from tests import factories
from tests.concurrency.many_cards import many_cards
from tests.loyalty.expiring import (
    DUE,
    GONE,
    HELD,
    MANAGER,
    OWNER,
    START,
    at,
    card_at,
    change,
    done,
    emails,
    run,
    shop_with,
    told,
)

pytestmark = pytest.mark.django_db

GRACE = timedelta(days=14)
HOUR = timedelta(hours=1)
LATER = START + timedelta(days=400)


def switch_merchant(shop: factories.Shop, moment: Any, *, on: bool) -> None:
    shop.merchant.is_active = on
    at(moment, services.change_merchant, merchant=shop.merchant, actor=factories.actor("operator"))


def fall_asleep(shop: factories.Shop, card: LoyaltyCard, what: str, moment: Any) -> None:
    """Nobody can spend the points of a card from a moment on."""
    match what:
        case "stamps":
            change(shop, moment, loyalty_type="stamps")
        case "program":
            at(moment, programs.deactivate, program_id=shop.program.pk, actor=OWNER)
        case "card":
            at(moment, cards.deactivate, store=shop.store, card_id=card.pk, actor=MANAGER)
        case "merchant":
            switch_merchant(shop, moment, on=False)
        case "deleted":
            at(moment, lambda: deletion.soft_delete(factories.fresh(shop.program), by=None))


def wake(shop: factories.Shop, card: LoyaltyCard, what: str, moment: Any) -> None:
    """They can be spent again."""
    match what:
        case "stamps":
            change(shop, moment, loyalty_type="hybrid")
        case "program":
            at(moment, programs.activate, program_id=shop.program.pk, actor=OWNER)
        case "card":
            at(moment, cards.reactivate, store=shop.store, card_id=card.pk, actor=MANAGER)
        case "merchant":
            switch_merchant(shop, moment, on=True)
        case "deleted":
            at(moment, lambda: deletion.restore(factories.fresh(shop.program)))


SLEEPING = ["stamps", "program", "card", "merchant", "deleted"]


# --- As it was seen ---------------------------------------------------------------------------------------


def test_a_shop_that_goes_over_to_stamps_keeps_its_customers_points():
    """22 cards with 13,155 points were emptied in one night, with no question, no grace and no warning."""
    shop = shop_with(points_expiration_days=100)
    with time_machine.travel(START, tick=False), scope.everything("test"):
        many_cards(shop, 21, points=600)
        many_cards(shop, 1, points=555)
    change(shop, START, loyalty_type="stamps")
    summary = run(LATER)
    assert (summary.programs_processed, summary.cards_processed, summary.warnings_sent) == (0, 0, 0)
    with scope.everything("test"):
        assert LoyaltyCard.objects.aggregate(points=Sum("points_balance")) == {"points": 13_155}
    change(shop, LATER, loyalty_type="points")
    assert done(LATER + HOUR) == (0, 22)
    summary = run(LATER + GRACE + HELD)
    assert (summary.cards_processed, summary.points_expired) == (22, 13_155)


def test_a_card_switched_on_again_in_a_shop_of_stamps_keeps_its_points():
    shop = shop_with(points_expiration_days=100)
    card = card_at(shop)
    change(shop, START, loyalty_type="stamps")
    at(START, cards.deactivate, store=shop.store, card_id=card.pk, actor=MANAGER)
    at(LATER, cards.reactivate, store=shop.store, card_id=card.pk, actor=MANAGER)
    assert (told(card), done(LATER + HOUR)) == (None, (0, 0))
    much_later = LATER + timedelta(days=200)
    change(shop, much_later, loyalty_type="hybrid")
    assert done(much_later + HOUR) == (0, 1)
    assert done(much_later + GRACE + HELD - timedelta(seconds=1)) == (0, 0)
    assert done(much_later + GRACE + HELD) == (1, 0)


# --- Whatever it is that keeps them from being spent ------------------------------------------------------


@pytest.mark.parametrize("what", SLEEPING)
def test_asleep_nothing_expires_and_nobody_is_warned(what):
    shop = shop_with(points_expiration_days=100)
    card = card_at(shop)
    fall_asleep(shop, card, what, START)
    assert [done(moment) for moment in (DUE - GRACE, DUE, GONE, LATER)] == [(0, 0)] * 4
    assert factories.fresh(card).points_balance == 50
    assert emails(LATER) == []


@pytest.mark.parametrize("what", ["stamps", "program", "card", "merchant"])
def test_asleep_no_surface_names_a_day(what):
    shop = shop_with(points_expiration_days=100)
    card = card_at(shop)
    assert told(card) == DUE
    fall_asleep(shop, card, what, START)
    assert told(card) is None
    wake(shop, card, what, LATER)
    assert told(card) == LATER + GRACE


@pytest.mark.parametrize("what", SLEEPING)
def test_awake_again_there_are_fourteen_days_and_a_warning_first(what):
    shop = shop_with(points_expiration_days=100)
    card = card_at(shop)
    fall_asleep(shop, card, what, START)
    wake(shop, card, what, LATER)
    assert done(LATER + HOUR) == (0, 1)
    assert done(LATER + GRACE + HELD - timedelta(seconds=1)) == (0, 0)
    assert done(LATER + GRACE + HELD) == (1, 0)


@pytest.mark.parametrize("what", SLEEPING)
def test_a_warning_from_before_the_sleep_named_another_day(what):
    shop = shop_with(points_expiration_days=100)
    card = card_at(shop)
    assert done(DUE - GRACE) == (0, 1)
    fall_asleep(shop, card, what, DUE - HOUR)
    wake(shop, card, what, LATER)
    assert done(LATER + HOUR) == (0, 1)


def test_a_warning_that_was_not_sent_before_the_points_fell_asleep_is_not_sent():
    shop = shop_with(points_expiration_days=100)
    card_at(shop)
    assert done(DUE - GRACE) == (0, 1)
    change(shop, DUE - GRACE + HOUR, loyalty_type="stamps")
    assert emails(DUE - GRACE + 2 * HOUR) == [("loyalty_points_expiring", "")]  # noted, and nothing said


def test_who_sleeps_for_two_reasons_wakes_with_the_last_of_them():
    shop = shop_with(points_expiration_days=100)
    card = card_at(shop)
    fall_asleep(shop, card, "stamps", START)
    fall_asleep(shop, card, "merchant", START)
    wake(shop, card, "merchant", LATER)
    assert (told(card), done(LATER + timedelta(days=30))) == (None, (0, 0))
    last = LATER + timedelta(days=60)
    wake(shop, card, "stamps", last)
    assert told(card) == last + GRACE


def test_a_period_set_while_the_program_has_stamps_alone_begins_with_its_points():
    shop = shop_with()
    card = card_at(shop)
    change(shop, START, loyalty_type="stamps")
    change(shop, START + HOUR, points_expiration_days=30)
    assert (factories.fresh(shop.program).expiry_not_before, done(LATER)) == (None, (0, 0))
    change(shop, LATER, loyalty_type="points")
    assert told(card) == LATER + GRACE


def test_a_merchant_that_was_never_off_has_no_grace():
    shop = shop_with(points_expiration_days=100)
    card = card_at(shop)
    switch_merchant(shop, LATER, on=True)
    assert (told(card), factories.fresh(shop.program).expiry_not_before) == (DUE, None)
    assert done(LATER) == (1, 0)


def test_whoever_was_promised_a_week_after_the_warning_keeps_it():
    """The owner stops insisting on warnings while one is out."""
    shop = shop_with(points_expiration_days=100, expiry_requires_warning=True)
    card = card_at(shop)
    assert done(LATER) == (0, 1)
    assert told(card) == LATER + timedelta(days=7)
    change(shop, LATER + HOUR, expiry_requires_warning=False)
    assert done(LATER + HOUR) == (0, 1)
    assert told(card) == LATER + HOUR + GRACE
