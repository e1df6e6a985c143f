"""Races at night: points that expire while somebody buys something, and two runs at once.

Each race is also run with what holds it taken out, and then fails: that is what the tests beside it prove.
"""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from loyalty import ledger
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.reporting import verification
from loyalty.services import expiry, points
from tests import factories
from tests.announcements import announced
from tests.concurrency.crowd import ROUNDS, Crowd, loses, unlocked
from tests.concurrency.many_cards import many_cards

pytestmark = pytest.mark.concurrency
STAFF = factories.actor("staff")


def cards_that_expire_today(count: int) -> tuple[factories.Shop, list[LoyaltyCard]]:
    """Cards with 100 points each, untouched for as long as points live."""
    with time_machine.travel(timezone.now() - timedelta(days=91)):
        shop = factories.shop(points_per_euro=10, points_expiration_days=90)
        return shop, many_cards(shop, count, points=100)


def everybody_buys_while_points_expire(crowd: Crowd, buyers: int) -> None:
    shop, cards = cards_that_expire_today(buyers)

    def buy_or_expire(number: int) -> object:
        if number >= buyers:
            return expiry.expire(now=timezone.now())
        card_id = cards[number].pk
        return points.earn(store=shop.store, card_id=card_id, actor=STAFF, purchase_amount_cents=100)

    answers = crowd.all_at_once(buy_or_expire)
    assert Counter(answers) == {"done": crowd.size}
    books: dict[int, list[int]] = {card.pk: [] for card in cards}
    for line in LoyaltyTransaction.objects.filter(card__in=cards).order_by("id"):
        books[line.card_id].append(line.points_delta)
    assert all(deltas in ([100, 10], [100, -100, 10]) for deltas in books.values())
    wrong = {difference.card_id for difference in verification.differences()}
    assert not wrong, f"{len(wrong)} cards are not as their books say"


def test_a_purchase_at_the_same_moment_saves_the_points_or_comes_after(crowd: Crowd) -> None:
    """Seen red: `test_without_the_lock_a_purchase_and_the_expiry_spoil_each_other`."""
    for _round in range(ROUNDS):
        everybody_buys_while_points_expire(crowd, buyers=crowd.size - 10)


def test_without_the_lock_a_purchase_and_the_expiry_spoil_each_other(few: Crowd) -> None:
    """The buyers have read their cards, and then wait for the expiry to be over."""
    expire_points = ledger.expire_points

    with unlocked(ledger, "lock_one", few.size), pytest.MonkeyPatch.context() as patch:

        def after_the_buyers_have_read(*arguments: object, **keywords: object) -> list[int]:
            try:
                return expire_points(*arguments, **keywords)
            finally:
                ledger.lock_one(store=factories.store(), card_id=0)

        patch.setattr(ledger, "expire_points", after_the_buyers_have_read)
        with loses("[1-9] cards are not as their books say"):
            everybody_buys_while_points_expire(few, buyers=few.size - 1)


def everybody_runs_the_expiry(crowd: Crowd) -> None:
    _shop, cards = cards_that_expire_today(30)
    with announced() as events:
        answers = crowd.all_at_once(
            lambda number: f"{expiry.expire(now=timezone.now()).points_expired} points"
        )
    expired_points = sum(int(answer.split()[0]) for answer in answers)
    assert expired_points == 3000, f"{expired_points} points expired of 3000"
    expired = LoyaltyTransaction.objects.filter(transaction_type="points_expired")
    assert Counter(line.card_id for line in expired.filter(card__in=cards)) == {card.pk: 1 for card in cards}
    told = [card_id for event in events if "expired" in event.name for card_id in event.card_ids]
    assert sorted(told) == [card.pk for card in cards]
    assert list(verification.differences()) == []


def test_however_many_runs_at_once_no_card_expires_twice(crowd: Crowd) -> None:
    """Seen red: `test_without_the_lock_two_runs_write_to_people_twice`."""
    for _round in range(ROUNDS):
        everybody_runs_the_expiry(crowd)


def test_without_the_lock_two_runs_write_to_people_twice(few: Crowd) -> None:
    with unlocked(expiry, "_due", few.size), loses(r"(?!3000 )\d+ points expired of 3000"):
        everybody_runs_the_expiry(few)
