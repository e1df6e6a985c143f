"""What is brought back, undone or written again of a purchase that promotions gave something."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from loyalty.models import Promotion
from loyalty.services import promotions, restoring, stamps, voids
from tests import factories
from tests.loyalty.promoting import OWNER, STAFF, TUESDAY, bring_back, buy, everything, has, of, undo

__all__ = ["everything"]
pytestmark = pytest.mark.django_db


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


def test_a_wholly_returned_purchase_was_no_visit() -> None:
    shop = factories.shop(loyalty_type="points", points_per_euro=1)
    factories.promotion(shop.program, "Welcome", factor=3, audience="first_purchase")
    card = factories.card(shop.store)

    bring_back(shop, buy(shop, card, 1000))

    assert [buy(shop, card, 1000).points.given, buy(shop, card, 1000).points.given] == [30, 10]
    assert has(card) == (0, 40)


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
