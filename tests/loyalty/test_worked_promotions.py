"""What a shopkeeper tells of promotions, worked out to the last figure."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from groundwork import deletion
from loyalty.models import LoyaltyTransaction
from loyalty.services import cards, promotions, purchases, stamps
from tests import factories
from tests.loyalty.promoting import OWNER, STAFF, TUESDAY, bring_back, buy, everything, has, of, undo

__all__ = ["everything"]
pytestmark = pytest.mark.django_db


def test_on_tuesdays_points_count_double() -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=10)
    tuesday = factories.promotion(shop.program, "Tuesday", weekdays=[2])
    card = factories.card(shop.store)

    done = buy(shop, card, 200)

    (line,) = done.transactions
    assert (line.points_delta, line.promotions) == (
        40,
        [{"promotion": tuesday.pk, "points": 20_0000, "stamps": 0}],
    )
    assert of(tuesday) == (20_0000, 0)
    assert has(card) == (0, 40)
    with time_machine.travel(datetime(2026, 5, 13, 13, 0, tzinfo=UTC), tick=False):
        assert buy(shop, card, 200).transactions[0].promotions is None
        assert has(card) == (0, 60)


def test_of_two_factors_the_better_one_counts_and_every_bonus() -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=10)
    double = factories.promotion(shop.program, "Double")
    triple = factories.promotion(shop.program, "Triple", factor=3)
    bonus = factories.promotion(shop.program, "Welcome to May", effect="points", amount=50)
    card = factories.card(shop.store)

    done = buy(shop, card, 200)

    assert done.points.given == 20 + 40 + 50
    assert (of(double), of(triple), of(bonus)) == ((0, 0), (40_0000, 0), (50_0000, 0))
    assert has(card) == (0, 110)


def test_promotions_that_exclude_each_other_give_what_is_better_for_the_customer() -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=10)
    bonus = factories.promotion(shop.program, "Fifty", effect="points", amount=50)
    factories.promotion(shop.program, "Double, alone", not_with=[bonus.pk])
    card = factories.card(shop.store)

    assert buy(shop, card, 200).points.given == 20 + 50
    assert buy(shop, card, 2000).points.given == 200 + 200
    assert has(card) == (0, 470)


def test_a_card_has_at_most_so_much_a_day_and_a_merged_card_brings_its_part_along() -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=10)
    factories.promotion(shop.program, "Double", card_day_limit=100, card_limit=150)
    card, other = factories.card(shop.store), factories.card(shop.store)
    assert buy(shop, card, 800).points.given == 160
    assert buy(shop, card, 800).points.given == 80 + 20

    cards.merge(
        store=shop.store, card_id=card.pk, into_card_id=other.pk, actor=factories.actor(), reason="one person"
    )

    assert buy(shop, other, 800).points.given == 80
    with time_machine.travel(datetime(2026, 5, 13, 13, 0, tzinfo=UTC), tick=False):
        assert buy(shop, other, 800).points.given == 80 + 50
        assert buy(shop, other, 800).points.given == 80
        assert has(other) == (0, 550)


def test_the_first_purchase_counts_three_times_and_again_if_it_was_a_mistake() -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    factories.promotion(shop.program, "Welcome", factor=3, audience="first_purchase")
    card = factories.card(shop.store)

    first = buy(shop, card, 1000)
    assert first.points.given == 30
    undo(shop, first.transactions[0])
    assert buy(shop, card, 1000).points.given == 30
    assert buy(shop, card, 1000).points.given == 10
    assert has(card) == (0, 40)


def test_a_first_stamp_that_was_a_mistake_is_followed_by_a_first_stamp() -> None:
    shop = factories.shop(loyalty_type="stamps")
    factories.promotion(shop.program, "Welcome", effect="stamps", amount=2, audience="first_purchase")
    card = factories.card(shop.store)

    def stamped() -> LoyaltyTransaction:
        return stamps.give(store=shop.store, card_id=card.pk, actor=STAFF).transaction

    first = stamped()
    assert first.stamps_delta == 3
    undo(shop, first)
    assert [stamped().stamps_delta, stamped().stamps_delta] == [3, 1]
    assert has(card) == (4, 0)


def test_every_third_visit_counts_twice_and_a_visit_is_a_day() -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    factories.promotion(shop.program, "Third visit", audience="every_nth_visit", every=3)
    card = factories.card(shop.store)
    given = []
    for day in range(6):
        with time_machine.travel(TUESDAY.replace(day=12 + day), tick=False):
            given.append([buy(shop, card, 100).points.given, buy(shop, card, 100).points.given])
    assert given == [[1, 1], [1, 1], [2, 2], [1, 1], [1, 1], [2, 2]]


def test_whoever_was_away_for_thirty_days_is_welcomed_back() -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    factories.promotion(
        shop.program, "We missed you", effect="points", amount=25, audience="back_after", days=30
    )
    card = factories.card(shop.store)
    assert buy(shop, card, 100).points.given == 1  # nobody was missed who was never here
    with time_machine.travel(datetime(2026, 6, 10, 13, 0, tzinfo=UTC), tick=False):
        assert buy(shop, card, 100).points.given == 1  # 29 days
    with time_machine.travel(datetime(2026, 7, 10, 13, 0, tzinfo=UTC), tick=False):
        assert buy(shop, card, 100).points.given == 26
        assert has(card) == (0, 28)


def test_a_birthday_is_celebrated_once_in_its_window() -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    factories.promotion(
        shop.program, "Birthday", effect="points", amount=100, audience="birthday", days=3, card_limit=1000
    )
    card, someone = factories.card(shop.store), factories.card(shop.store)
    for born, of_card in ((date(1990, 5, 15), card), (date(1990, 5, 16), someone)):
        of_card.customer.birth_date = born
        of_card.customer.save()

    assert buy(shop, card, 100).points.given == 101
    assert buy(shop, card, 100).points.given == 1
    assert buy(shop, someone, 100).points.given == 1  # four days before
    with time_machine.travel(datetime(2027, 5, 12, 13, 0, tzinfo=UTC), tick=False):
        assert buy(shop, card, 100).points.given == 101


def test_a_tag_opens_a_promotion_to_those_who_have_it() -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    factories.promotion(shop.program, "Neighbours", audience="with_tag", tag="neighbour")
    card, other = factories.card(shop.store), factories.card(shop.store)
    card.customer.tags = ["Neighbour"]
    card.customer.save()

    assert (buy(shop, card, 100).points.given, buy(shop, other, 100).points.given) == (2, 1)


def test_only_what_is_named_counts_where_the_till_names_it() -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    factories.promotion(shop.program, "Cakes", categories=["cake"], least_cents=600)
    card = factories.card(shop.store)
    items = [
        {"sku": "1", "category": "Cake", "quantity": 2, "amount_cents": 800},
        {"sku": "2", "category": "coffee", "quantity": 1, "amount_cents": 400},
    ]

    bought = buy(shop, card, 1200, items=items)
    assert bought.points.given == 12 + 8
    assert buy(shop, card, 1200, items=items[1:]).points.given == 12
    assert buy(shop, card, 1200).points.given == 24  # the till says nothing: all of it counts
    bring_back(shop, bought, 300)  # a quarter of everything: cakes for 6 are left
    assert has(card) == (0, 9 + 6 + 12 + 24)
    bring_back(shop, bought, 3)
    assert has(card) == (0, 8 + 12 + 24)


def test_a_stamp_on_top_comes_with_a_stamp_and_goes_with_it() -> None:
    shop = factories.shop(loyalty_type="stamps")
    twice = factories.promotion(shop.program, "Two for one", effect="stamps", amount=1, least_cents=500)
    always = factories.promotion(shop.program, "And one more", effect="stamps", amount=1)
    card = factories.card(shop.store)

    stamped = stamps.give(store=shop.store, card_id=card.pk, actor=STAFF)
    assert has(card) == (2, 0)  # without a receipt nobody knows of an amount
    bought = buy(shop, card, 500)
    assert (bought.stamp.given, has(card)) == (3, (5, 0))
    bring_back(shop, bought, 100)
    assert (has(card), of(twice)) == ((4, 0), (0, 0))
    undo(shop, stamped.transaction)
    assert (has(card), of(always)) == ((2, 0), (0, 1))
    assert buy(shop, card, 500, stamps=0).stamp.given == 0
    assert has(card) == (2, 0)


def test_what_came_in_offline_goes_by_the_promotions_of_its_moment() -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    double = factories.promotion(shop.program, "Double", from_time=time(14), until_time=time(16))
    card = factories.card(shop.store)
    with time_machine.travel(datetime(2026, 5, 12, 15, 0, tzinfo=UTC), tick=False):
        promotions.stop(promotion_id=double.pk, actor=OWNER)
        factories.promotion(shop.program, "Ten times", factor=10)
        at = datetime(2026, 5, 12, 13, 30, tzinfo=UTC)
        assert buy(shop, card, 100, occurred_at=at).points.given == 2
        assert buy(shop, card, 100, occurred_at=at.replace(hour=14)).points.given == 1
        assert has(card) == (0, 3)


def test_what_was_sold_offline_before_its_promotion_was_deleted_has_it() -> None:
    shop = factories.shop(points_per_euro=10, loyalty_type="points")
    card = factories.card(shop.store)
    double = factories.promotion(shop.program)
    with time_machine.travel(TUESDAY + timedelta(hours=1), tick=False):
        deletion.soft_delete(double, by=shop.owner)
    with time_machine.travel(TUESDAY + timedelta(hours=2), tick=False):
        sold = [
            buy(shop, card, 100, occurred_at=TUESDAY + timedelta(hours=at)).points.given for at in (0.5, 1.5)
        ]

    assert sold == [20, 10]


def test_a_quote_says_what_a_purchase_would_give_and_takes_nothing_of_a_budget() -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    limited = factories.promotion(shop.program, "Ten", effect="points", amount=10, budget=10)
    card = factories.card(shop.store)
    about = {"store": shop.store, "card_id": card.pk, "actor": STAFF, "purchase_amount_cents": 100}

    asked = [purchases.quote(**about) for _time in range(2)]

    assert [quote.points.given for quote in asked] == [11, 11]
    assert (has(card), factories.fresh(limited).spent) == ((0, 0), 0)
    assert purchases.record(**about).points.given == 11
    assert (purchases.quote(**about).points.given, has(card)) == (1, (0, 11))
