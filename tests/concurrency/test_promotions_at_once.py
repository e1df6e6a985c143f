"""Races for the last points of a promotion's budget.

Each race is also run with what holds it taken out, and then fails: that is what the test beside it proves.
"""

from collections import Counter

import pytest

from loyalty import promotion_facts
from loyalty.models import LoyaltyTransaction, PromotionUse, Purchase
from loyalty.reporting import checks, fair_promotions, fairness, verification
from loyalty.services import purchases, returns
from tests import factories
from tests.concurrency.crowd import ROUNDS, Crowd, loses, unlocked
from tests.concurrency.many_cards import many_cards
from tests.concurrency.one_by_one import one_after_the_other

pytestmark = pytest.mark.concurrency
STAFF = factories.actor("staff")


def everybody_wants_three_of_the_last_ten_points(crowd: Crowd) -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    limited = factories.promotion(shop.program, "Ten", effect="points", amount=3, budget=10)
    cards = many_cards(shop, crowd.size)

    answers = crowd.all_at_once(
        lambda number: purchases.record(
            store=shop.store, card_id=cards[number].pk, actor=STAFF, purchase_amount_cents=100
        )
    )

    refused = crowd.size - answers.count("done")
    assert refused == 0, f"{refused} purchases are refused, since others had their points"
    given = [use.points // 10_000 for use in PromotionUse.objects.filter(promotion=limited)]
    assert (Counter(given), factories.fresh(limited).spent) == ({3: 3, 1: 1}, 10_0000)
    have = Counter(factories.fresh(card).points_balance for card in cards)
    assert have == {4: 3, 2: 1, 1: crowd.size - 4}
    assert list(verification.differences()) == []
    assert list(fairness.violations()) == []


def test_of_a_hundred_purchases_at_once_no_more_is_given_than_is_left(crowd: Crowd) -> None:
    """Seen red: `test_without_the_lock_purchases_are_refused`."""
    for _round in range(ROUNDS):
        everybody_wants_three_of_the_last_ten_points(crowd)


def test_without_the_lock_purchases_are_refused(few: Crowd) -> None:
    with unlocked(promotion_facts, "known_of", few.size), loses("[1-9] purchases are refused"):
        everybody_wants_three_of_the_last_ten_points(few)


def test_the_second_purchase_gets_what_the_first_left(few: Crowd) -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    factories.promotion(shop.program, "Ten", effect="points", amount=7, budget=10)
    cards = many_cards(shop, 2)

    def buy(number: int) -> None:
        purchases.record(store=shop.store, card_id=cards[number].pk, actor=STAFF, purchase_amount_cents=100)

    assert one_after_the_other(few, lambda: buy(0), lambda: buy(1)) == "done"
    assert [factories.fresh(card).points_balance for card in cards] == [8, 4]


@pytest.mark.parametrize("at_once", [1, 2_000])
def test_what_is_brought_back_while_the_night_looks_breaks_no_promise(
    few: Crowd, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """The night has read the purchases, and reads their lines next; a customer comes in between, each time."""
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    factories.promotion(shop.program, "Twice")
    for card in many_cards(shop, 2):
        purchases.record(store=shop.store, card_id=card.pk, actor=STAFF, purchase_amount_cents=1000)
    looked: list[int] = []

    def give_back(pk: int) -> None:
        about = {"store": shop.store, "purchase_id": pk, "actor": STAFF, "reason": "did not fit"}
        returns.give_back(amount_cents=400, **about)

    def brought_back_in_between(rows: list[Purchase]) -> dict[int, list[LoyaltyTransaction]]:
        looked.append(len(rows))
        ids = [purchase.pk for purchase in rows]
        assert few.all_at_once(lambda number: give_back(ids[number]), len(ids)) == ["done"] * len(ids)
        return lines_of(rows)

    lines_of = fair_promotions._lines_of
    monkeypatch.setattr(fair_promotions, "_lines_of", brought_back_in_between)
    monkeypatch.setattr(checks, "AT_ONCE", at_once)
    assert list(fairness.violations()) == []
    assert looked == {1: [1, 1], 2_000: [2]}[at_once]
    assert list(Purchase.objects.values_list("returned_cents", flat=True)) == [400, 400]
