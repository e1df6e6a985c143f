"""What happens while points expire: a program that is changed, and what comes in from offline."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from loyalty.models import LoyaltyCard
from loyalty.services import expiry, points
from tenancy import scope
from tests import factories
from tests.concurrency.many_cards import many_cards
from tests.loyalty.expiring import (
    DUE,
    GONE,
    START,
    card_at,
    change,
    done,
    run,
    shop_with,
    told,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


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
