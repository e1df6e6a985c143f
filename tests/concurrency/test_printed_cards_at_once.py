"""A race for one printed card: everybody scans it for the first time.

It is also run with what holds it taken out, and then fails.
"""

from collections import Counter

import pytest

from customers import services as customers
from customers.models import Customer
from loyalty.models import LoyaltyCard, PrintedCard
from loyalty.services import printed
from tests import factories
from tests.concurrency.crowd import (
    ROUNDS,
    Crowd,
    all_have_read_before_anyone_writes,
    loses,
    without_row_locks,
)

pytestmark = pytest.mark.concurrency


def everybody_scans_one_printed_card(crowd: Crowd) -> None:
    shop = factories.shop(welcome_bonus_points=50)
    batch = printed.make(
        store=shop.store, actor=factories.actor("manager"), name="Spring", count=1, design="color"
    )
    number = batch.cards.get().card_number
    people = Customer.objects.count()

    answers = crowd.all_at_once(
        lambda _till: printed.first_scan(store=shop.store, actor=factories.actor("staff"), text=number)
    )

    assert answers.count("done") == crowd.size, f"{crowd.size - answers.count('done')} of the scans failed"
    card = LoyaltyCard.objects.get(card_number=number)
    assert PrintedCard.objects.get(batch=batch).card == card
    assert (card.points_balance, Customer.objects.count() - people) == (50, 1)
    kinds = Counter(card.transactions.values_list("transaction_type", flat=True))
    assert kinds == {"card_created": 1, "welcome_bonus": 1}


def test_a_hundred_first_scans_of_one_printed_card_make_one_card(crowd: Crowd) -> None:
    """Seen red: `test_without_the_lock_all_first_scans_but_one_fail`."""
    for _round in range(ROUNDS):
        everybody_scans_one_printed_card(crowd)


def test_without_the_lock_all_first_scans_but_one_fail(few: Crowd) -> None:
    meeting = all_have_read_before_anyone_writes(customers, "make_nameless", few.size)
    with without_row_locks(), meeting, loses("[1-9] of the scans failed"):
        everybody_scans_one_printed_card(few)
