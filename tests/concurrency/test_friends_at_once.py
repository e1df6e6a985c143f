"""Races for what a friend is welcomed with, and for the last places of a month of whoever brings them."""

from collections import Counter

import pytest

from groundwork.messaging import outbox
from loyalty.models import Friend, FriendGift, LoyaltyCard, LoyaltyTransaction, PromotionUse, Purchase
from loyalty.reporting import fairness, verification
from loyalty.services import friend_gifts, purchases
from tests import factories
from tests.concurrency.crowd import ROUNDS, Crowd
from tests.concurrency.many_cards import many_cards
from tests.concurrency.one_by_one import one_after_the_other
from tests.factories import Shop

pytestmark = pytest.mark.concurrency
STAFF = factories.actor("staff")


def a_shop(**fields: object) -> Shop:
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    given = {"effect": "points", "amount": 50, "audience": "brought_by_friend", "friend_amount": 30}
    factories.promotion(shop.program, "Friends", **given | fields)
    return shop


def brought(shop: Shop, host: LoyaltyCard, card: LoyaltyCard) -> None:
    Friend.objects.create(merchant=shop.merchant, card=card, brought_by=host)


def buy(shop: Shop, card: LoyaltyCard) -> None:
    purchases.record(store=shop.store, card_id=card.pk, actor=STAFF, purchase_amount_cents=100)


def everybody_rings_up_the_same_newcomer(crowd: Crowd) -> None:
    shop = a_shop()
    host, card = many_cards(shop, 2)
    brought(shop, host, card)

    answers = crowd.all_at_once(lambda _number: buy(shop, card))
    outbox.relay()
    outbox.relay()

    assert Counter(answers) == {"done": crowd.size}
    assert Purchase.objects.filter(card=card).count() == crowd.size
    assert PromotionUse.objects.filter(card=card).count() == 1
    assert factories.fresh(card).points_balance == crowd.size + 50
    assert factories.fresh(host).points_balance == 30
    assert list(verification.differences()) == []
    assert list(fairness.violations()) == []


def test_of_a_hundred_first_purchases_at_once_one_is_welcomed(crowd: Crowd) -> None:
    for _round in range(ROUNDS):
        everybody_rings_up_the_same_newcomer(crowd)


def everybodys_friend_is_settled(crowd: Crowd, limit: int) -> None:
    shop = a_shop(month_limit=limit)
    host, *newcomers = many_cards(shop, crowd.size + 1)
    for card in newcomers:
        brought(shop, host, card)
        buy(shop, card)
    gifts = list(FriendGift.objects.filter(promotion__program=shop.program).order_by("pk"))

    answers = crowd.all_at_once(lambda number: friend_gifts.settle(gift_id=gifts[number].pk))

    assert [answer for answer in answers if answer != "done" and "lock timeout" not in answer] == []
    for gift in gifts:  # as the outbox does for whoever has waited for too long
        friend_gifts.settle(gift_id=gift.pk)
    given = LoyaltyTransaction.objects.filter(card=host, transaction_type="friend_bonus").count()
    assert given == limit, f"{given} friends of a month count instead of {limit}"
    assert factories.fresh(host).points_balance == 30 * limit


def test_of_a_hundred_friends_at_once_a_month_counts_five(crowd: Crowd) -> None:
    for _round in range(ROUNDS):
        everybodys_friend_is_settled(crowd, limit=5)


def the_same_gift_is_settled_by_everybody(crowd: Crowd) -> None:
    shop = a_shop()
    host, card = many_cards(shop, 2)
    brought(shop, host, card)
    buy(shop, card)
    gift = FriendGift.objects.get(friend__card=card)

    crowd.all_at_once(lambda _number: friend_gifts.settle(gift_id=gift.pk))

    points = factories.fresh(host).points_balance
    assert points == 30, f"a friend counts for {points} points"
    assert list(verification.differences()) == []


def test_who_is_told_a_hundred_times_gives_once(crowd: Crowd) -> None:
    for _round in range(ROUNDS):
        the_same_gift_is_settled_by_everybody(crowd)


def test_the_second_friend_finds_the_month_full(few: Crowd) -> None:
    shop = a_shop(month_limit=1)
    host, *newcomers = many_cards(shop, 3)
    for card in newcomers:
        brought(shop, host, card)
        buy(shop, card)
    first, second = FriendGift.objects.filter(promotion__program=shop.program).order_by("pk")

    settled = one_after_the_other(
        few, lambda: friend_gifts.settle(gift_id=first.pk), lambda: friend_gifts.settle(gift_id=second.pk)
    )

    assert settled == "done"
    given = LoyaltyTransaction.objects.filter(card=host, transaction_type="friend_bonus").count()
    assert given == 1, f"{given} friends of a month count instead of 1"
    assert factories.fresh(host).points_balance == 30
    assert list(verification.differences()) == []


def test_a_gift_waits_for_the_till_at_which_whoever_gets_it_buys(few: Crowd) -> None:
    shop = a_shop()
    host, card = many_cards(shop, 2)
    brought(shop, host, card)
    buy(shop, card)
    gift = FriendGift.objects.get(friend__card=card)

    settled = one_after_the_other(few, lambda: buy(shop, host), lambda: friend_gifts.settle(gift_id=gift.pk))

    assert settled == "done"
    assert factories.fresh(host).points_balance == 1 + 30
    assert list(verification.differences()) == []


def test_who_is_told_twice_at_once_gives_once(few: Crowd) -> None:
    shop = a_shop()
    host, card = many_cards(shop, 2)
    brought(shop, host, card)
    buy(shop, card)
    gift = FriendGift.objects.get(friend__card=card)

    def settle() -> None:
        friend_gifts.settle(gift_id=gift.pk)

    assert one_after_the_other(few, settle, settle) == "done"
    given = LoyaltyTransaction.objects.filter(card=host, transaction_type="friend_bonus").count()
    assert given == 1, f"a friend counts {given} times"
    assert list(verification.differences()) == []
