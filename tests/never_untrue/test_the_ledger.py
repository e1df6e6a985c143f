"""What can never be untrue of the ledger, broken by plain SQL: the database refuses.

Where a rule could be hidden behind another one, the SQL keeps the other.
"""

from datetime import UTC, datetime

import pytest

from loyalty.models import (
    LoyaltyCard,
    LoyaltyTransaction,
)
from loyalty.reporting import verification
from loyalty.services import stamps, voids
from loyalty.triggers import BROKEN_CHAIN, CHANGED, REMOVED
from tests import factories
from tests.never_untrue.rows import STAFF, new_names, newest_line
from tests.raw_sql import (
    database_refuses,
    delete,
    insert_like,
    rolled_back,
    update,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everything")]
NOW = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)

LEDGER_COLUMNS = sorted(
    field.column
    for field in LoyaltyTransaction._meta.concrete_fields
    if field.column not in ("notes", "ip_address", "user_agent")
)


@pytest.mark.parametrize("column", LEDGER_COLUMNS)
def test_rule_3_no_column_of_a_line_can_be_changed(card: LoyaltyCard, column: str) -> None:
    line = newest_line(card)
    field = next(field for field in line._meta.concrete_fields if field.column == column)
    kind = field.get_internal_type()
    if "Char" in kind:
        other = "'stamp_earned'" if column == "transaction_type" else "'other'"
    elif kind == "DateTimeField":
        other = "'2020-01-01 00:00:00+00:00'"
    elif kind == "BooleanField":
        other = "NOT recorded_offline"
    elif kind == "JSONField":
        other = "'[]'"
    elif kind == "SmallIntegerField":
        other = f"{column} + 1"
    else:
        other = f"COALESCE({column}, 0) + 1000000"
    with database_refuses(f"{CHANGED}|another merchant"):
        update(line, f"{column} = {other}")


def test_rule_3_a_line_cannot_be_removed(card: LoyaltyCard) -> None:
    with database_refuses(REMOVED):
        delete(newest_line(card))


def test_rule_3_erasing_a_person_may_blank_three_columns_and_only_blank_them(card: LoyaltyCard) -> None:
    line = newest_line(card)
    with database_refuses(CHANGED):
        update(line, "notes = 'rewritten'")
    with database_refuses(CHANGED):
        update(line, "ip_address = '192.0.2.9'")
    with database_refuses(CHANGED):
        update(line, "user_agent = 'another'")
    with database_refuses(CHANGED):
        update(line, "notes = '', points_delta = points_delta + 1")
    assert update(line, "notes = '', user_agent = '', ip_address = NULL") == 1


def test_rule_4_a_transaction_is_undone_at_most_once(shop: factories.Shop, card: LoyaltyCard) -> None:
    line = stamps.give(store=shop.store, card_id=card.pk, actor=STAFF).transaction
    undone = voids.void(store=shop.store, transaction_id=line.pk, actor=STAFF, reason="slip").transaction
    with database_refuses("voids_id"):
        insert_like(undone, stamps_balance_after=undone.stamps_balance_after - 1)


def test_rule_7_a_line_follows_from_the_one_before_it(card: LoyaltyCard) -> None:
    line = newest_line(card)  # 3 stamps and 45 points after it, 45 points by it
    for wrong in (
        {"points_balance_after": 45},
        {"points_balance_after": 91},
        {"points_delta": 5, "points_balance_after": 90},
        {"points_balance_after": 90, "stamps_balance_after": 4},
        {"points_balance_after": 90, "stamps_delta": 1},
        {"points_balance_after": 90, "points_fraction_after": 1},
        {"points_balance_after": 90, "points_fraction_delta": 1},
        {"points_balance_after": 0, "points_owed_after": 1},
        {"points_balance_after": 90, "stamps_balance_after": 0, "stamps_owed_after": 3},
        {"points_balance_after": 90, "stamps_delta": -3, "stamps_balance_after": 0, "stamps_owed_after": 1},
    ):
        with database_refuses(BROKEN_CHAIN):
            insert_like(line, **wrong)
    with rolled_back():
        assert insert_like(line, points_balance_after=90)


def test_rule_7_what_is_owed_is_a_link_of_the_chain(card: LoyaltyCard) -> None:
    line = newest_line(card)  # 3 stamps and 45 points after it
    owed = {"points_delta": -50, "points_balance_after": 0, "points_owed_after": 5}
    with database_refuses(BROKEN_CHAIN):
        insert_like(line, **owed | {"points_owed_after": 4})
    with rolled_back():
        assert insert_like(line, **owed)
        with database_refuses(BROKEN_CHAIN):  # 10 more pay the 5 first
            insert_like(line, points_delta=10, points_balance_after=10)
        assert insert_like(line, points_delta=10, points_balance_after=5)
    with rolled_back():
        part = {"points_fraction_delta": 5000, "points_fraction_after": 5000}
        assert insert_like(line, **part, points_delta=-46, points_balance_after=0, points_owed_after=1)


def test_rule_7_the_first_line_begins_at_nothing(card: LoyaltyCard) -> None:
    person = factories.customer(card.enrolled_at_store)
    empty = LoyaltyCard.objects.get(pk=factories.card(card.enrolled_at_store, person.email).pk)
    other = insert_like(empty, deleted_at=NOW, **new_names())
    line = newest_line(card)
    with database_refuses(BROKEN_CHAIN):
        insert_like(line, card_id=other)
    with rolled_back():
        assert insert_like(line, card_id=other, stamps_balance_after=0)


def test_rule_7_a_card_that_is_not_what_its_ledger_says_is_named(card: LoyaltyCard) -> None:
    assert list(verification.differences()) == []
    with rolled_back():
        update(card, "stamp_count = stamp_count + 1, total_stamps_earned = total_stamps_earned + 1")
        found = {(difference.card_id, difference.figure) for difference in verification.differences()}
    assert found == {(card.pk, "stamp_count"), (card.pk, "total_stamps_earned")}
