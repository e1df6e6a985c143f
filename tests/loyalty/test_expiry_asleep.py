"""Points that nobody can spend do not expire; when they can be spent again: fourteen days, and a warning first."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import Sum

from groundwork import deletion
from loyalty import selectors
from loyalty.models import LoyaltyCard
from loyalty.services import cards, expiry, points, programs
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


def told(card: LoyaltyCard) -> Any:
    """The day that all surfaces name."""
    with scope.everything("test"):
        return selectors.points_expire_at(factories.fresh(card))


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


# --- While a night's work is under way --------------------------------------------------------------------


@pytest.fixture
def two_batches(monkeypatch):
    """Four cards that are due and four that are near it, two a batch."""
    monkeypatch.setattr(expiry, "BATCH", 2)
    shop = shop_with(points_expiration_days=100)
    with time_machine.travel(START, tick=False), scope.everything("test"):
        many_cards(shop, 4, points=50)
    with time_machine.travel(START + timedelta(days=5), tick=False), scope.everything("test"):
        many_cards(shop, 4, points=50)
    return shop


def night(shop: factories.Shop, after: int, **fields: Any) -> tuple[int, int]:
    """A night in which the owner changes the program after so many batches."""
    batches: list[int] = []

    def progress(count: int) -> None:
        batches.append(count)
        if len(batches) == after:
            change(shop, GONE, **fields)

    summary = run(GONE, progress=progress)
    return summary.cards_processed, summary.warnings_sent


def test_a_night_that_nobody_interrupts_does_all_of_it(two_batches):
    assert night(two_batches, 9) == (4, 4)


@pytest.mark.parametrize(
    "fields",
    [
        {"points_expiration_days": None},
        {"is_active": False},
        {"loyalty_type": "stamps"},
        {"points_expiration_days": 1000},
    ],
)
def test_what_the_owner_decides_after_a_batch_holds_for_the_next_one(two_batches, fields):
    assert night(two_batches, 1, **fields) == (2, 0)
    with scope.everything("test"):
        assert LoyaltyCard.objects.filter(points_balance=50).count() == 6


@pytest.mark.parametrize("fields", [{"points_expiration_days": None}, {"loyalty_type": "stamps"}])
def test_warnings_too_go_by_what_was_decided_meanwhile(two_batches, fields):
    assert night(two_batches, 3, **fields) == (4, 2)


def test_a_merchant_switched_off_meanwhile_loses_nothing_more(two_batches):
    def switch_off(_count: int) -> None:
        two_batches.merchant.is_active = False
        two_batches.merchant.save()

    summary = run(GONE, progress=switch_off)
    assert (summary.cards_processed, summary.warnings_sent) == (2, 0)


# --- Recorded offline before the moment -------------------------------------------------------------------


@pytest.fixture
def at_noon():
    """A shop with one card whose points expire at twelve: tells what is left of them, and what was earned."""
    shop = shop_with(points_expiration_days=100)
    return shop, card_at(shop)


def sold_offline(shop: factories.Shop, card: LoyaltyCard, *, bought: Any, sent: Any) -> None:
    from_till: dict[str, Any] = {"store": shop.store, "card_id": card.pk, "actor": factories.actor()}
    with time_machine.travel(sent, tick=False), factories.inside(shop):
        points.earn(purchase_amount_cents=700, occurred_at=bought, **from_till)


def test_bought_at_eleven_expired_at_twelve_sent_at_one_nothing_is_lost(at_noon):
    shop, card = at_noon
    assert told(card) == DUE
    assert done(DUE) == (0, 0)
    sold_offline(shop, card, bought=DUE - HOUR, sent=DUE + HOUR)
    assert done(GONE) == (0, 0)
    assert (factories.fresh(card).points_balance, told(card)) == (57, DUE - HOUR + timedelta(days=100))


def test_the_last_moment_that_may_be_sent_saves_them_too(at_noon):
    shop, card = at_noon
    second = timedelta(seconds=1)
    assert done(GONE - second) == (0, 0)
    sold_offline(shop, card, bought=DUE - second, sent=GONE - second)
    assert done(GONE) == (0, 0)
    assert factories.fresh(card).points_balance == 57


def test_where_nothing_comes_in_they_are_taken_twelve_hours_later(at_noon):
    _shop, card = at_noon
    assert done(GONE) == (1, 0)
    assert factories.fresh(card).points_balance == 0


def test_in_those_twelve_hours_nobody_is_warned_of_a_day_that_is_over(at_noon):
    _shop, card = at_noon
    assert done(DUE + HOUR) == (0, 0)
    assert factories.fresh(card).last_expiration_warning_at is None


def test_a_purchase_in_those_twelve_hours_saves_them_as_well(at_noon):
    shop, card = at_noon
    sold_offline(shop, card, bought=DUE + HOUR, sent=DUE + HOUR)
    assert done(GONE) == (0, 0)
    assert factories.fresh(card).points_balance == 57
