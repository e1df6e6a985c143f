"""A card has what the newest line of its ledger says, and nobody empties a ledger: held by the database at the commit.

PostgreSQL's alone; the tests step past all of Django.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from groundwork import deletion
from loyalty.models import LoyaltyCard, LoyaltyTransaction, ProgramTerms, Purchase, PurchaseReturn
from loyalty.services import cards, points, returns, stamps
from loyalty.triggers import NOT_AS_ITS_LINE
from tenancy import scope
from tests import factories
from tests.never_untrue.rows import NO_FIGURES, new_names, newest_line
from tests.raw_sql import (
    check_what_waits_for_the_commit,
    database_refuses,
    insert_like,
    update,
)

pytestmark = pytest.mark.django_db
MANAGER = factories.actor("manager")
NOW = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
ONE_STAMP_MORE = "stamp_count = stamp_count + 1, total_stamps_earned = total_stamps_earned + 1"
ONE_POINT_MORE = "points_balance = points_balance + 1, total_points_earned = total_points_earned + 1"

# What is owed and no line says: with the balance gone, or beside nothing.
OWED = [
    "stamp_count = 0, stamps_owed = 1, total_stamps_voided = total_stamps_earned + 1",
    "points_balance = 0, points_owed = 1, total_points_voided = total_points_earned + 1",
]


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("tests of what the database holds"):
        yield


@pytest.fixture
def shop() -> factories.Shop:
    return factories.shop(points_per_euro=10)


@pytest.fixture
def card(shop: factories.Shop) -> LoyaltyCard:
    made = factories.card(shop.store, "anna@example.com", stamps=3, cents=450)
    check_what_waits_for_the_commit()  # else it is asked again of what a test changes
    return made


@pytest.mark.parametrize("change", [ONE_STAMP_MORE, ONE_POINT_MORE, "points_fraction = 1", *OWED])
def test_a_figure_that_moves_without_a_line_is_refused_at_the_commit(card: LoyaltyCard, change: str) -> None:
    with database_refuses(NOT_AS_ITS_LINE):
        assert update(card, change) == 1
        check_what_waits_for_the_commit()
    assert factories.fresh(card).stamp_count == 3


@pytest.mark.parametrize(
    "line",
    [
        {"points_balance_after": 90},
        {"points_delta": -1, "points_balance_after": 44},
        {"points_delta": 0, "points_fraction_delta": 1, "points_fraction_after": 1},
        {"points_delta": -46, "points_balance_after": 0, "points_owed_after": 1},
    ],
)
def test_a_line_whose_card_stays_as_it_was_is_refused_at_the_commit(
    card: LoyaltyCard, line: dict[str, int]
) -> None:
    with database_refuses(NOT_AS_ITS_LINE):
        assert insert_like(newest_line(card), **line)
        check_what_waits_for_the_commit()
    assert newest_line(card).points_balance_after == 45


def test_a_line_with_its_card_passes_whichever_is_written_first() -> None:
    card = factories.card(factories.shop(points_per_euro=10).store, stamps=3, cents=450)
    line = newest_line(card)
    insert_like(line, points_delta=1, points_balance_after=46)
    update(card, ONE_POINT_MORE)
    check_what_waits_for_the_commit()
    update(card, ONE_POINT_MORE)
    insert_like(line, points_delta=1, points_balance_after=47)
    check_what_waits_for_the_commit()
    assert factories.fresh(card).points_balance == newest_line(card).points_balance_after == 47


def test_a_figure_that_moves_to_and_fro_within_a_transaction_is_no_change(card: LoyaltyCard) -> None:
    update(card, ONE_STAMP_MORE)
    update(card, "stamp_count = stamp_count - 1, total_stamps_earned = total_stamps_earned - 1")
    check_what_waits_for_the_commit()


def test_a_card_without_a_line_has_nothing(card: LoyaltyCard) -> None:
    with database_refuses(NOT_AS_ITS_LINE):
        assert insert_like(card, deleted_at=NOW, **new_names())
        check_what_waits_for_the_commit()
    assert insert_like(card, deleted_at=NOW, **new_names(), **NO_FIGURES)
    check_what_waits_for_the_commit()


def test_a_merge_a_deletion_and_a_return_are_as_their_lines_say(
    shop: factories.Shop, card: LoyaltyCard
) -> None:
    other = factories.card(shop.store, stamps=4)
    cards.merge(store=shop.store, card_id=card.pk, into_card_id=other.pk, actor=MANAGER, reason="one person")
    deletion.soft_delete(other, by=None)
    deletion.restore(other)
    check_what_waits_for_the_commit()
    assert [factories.fresh(each).stamp_count for each in (card, other)] == [0, 7]


@pytest.mark.django_db(transaction=True)
def test_a_real_commit_is_refused_and_leaves_the_card_as_it_was(card: LoyaltyCard) -> None:
    with database_refuses(NOT_AS_ITS_LINE), transaction.atomic():
        update(card, ONE_STAMP_MORE)
    assert factories.fresh(card).stamp_count == 3


def test_the_till_pays_no_statement_for_it(shop: factories.Shop, card: LoyaltyCard) -> None:
    with CaptureQueriesContext(connection) as asked:
        stamps.give(store=shop.store, card_id=card.pk, actor=MANAGER)
    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) <= 12


def test_the_newest_line_is_found_by_an_index_and_not_by_reading_the_ledger(card: LoyaltyCard) -> None:
    question = (
        "EXPLAIN SELECT stamps_balance_after FROM loyalty_loyaltytransaction "
        "WHERE card_id = %s ORDER BY id DESC LIMIT 1"
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(question, [card.pk])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan Backward using transaction_of_card" in plan


# --- Emptied ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [LoyaltyTransaction, LoyaltyCard, ProgramTerms, Purchase, PurchaseReturn])
def test_neither_the_ledger_nor_what_hangs_on_it_can_be_emptied(
    shop: factories.Shop, card: LoyaltyCard, model: type[LoyaltyCard]
) -> None:
    at = {"store": shop.store, "actor": MANAGER}
    points.earn(card_id=card.pk, purchase_amount_cents=100, order_reference="R-1", **at)
    purchase = Purchase.objects.get(order_reference="R-1")
    returns.give_back(purchase_id=purchase.pk, amount_cents=10, reason="did not fit", **at)
    check_what_waits_for_the_commit()
    before = model.objects.count()
    table = model._meta.db_table
    with database_refuses(f"{table} is never emptied"), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")
    assert model.objects.count() == before > 0


@pytest.mark.parametrize("table", ["tenancy_merchant", "customers_customer", "tenancy_store"])
def test_it_is_not_emptied_along_with_what_it_belongs_to_either(card: LoyaltyCard, table: str) -> None:
    check_what_waits_for_the_commit()
    with database_refuses("is never emptied"), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")
    assert LoyaltyTransaction.objects.filter(card=card).exists()


@pytest.mark.django_db(transaction=True)
def test_only_who_asks_to_flush_the_whole_database_empties_it_once(card: LoyaltyCard) -> None:
    call_command("flush", verbosity=0, interactive=False)
    assert not LoyaltyCard.all_objects.exists()
    card = factories.card(factories.shop().store)
    with database_refuses("is never emptied"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE loyalty_loyaltytransaction CASCADE")
    assert LoyaltyTransaction.objects.filter(card=card).exists()
