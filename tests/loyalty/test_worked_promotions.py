"""What a shopkeeper tells of promotions, worked out to the last figure."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from groundwork import deletion
from loyalty.models import LoyaltyCard, LoyaltyTransaction, Promotion, PromotionUse
from loyalty.reporting import fairness, verification
from loyalty.services import cards, promotions, purchases, restoring, returns, stamps, voids
from loyalty.services.purchases import Recorded
from tenancy import scope
from tests import factories
from tests.factories import Shop
from tests.loyalty.books import assert_the_rules_give_the_ledger

pytestmark = pytest.mark.django_db
STAFF, OWNER = factories.actor("staff"), factories.actor("owner")
# A Tuesday in May, 15:00 in Luxembourg.
TUESDAY = datetime(2026, 5, 12, 13, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("stories of one shop"), time_machine.travel(TUESDAY, tick=False):
        yield


def buy(shop: Shop, card: LoyaltyCard, cents: int, **more: object) -> Recorded:
    return purchases.record(
        store=shop.store, card_id=card.pk, actor=STAFF, purchase_amount_cents=cents, **more
    )


def bring_back(shop: Shop, bought: Recorded, cents: int | None = None) -> returns.Returned:
    assert bought.purchase
    return returns.give_back(
        store=shop.store, purchase_id=bought.purchase.pk, actor=STAFF, amount_cents=cents, reason="too small"
    )


def undo(shop: Shop, line: LoyaltyTransaction) -> None:
    voids.void(store=shop.store, transaction_id=line.pk, actor=STAFF, reason="a mistake")


def has(card: LoyaltyCard) -> tuple[int, int]:
    """Stamps and points; every promise is kept and the ledger says the same."""
    assert [str(each) for each in (*verification.differences(), *fairness.violations())] == []
    assert_the_rules_give_the_ledger()
    row = factories.fresh(card)
    return row.stamp_count - row.stamps_owed, row.points_balance - row.points_owed


def of(promotion: Promotion) -> tuple[int, int]:
    """What a promotion has given: ten-thousandths of a point, and stamps."""
    uses = PromotionUse.objects.filter(promotion=promotion)
    return sum(use.points for use in uses), sum(use.stamps for use in uses)


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


def test_what_is_brought_back_takes_the_promotions_part_along() -> None:
    """Buy for 60 with 100 points on top from 50 on; 5 come back: still 100 on top; 15 more: they are gone."""
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    double = factories.promotion(shop.program, "Double")
    fifty = factories.promotion(
        shop.program, "From 50 on", effect="points", amount=100, least_cents=5000, budget=1000
    )
    card = factories.card(shop.store)
    bought = buy(shop, card, 6000)
    assert bought.points.given == 60 + 60 + 100

    bring_back(shop, bought, 500)
    assert has(card) == (0, 55 + 55 + 100)
    last = bring_back(shop, bought, 1500)
    assert has(card) == (0, 40 + 40)
    assert factories.fresh(fifty).spent == 0
    assert last.transactions[0].promotions == [
        {"promotion": double.pk, "points": -15_0000, "stamps": 0},
        {"promotion": fifty.pk, "points": -100_0000, "stamps": 0},
    ]

    undo(shop, last.transactions[0])
    assert has(card) == (0, 55 + 55 + 100)
    assert factories.fresh(fifty).spent == 100_0000
    bring_back(shop, bought)
    assert (has(card), of(double), of(fifty)) == ((0, 0), (0, 0), (0, 0))


def test_a_return_goes_by_the_promotions_of_its_purchase_whatever_runs_since() -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    double = factories.promotion(shop.program, "Double")
    card = factories.card(shop.store)
    bought = buy(shop, card, 1000)
    promotions.stop(promotion_id=double.pk, actor=OWNER)
    factories.promotion(shop.program, "Ten times", factor=10)

    bring_back(shop, bought, 400)

    assert has(card) == (0, 12)


def test_an_undone_purchase_gives_its_budget_back() -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    limited = factories.promotion(shop.program, "Thirty in all", effect="points", amount=20, budget=30)
    card, other = factories.card(shop.store), factories.card(shop.store)
    first = buy(shop, card, 100)
    assert first.points.given == 21
    assert buy(shop, other, 100).points.given == 11  # the last ten
    assert buy(shop, other, 100).points.given == 1
    assert limited_is(limited, "ended")

    undo(shop, first.transactions[0])

    assert limited_is(limited, "running")
    assert buy(shop, other, 100).points.given == 21
    assert (has(card), has(other)) == ((0, 0), (0, 33))


def limited_is(promotion: Promotion, state: str) -> bool:
    row = factories.fresh(promotion)
    return row.state_at(datetime.now(UTC), row.merchant.tzinfo) == state


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


def test_a_wholly_returned_purchase_was_no_visit() -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    factories.promotion(shop.program, "Welcome", factor=3, audience="first_purchase")
    card = factories.card(shop.store)

    bring_back(shop, buy(shop, card, 1000))

    assert [buy(shop, card, 1000).points.given, buy(shop, card, 1000).points.given] == [30, 10]
    assert has(card) == (0, 40)


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


def test_what_is_written_again_was_a_visit_on_the_day_when_it_was() -> None:
    """Undone and written again ten days later: she was here on the twelfth, and is back after twenty days."""
    shop = factories.shop(points_per_euro=10, cooldown_minutes=0)
    anouk, ben = factories.card(shop.store), factories.card(shop.store)
    factories.promotion(shop.program, audience="back_after", days=20)
    bought = buy(shop, anouk, 100)
    stamped = stamps.give(store=shop.store, card_id=ben.pk, actor=STAFF)
    with time_machine.travel(TUESDAY + timedelta(days=10), tick=False):
        for line in (*bought.transactions, stamped.transaction):
            undone = voids.void(store=shop.store, transaction_id=line.pk, actor=OWNER, reason="mistake")
            restoring.restore(
                store=shop.store,
                undoing_id=undone.transaction.pk,
                written=[row.pk for row in undone.transactions],
                actor=OWNER,
                reason="it was right",
            )
    with time_machine.travel(TUESDAY + timedelta(days=19), tick=False):
        assert buy(shop, anouk, 100).points.given == 10
    with time_machine.travel(TUESDAY + timedelta(days=20), tick=False):
        assert buy(shop, ben, 100).points.given == 20


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


def test_a_mistaken_return_is_undone_as_promised_though_others_had_the_rest_meanwhile() -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    limited = factories.promotion(shop.program, "Ten", effect="points", amount=10, budget=10)
    card, other = factories.card(shop.store), factories.card(shop.store)
    returned = bring_back(shop, buy(shop, card, 100))
    assert buy(shop, other, 100).points.given == 11

    undo(shop, returned.transactions[0])

    assert (has(card), has(other)) == ((0, 11), (0, 11))
    assert factories.fresh(limited).spent == 20_0000
    assert buy(shop, other, 100).points.given == 1


def test_where_a_rest_goes_by_another_promotion_stamps_come_and_go() -> None:
    """From 50 on 100 points, else a stamp on top: what is left of a large purchase is a small one."""
    shop = factories.shop(loyalty_type="hybrid", points_per_euro=1)
    stamp = factories.promotion(shop.program, "A stamp", effect="stamps", amount=1)
    factories.promotion(
        shop.program, "100", effect="points", amount=100, least_cents=5000, not_with=[stamp.pk]
    )
    card = factories.card(shop.store)
    bought = buy(shop, card, 6000)
    assert has(card) == (1, 160)

    returned = bring_back(shop, bought, 2000)
    assert has(card) == (2, 40)
    undo(shop, returned.transactions[0])
    assert has(card) == (1, 160)
    again = bring_back(shop, bought, 500)
    bring_back(shop, bought, 1000)
    assert has(card) == (2, 45)
    undo(shop, again.transactions[0])
    assert has(card) == (1, 150)
