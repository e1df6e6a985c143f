"""What a shopkeeper tells of friends who bring friends, worked out to the last point."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from groundwork.messaging import outbox
from loyalty import friends as reading
from loyalty.models import (
    FriendGift,
    LoyaltyTransaction,
    TransactionType,
)
from loyalty.reporting.promotions import given_by
from loyalty.services import (
    friend_gifts,
    promotions,
    purchases,
    voids,
)
from notifications.models import EmailLog
from notifications.selectors import is_said_by_a_newer
from tests import factories
from tests.factories import Shop
from tests.loyalty.bringing_friends import (
    MANAGER,
    NOON,
    OWNER,
    STAFF,
    bring_a_friend,
    bring_back,
    buy,
    everything,
    has,
    newcomer,
    shop,
    undo,
)

__all__ = ["everything", "shop"]
pytestmark = pytest.mark.django_db


def test_both_get_what_the_promotion_says_after_the_first_purchase_of_ten_euros(shop: Shop) -> None:
    """Anouk brings Ben. His coffee for 3 is too little; with the beans for 12 he gets 50, and she 30."""
    promotion = bring_a_friend(shop)
    anouk = factories.card(shop.store)
    ben = newcomer(shop, anouk)
    assert has(anouk, ben) == [0, 0]

    buy(shop, ben, 300)
    assert (has(anouk, ben), reading.came(anouk)) == ([0, 3], 0)
    done = buy(shop, ben, 1200)

    assert done.points.given == 12 + 50
    assert has(anouk, ben) == [30, 65]
    assert reading.came(anouk) == 1
    bonus = LoyaltyTransaction.objects.get(transaction_type=TransactionType.FRIEND_BONUS)
    assert (bonus.card, bonus.points_delta, bonus.purchase) == (anouk, 30, None)
    assert bonus.promotions == [{"promotion": promotion.pk, "points": 30_0000, "stamps": 0}]
    given = given_by([promotion])[promotion.pk]
    assert (given.times, given.cards, given.whole_points, given.purchases) == (2, 2, 80, 1)

    buy(shop, ben, 5000)
    assert has(anouk, ben) == [30, 115]


def test_stamps_are_given_as_points_are(shop: Shop) -> None:
    shop = factories.shop(loyalty_type="stamps", stamps_target=10)
    bring_a_friend(shop, effect="stamps", amount=2, friend_amount=1)
    anouk = factories.card(shop.store, stamps=9)
    ben = newcomer(shop, anouk)

    buy(shop, ben, 1000)

    has(anouk, ben)
    assert [factories.fresh(card).stamp_count for card in (anouk, ben)] == [10, 3]


def test_at_most_two_friends_a_month_by_the_merchants_calendar(shop: Shop) -> None:
    """The third newcomer of May has the welcome, Anouk has nothing for it; in June she has."""
    bring_a_friend(shop, month_limit=2)
    anouk = factories.card(shop.store)
    for _each in range(3):
        assert buy(shop, newcomer(shop, anouk), 1000).points.given == 60
    assert has(anouk) == [60]

    with time_machine.travel(datetime(2026, 5, 31, 22, 30, tzinfo=UTC), tick=False):
        buy(shop, newcomer(shop, anouk), 1000)  # the first of June, half past midnight
        assert has(anouk) == [90]


def test_who_was_too_many_in_may_and_buys_anew_in_june_counts_in_june(shop: Shop) -> None:
    """Cleo is the second friend of May, and one counts. Her receipt is undone; in June she buys, for the first time."""
    bring_a_friend(shop, month_limit=1)
    anouk = factories.card(shop.store)
    buy(shop, newcomer(shop, anouk), 1000)
    cleo = newcomer(shop, anouk)
    bought = buy(shop, cleo, 1000)
    assert has(anouk, cleo) == [30, 60]
    undo(shop, bought.transactions[0])
    assert has(anouk, cleo) == [30, 0]

    with time_machine.travel(datetime(2026, 6, 1, 10, tzinfo=UTC), tick=False):
        buy(shop, cleo, 1000)

        assert has(anouk, cleo) == [60, 60]


def test_the_place_of_a_friend_who_bought_nothing_after_all_goes_to_the_next(shop: Shop) -> None:
    """As if only what was kept had been bought: of three friends of May one brings all back, and two count."""
    bring_a_friend(shop, month_limit=2)
    anouk = factories.card(shop.store)
    first, second, third = (buy(shop, newcomer(shop, anouk), 1000) for _each in range(3))
    assert has(anouk) == [60]

    back = bring_back(shop, first)
    assert has(anouk) == [60]
    undo(shop, second.transactions[0])
    assert has(anouk) == [30]
    undo(shop, back.transactions[0])
    assert has(anouk) == [60]
    undo(shop, third.transactions[0])

    assert has(anouk) == [30]
    assert reading.came(anouk) == 1


def test_a_purchase_of_june_in_the_place_of_one_of_may_leaves_mays_place_to_another(shop: Shop) -> None:
    """The outbox looks once all has happened: what it finds given for May is June's by now, and June is full."""
    bring_a_friend(shop, month_limit=1)
    anouk = factories.card(shop.store)
    ben, cleo, dan = (newcomer(shop, anouk) for _each in range(3))
    bought = buy(shop, ben, 1000)
    buy(shop, cleo, 1000)
    assert has(anouk) == [30]
    with time_machine.travel(datetime(2026, 6, 1, 10, tzinfo=UTC), tick=False):
        buy(shop, dan, 1000)
        assert has(anouk) == [60]

        voids.void(
            store=shop.store, transaction_id=bought.transactions[0].pk, actor=MANAGER, reason="mistake"
        )
        assert not FriendGift.objects.get(friend__card=cleo).line
    with time_machine.travel(datetime(2026, 6, 1, 11, tzinfo=UTC), tick=False):
        buy(shop, ben, 1000)

        assert has(anouk, ben) == [60, 60]
        given = FriendGift.objects.filter(line__isnull=False)
        assert set(given.values_list("friend__card", flat=True)) == {cleo.pk, dan.pk}


def test_a_budget_is_for_both(shop: Shop) -> None:
    promotion = bring_a_friend(shop, budget=60)
    anouk = factories.card(shop.store)

    buy(shop, newcomer(shop, anouk), 1000)

    assert has(anouk) == [10]
    assert factories.fresh(promotion).left == 0


def test_who_had_nothing_of_a_budget_and_buys_anew_has_what_is_left_by_then(shop: Shop) -> None:
    """60 in all: 50 for Ben and 10 for Anouk. Ben's receipt was wrong; typed again, more is left for her by then."""
    promotion = bring_a_friend(shop, budget=60)
    anouk = factories.card(shop.store)
    ben = newcomer(shop, anouk)
    bought = buy(shop, ben, 1000)
    assert has(anouk) == [10]
    undo(shop, bought.transactions[0])
    promotions.change(promotion_id=promotion.pk, actor=OWNER, budget=200)

    buy(shop, ben, 1000)

    assert has(anouk) == [30]


def test_a_first_purchase_that_was_made_offline_counts_when_it_comes_in(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    ben = newcomer(shop, anouk)

    with time_machine.travel(NOON + timedelta(hours=3), tick=False):
        buy(shop, ben, 1500, occurred_at=NOON + timedelta(hours=1))

        assert has(anouk, ben) == [30, 65]


def test_what_runs_at_the_purchase_counts_whatever_is_stopped_before_the_friend_is_told(shop: Shop) -> None:
    promotion = bring_a_friend(shop)
    anouk = factories.card(shop.store)
    ben = newcomer(shop, anouk)
    purchases.record(store=shop.store, card_id=ben.pk, actor=STAFF, purchase_amount_cents=1000)
    with time_machine.travel(NOON + timedelta(minutes=5), tick=False):
        promotions.stop(promotion_id=promotion.pk, actor=OWNER)
    with time_machine.travel(NOON + timedelta(minutes=10), tick=False):
        outbox.relay()

        assert has(anouk, ben) == [30, 60]


def test_told_twice_it_is_given_once(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    buy(shop, newcomer(shop, anouk), 1000)

    friend_gifts.settle(gift_id=FriendGift.objects.get().pk)

    assert has(anouk) == [30]


def test_who_brought_the_friend_is_written_to_once_the_purchase_has_stood_for_two_minutes(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store, email="anouk@example.com")

    buy(shop, newcomer(shop, anouk), 1000)
    outbox.relay()

    (email,) = EmailLog.objects.filter(code="loyalty_friend_came")
    assert (email.to, email.card) == ("anouk@example.com", anouk)
    assert email.next_attempt_at is not None
    assert email.next_attempt_at - email.queued_at == timedelta(minutes=2)


def test_of_two_friends_who_come_within_two_minutes_each_is_told(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    for _friend in range(2):
        buy(shop, newcomer(shop, anouk), 1000)
        outbox.relay()

    emails = EmailLog.objects.filter(code="loyalty_friend_came")
    assert [is_said_by_a_newer(email) for email in emails] == [False, False]
