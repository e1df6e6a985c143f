"""Races for one purchase: what comes back of it, the reward that it paid for, and its receipt.

Each race is also run with what holds it taken out, and then fails: that is what the tests beside it prove.
"""

from collections import Counter
from typing import Any

import pytest

from loyalty import ledger
from loyalty.models import LoyaltyCard, LoyaltyTransaction, Purchase
from loyalty.reporting import fairness, verification
from loyalty.services import points, purchases, returns, voids
from tests import factories
from tests.concurrency.crowd import (
    ROUNDS,
    Crowd,
    loses,
    unlocked,
    without_unique,
)
from tests.factories import Shop

pytestmark = pytest.mark.concurrency
STAFF, MANAGER = factories.actor("staff"), factories.actor("manager")
RECEIPTS = ("loyalty_purchase", "merchant_id, reference_key")


def verified() -> bool:
    return list(verification.differences()) == [] and list(fairness.violations()) == []


def bought(shop: Shop, card: LoyaltyCard, cents: int, receipt: str = "") -> Purchase:
    about = {"store": shop.store, "card_id": card.pk, "actor": STAFF, "stamps": 0}
    made = purchases.record(purchase_amount_cents=cents, order_reference=receipt, **about).purchase
    assert made is not None
    return made


def give_back(shop: Shop, purchase: Purchase, cents: int | None = None) -> returns.Returned:
    about = {"store": shop.store, "purchase_id": purchase.pk, "actor": STAFF, "reason": "did not fit"}
    return returns.give_back(amount_cents=cents, **about)


# --- Two returns of one purchase --------------------------------------------------------------------------


def everybody_brings_ten_of_fifty_back(crowd: Crowd) -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    purchase = bought(shop, card, 5000, "R-1")
    answers = crowd.all_at_once(lambda number: give_back(shop, purchase, 1000))
    assert answers.count("done") == 5, f"{answers.count('done')} returns of what was bought five times"
    assert answers.count("return_exceeds_purchase") == crowd.size - 5
    after = factories.fresh(purchase)
    assert (after.returned_cents, after.is_open, after.returns.count()) == (5000, False, 5)
    row = factories.fresh(card)
    assert (row.points_balance, row.points_owed, row.total_points_voided) == (0, 0, 500)
    assert verified()


def test_of_a_hundred_returns_at_once_no_more_comes_back_than_was_bought(crowd: Crowd) -> None:
    """Seen red: `test_without_the_lock_more_comes_back_than_was_bought`."""
    for _round in range(ROUNDS):
        everybody_brings_ten_of_fifty_back(crowd)


def test_without_the_lock_more_comes_back_than_was_bought(few: Crowd) -> None:
    with unlocked(returns, "locked", few.size), loses("([6-9]|10) returns of what was bought five times"):
        everybody_brings_ten_of_fifty_back(few)


# --- A return against the reward --------------------------------------------------------------------------


def half_bring_it_back_and_half_take_the_reward(crowd: Crowd) -> None:
    shop = factories.shop(points_per_euro=10, rewards=[("Croissant", 500)])
    card = factories.card(shop.store)
    purchase, reward_id = bought(shop, card, 5000), shop.program.rewards.get().pk

    def act(number: int) -> Any:
        if number % 2:
            return give_back(shop, purchase)
        return points.redeem(store=shop.store, card_id=card.pk, actor=STAFF, reward_id=reward_id)

    answers = Counter(crowd.all_at_once(act))
    kinds = LoyaltyTransaction.objects.filter(card=card, transaction_type="points_redeemed")
    rewards, row = kinds.count(), factories.fresh(card)
    net = row.points_balance - row.points_owed
    assert net == -500 * rewards, f"a return and {rewards} rewards leave {net} points"
    assert answers["done"] == 1 + rewards
    assert rewards <= 1
    assert answers.keys() <= {"done", "return_exceeds_purchase", "not_enough_points"}
    assert verified()


def test_a_return_against_the_reward_leaves_what_is_owed(crowd: Crowd) -> None:
    """Seen red: `test_without_the_lock_a_return_and_a_reward_forget_each_other`."""
    for _round in range(ROUNDS):
        half_bring_it_back_and_half_take_the_reward(crowd)


def test_without_the_lock_a_return_and_a_reward_forget_each_other(few: Crowd) -> None:
    with unlocked(ledger, "lock_one", few.size), loses("a return and [1-5] rewards leave"):
        half_bring_it_back_and_half_take_the_reward(few)


# --- One receipt at two stores ----------------------------------------------------------------------------


def everybody_records_one_receipt(crowd: Crowd) -> None:
    shop = factories.shop(points_per_euro=10)
    stores, spelled = [shop.store, shop.other_store], ["R-1", "r - 1", "R\u20111"]
    anna, bert = (factories.card(shop.store) for _person in range(2))
    answers = crowd.all_at_once(
        lambda number: purchases.record(
            store=stores[number % 2],
            card_id=(anna, bert)[number % 2].pk,
            actor=STAFF,
            purchase_amount_cents=5000,
            order_reference=spelled[number % 3],
        )
    )
    assert answers.count("done") == 1, f"{answers.count('done')} purchases of one receipt"
    assert answers.count("order_reference_used") == crowd.size - 1
    assert sum(factories.fresh(card).points_balance for card in (anna, bert)) == 500
    assert sum(factories.fresh(card).stamp_count for card in (anna, bert)) == 1
    assert Purchase.objects.filter(merchant=shop.merchant).count() == 1
    assert verified()


def test_a_hundred_purchases_of_one_receipt_at_two_stores_are_one(crowd: Crowd) -> None:
    """Seen red: `test_without_the_unique_receipt_it_earns_again_and_again`."""
    for _round in range(ROUNDS):
        everybody_records_one_receipt(crowd)


def test_without_the_unique_receipt_it_earns_again_and_again(few: Crowd) -> None:
    with without_unique(*RECEIPTS), loses("([2-9]|10) purchases of one receipt"):
        everybody_records_one_receipt(few)


# --- A return is undone while its receipt is used again ---------------------------------------------------


def half_undo_the_return_and_half_use_the_receipt(crowd: Crowd) -> None:
    shop = factories.shop(points_per_euro=10)
    card, other = factories.card(shop.store), factories.card(shop.store)
    line = give_back(shop, bought(shop, card, 5000, "R-1")).transactions[0]

    def act(number: int) -> Any:
        if number % 2:
            return bought(shop, other, 5000, "r1")
        return voids.void(store=shop.store, transaction_id=line.pk, actor=MANAGER, reason="a mistake")

    answers = Counter(crowd.all_at_once(act))
    still_open = Purchase.objects.filter(merchant=shop.merchant, is_open=True).count()
    assert still_open == 1, f"{still_open} purchases live on one receipt"
    assert answers["done"] == 1
    assert answers.keys() <= {"done", "order_reference_used", "already_voided"}
    assert sum(factories.fresh(each).points_balance for each in (card, other)) == 500
    assert verified()


def test_a_return_is_undone_or_its_receipt_used_again_but_never_both(crowd: Crowd) -> None:
    """Seen red: `test_without_the_unique_receipt_it_lives_twice`."""
    for _round in range(ROUNDS):
        half_undo_the_return_and_half_use_the_receipt(crowd)


def test_without_the_unique_receipt_it_lives_twice(few: Crowd) -> None:
    with without_unique(*RECEIPTS), loses("([2-9]|10) purchases live on one receipt"):
        half_undo_the_return_and_half_use_the_receipt(few)
