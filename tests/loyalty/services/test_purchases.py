"""Purchases: one receipt in one call, under the terms of its moment; it counts once."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from loyalty.errors import (
    OrderReferenceUsed,
    StampCooldown,
)
from loyalty.models import Purchase
from loyalty.services import programs, purchases
from tenancy.services import change_currency
from tests import factories
from tests.loyalty.services.receipts import NOON, OWNER, STAFF, bring_back, buy, figures
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def test_one_receipt_gives_points_and_a_stamp_in_one_go() -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    bought = buy(shop, card, 450, "R-1")
    assert [line.transaction_type for line in bought.transactions] == ["points_earned", "stamp_earned"]
    assert (bought.points.given, bought.stamp.given) == (45, 1)
    assert figures(card) == (1, 0, 45, 0, 0)


def test_a_stamp_that_is_refused_refuses_no_points() -> None:
    shop = factories.shop(points_per_euro=10, cooldown_minutes=15)
    card = factories.card(shop.store)
    buy(shop, card, 450)
    again = buy(shop, card, 450)
    assert (again.points.given, again.stamp.given, again.stamp.code) == (45, 0, StampCooldown.code)
    assert again.stamp.retry_after == pytest.approx(900, abs=5)
    assert figures(card) == (1, 0, 90, 0, 0)


def test_below_the_minimum_a_purchase_is_recorded_and_earns_no_points() -> None:
    shop = factories.shop(points_per_euro=10, minimum_purchase_cents=500)
    card = factories.card(shop.store)
    bought = buy(shop, card, 499, "R-1")
    assert (bought.points.given, bought.points.code) == (0, "purchase_below_minimum")
    assert bought.purchase
    assert bought.purchase.amount_cents == 499
    assert figures(card) == (1, 0, 0, 0, 0)
    with refused(OrderReferenceUsed):
        buy(shop, card, 900, "R-1")


def test_a_quote_says_what_would_happen_and_writes_nothing() -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    said = purchases.quote(store=shop.store, card_id=card.pk, actor=STAFF, purchase_amount_cents=450)
    assert (said.points.given, said.stamp.given, said.card.points_balance) == (45, 1, 45)
    assert figures(card) == (0, 0, 0, 0, 0)
    assert not Purchase.objects.exists()


@pytest.mark.parametrize("spelled", ["r-1", "R - 1", "R\u20111", " R1 ", "\uff32\u22121", "R\u200b\u00ad-1"])
def test_a_receipt_is_the_same_however_it_is_spelled(spelled: str) -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    kept = buy(shop, card, 900, "R-1").purchase
    with refused(OrderReferenceUsed):
        buy(shop, card, 900, spelled)
    assert kept
    assert kept.order_reference == "R-1"


def test_cents_that_make_no_whole_point_are_kept_until_they_do() -> None:
    shop = factories.shop(points_per_euro=1)
    card = factories.card(shop.store)
    bought = [buy(shop, card, 250, stamps=0) for _visit in range(3)]
    assert [one.points.given for one in bought] == [2, 3, 2]
    assert figures(card) == (0, 0, 7, 0, 5000)
    bring_back(shop, bought[1])
    assert figures(card) == (0, 0, 5, 0, 0)


def test_a_program_may_let_them_go() -> None:
    shop = factories.shop(points_per_euro=1, carry_remainders=False)
    card = factories.card(shop.store)
    for _visit in range(3):
        buy(shop, card, 250, stamps=0)
    assert figures(card) == (0, 0, 6, 0, 0)


def test_what_was_bought_offline_before_a_change_earns_by_the_old_terms() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        shop = factories.shop(points_per_euro=10)
        card = factories.card(shop.store)
        clock.shift(timedelta(hours=1))
        programs.change(program_id=shop.program.pk, actor=OWNER, points_per_euro=Decimal(1), confirm=True)
        clock.shift(timedelta(hours=1))
        bought = buy(shop, card, 1000, occurred_at=NOON + timedelta(minutes=30))
        assert (bought.points.given, buy(shop, card, 1000).points.given) == (100, 10)


def test_a_purchase_goes_by_the_currency_that_it_holds() -> None:
    shop = factories.shop(points_per_euro=1)
    card = factories.card(shop.store)
    assert shop.store.merchant.currency == "EUR"  # as it was when the till began to ask
    change_currency(merchant=shop.merchant, actor=factories.actor("operator"), currency="JPY")
    assert buy(shop, card, 1200).points.given == 1200
