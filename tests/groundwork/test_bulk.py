"""Thousands of rows at once come out as one by one they would have."""

from datetime import UTC, datetime
from typing import Any

import pytest

from customers.models import Customer
from groundwork.database import bulk
from loyalty.models import LoyaltyCard
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def cards() -> list[LoyaltyCard]:
    shop = factories.shop()
    return [factories.card(shop.store) for _number in range(5)]


@pytest.mark.parametrize("at_once", [1000, 2])
def test_every_row_gets_its_own_values(
    cards: list[LoyaltyCard], at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "ROWS_AT_ONCE", at_once)
    moments = [None, None, datetime(2026, 3, 1, 12, tzinfo=UTC), None, datetime(2026, 3, 2, 13, tzinfo=UTC)]
    untouched = factories.card(factories.store(cards[0].merchant))
    for number, (card, at) in enumerate(zip(cards, moments, strict=True)):
        card.last_points_at, card.is_active, card.updated_at = (
            at,
            number != 3,
            datetime(2026, 1, 1, tzinfo=UTC),
        )
    bulk.update(cards, "last_points_at", "is_active", "updated_at")
    after = [factories.fresh(card) for card in cards]
    assert [card.last_points_at for card in after] == moments
    assert [card.is_active for card in after] == [True, True, True, False, True]
    assert {card.updated_at for card in after} == {datetime(2026, 1, 1, tzinfo=UTC)}
    assert factories.fresh(untouched).updated_at == untouched.updated_at


def test_a_column_that_is_empty_in_every_row_stays_of_its_type(cards: list[LoyaltyCard]) -> None:
    people = [card.customer for card in cards]
    for person in people:
        person.birth_date, person.erased_at = None, None
    bulk.update(people, "birth_date", "erased_at")
    with factories.inside(cards[0].merchant):
        assert Customer.objects.filter(birth_date__isnull=True).count() == 5


def test_nothing_to_write_is_no_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        bulk.update([], "is_active")


def test_what_is_there_is_found_whoever_it_belongs_to(cards: list[LoyaltyCard]) -> None:
    numbers = [card.card_number for card in cards]
    strangers = factories.card(factories.shop().store).card_number
    found = bulk.present(LoyaltyCard, "card_number", [*numbers[:2], "123", strangers])
    assert found == {*numbers[:2], strangers}
