"""What can never be untrue of cards, customers and programs, broken by plain SQL: the database refuses.

Where a rule could be hidden behind another one, the SQL keeps the other.
"""

from datetime import UTC, datetime

import pytest

from groundwork import deletion
from loyalty.models import (
    LoyaltyCard,
)
from tests import factories
from tests.never_untrue.rows import NO_FIGURES, new_names
from tests.raw_sql import (
    database_refuses,
    insert_like,
    update,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everything")]
NOW = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def test_rule_1_no_balance_is_below_zero(card: LoyaltyCard) -> None:
    with database_refuses("stamps_are_never_negative"):
        update(card, "stamp_count = -1, total_stamps_voided = total_stamps_earned + 1")
    with database_refuses("points_are_never_negative"):
        update(card, "points_balance = -1, total_points_voided = total_points_earned + 1")
    with database_refuses("no_stamps_beside_owed_ones"):
        update(card, "stamps_owed = -1, total_stamps_earned = total_stamps_earned + 1")


def test_rule_2_a_balance_is_what_was_earned_less_what_went(card: LoyaltyCard) -> None:
    with database_refuses("stamps_are_earned_less_spent_less_voided"):
        update(card, "stamp_count = stamp_count + 1")
    with database_refuses("points_are_earned_less_redeemed_less_voided"):
        update(card, "points_balance = points_balance + 1")
    with database_refuses("stamps_are_earned_less_spent_less_voided"):
        insert_like(
            card, customer_id=factories.customer(card.enrolled_at_store).pk, stamp_count=4, **new_names()
        )


def test_rule_5_one_living_program_for_each_merchant(shop: factories.Shop) -> None:
    with database_refuses("one_living_program_per_merchant|merchant_id"):
        insert_like(shop.program)
    assert insert_like(shop.program, deleted_at=NOW)


def test_rule_5_one_living_customer_for_each_merchant_and_address(card: LoyaltyCard) -> None:
    person = card.customer
    with database_refuses("one_living_customer_per_email|customers_customer.email"):
        insert_like(person)
    with database_refuses("customer_email_is_lower_case"):
        insert_like(person, email="Anna@example.com")
    assert insert_like(person, deleted_at=NOW)
    assert insert_like(person, email=None) < insert_like(person, email=None)


def test_rule_5_one_living_customer_for_each_merchant_and_phone(card: LoyaltyCard) -> None:
    person, phone = card.customer, "+352621123456"
    assert insert_like(person, email=None) < insert_like(person, email=None)
    first = insert_like(person, email=None, phone=phone)
    with database_refuses("one_living_customer_per_phone"):
        insert_like(person, email=None, phone=phone)
    assert insert_like(person, email=None, phone=phone, deleted_at=NOW) > first


def test_rule_5_one_living_card_for_each_person_program_and_scope(
    shop: factories.Shop, card: LoyaltyCard
) -> None:
    with database_refuses("one_card_per_customer_everywhere|program_id"):
        insert_like(card, **new_names())
    scoped = insert_like(card, scope_store_id=shop.store.pk, **new_names(), **NO_FIGURES)
    assert scoped
    with database_refuses("one_card_per_customer_and_store|scope_store_id"):
        insert_like(card, scope_store_id=shop.store.pk, **new_names())
    assert insert_like(card, scope_store_id=shop.other_store.pk, **new_names(), **NO_FIGURES)
    assert insert_like(card, deleted_at=NOW, **new_names(), **NO_FIGURES)


@pytest.mark.parametrize("name", ["card_number", "qr_code_data", "access_token"])
def test_names_of_cards_are_never_given_twice_not_even_those_of_deleted_ones(
    card: LoyaltyCard, name: str
) -> None:
    deletion.soft_delete(card, by=None)
    with database_refuses(name):
        insert_like(card, **new_names() | {name: getattr(card, name)})
