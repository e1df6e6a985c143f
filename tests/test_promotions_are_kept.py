"""What promotions said and gave is never rewritten, and nothing goes beyond a budget: each is tried by plain SQL."""

from collections.abc import Iterator

import pytest

from loyalty import promotion_triggers as held
from loyalty.models import LoyaltyTransaction
from loyalty.services import points
from tenancy import scope
from tests import factories
from tests.factories import Shop
from tests.one_row_each import a_use
from tests.raw_sql import database_refuses, delete, insert_like, update

pytestmark = pytest.mark.django_db
CHANGES = {
    "effect": "effect = 'points', factor = NULL, amount = 5",
    "factor": "factor = 3",
    "least_cents": "least_cents = 100",
    "skus": "skus = '{1}'",
    "categories": "categories = '{cake}'",
    "not_with": "not_with = ARRAY[id]",
    "budget": "budget = 100",
}


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("tests of what the database holds"):
        yield


@pytest.fixture
def shop() -> Shop:
    return factories.shop(points_per_euro=10)


@pytest.mark.parametrize("column", CHANGES)
def test_a_promotion_by_which_somebody_got_something_says_what_it_said(shop: Shop, column: str) -> None:
    untouched = factories.promotion(shop.program, "Another", is_planned=False)
    update(untouched, CHANGES[column])  # what nobody had may be changed

    promotion = a_use(shop).promotion
    with database_refuses(held.KEPT_RULE):
        update(promotion, CHANGES[column])
    update(promotion, "name_en = 'Happier hour', last_day = '2030-01-01'")


def test_what_a_promotion_gave_is_never_rewritten(shop: Shop) -> None:
    use = a_use(shop)
    with database_refuses(held.KEPT_USE):
        update(use, "points = points + 1")
    with database_refuses(held.KEPT_USE):
        delete(use)
    assert factories.fresh(use).points == 45_0000


def test_nothing_is_given_beyond_a_budget_whoever_writes_it(shop: Shop) -> None:
    limited = factories.promotion(shop.program, "Fifty", effect="points", amount=50, budget=60)
    card = factories.card(shop.store)
    about = {"store": shop.store, "card_id": card.pk, "actor": factories.actor()}
    line = points.earn(purchase_amount_cents=100, **about).transaction
    assert factories.fresh(limited).spent == 50_0000
    with database_refuses(held.OVERSPENT):
        insert_like(
            line,
            points_balance_after=line.points_balance_after * 2,
            promotions=f'[{{"promotion": {limited.pk}, "points": 500000, "stamps": 0}}]',
        )
    assert (factories.fresh(limited).spent, LoyaltyTransaction.objects.filter(card=card).count()) == (
        50_0000,
        2,
    )


def test_a_promotion_names_stores_and_promotions_of_its_own_merchant(shop: Shop) -> None:
    promotion, rival = factories.promotion(shop.program), factories.shop()
    theirs = factories.promotion(rival.program)
    for change in (f"store_ids = ARRAY[{rival.store.pk}]", f"not_with = ARRAY[{theirs.pk}]"):
        with database_refuses(held.ELSEWHERE):
            update(promotion, change)
    update(promotion, f"store_ids = ARRAY[{shop.store.pk}]")


def test_a_program_knows_whether_it_ever_had_a_promotion(shop: Shop) -> None:
    assert factories.fresh(shop.program).has_promotions is False
    factories.promotion(shop.program, is_planned=False)
    assert factories.fresh(shop.program).has_promotions is False
    factories.promotion(shop.program)
    assert factories.fresh(shop.program).has_promotions is True
