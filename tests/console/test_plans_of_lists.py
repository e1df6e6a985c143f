"""How the database goes about the lists: the plans, and not the time that they take."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks import data
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from tests import factories
from tests.console.world import World, list_address, sign_in

LINES = list_address(LoyaltyTransaction)


def explained(client: Client, asked: dict[str, Any], *before: str, of: str = "", by: str = "EXPLAIN") -> str:
    """The plans of a page of the ledger, and of its counting; or of what begins with a word alone."""
    client.get(LINES, asked)
    with CaptureQueriesContext(connection) as captured:
        client.get(LINES, asked)
    found = []
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in before:
            cursor.execute(statement)
        for query in captured.captured_queries:
            if 'FROM "loyalty_loyaltytransaction"' in query["sql"] and query["sql"].startswith(of):
                cursor.execute(f"{by} {query['sql']}")
                found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def plans(world: World, asked: dict[str, Any]) -> str:
    """Those of a page of the ledger, where reading a whole table costs more than anything."""
    return explained(world.client("owner"), asked, "SET LOCAL enable_seqscan = off")


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"when_from": "2026-06-12T10:00", "when_to": "2026-06-12T11:00"},
        {"state": "undone"},
        {"state": "undoes"},
        {"state": "stands"},
        {"transaction_type__exact": "points_expired"},
        {"recorded_offline__exact": "1"},
    ],
    ids=str,
)
def test_no_page_of_the_ledger_reads_all_of_it(world: World, asked: dict[str, Any]) -> None:
    with factories.inside(world.shop):
        shown = plans(world, asked)
    assert "Index" in shown
    assert "Seq Scan on loyalty_loyaltytransaction" not in shown


@pytest.mark.django_db(transaction=True)
def test_what_happened_until_a_day_is_read_back_from_that_day(client: Client) -> None:
    """And not from the newest line on, past all that was written since."""
    shop = data.shop("ledger")
    data.cards(shop, 2_000, over_days=400, lines=4)
    with factories.inside(shop.merchant):
        sign_in(client, factories.member(shop.store, role="owner"))
        until = {"when_to": str(timezone.localdate() - timedelta(days=350))}
        shown = explained(client, until, by="EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)")
        assert (
            LoyaltyTransaction.objects.filter(transaction_at__lt=timezone.now() - timedelta(days=349)).count()
            > 101
        )
    assert (
        "Index Scan Backward using transaction_of_merchant" in shown
        or "Index Only Scan Backward using" in shown
    )
    assert passed_by(shown) == 0


def passed_by(plans: str) -> int:
    """How many rows were read for nothing."""
    return sum(int(number) for number in re.findall(r"Rows Removed by Filter: (\d+)", plans))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("asked", [{"state": "stands"}, {"visit": "yes"}], ids=str)
def test_what_stands_is_read_from_the_newest_on_and_not_sorted(client: Client, asked: dict[str, str]) -> None:
    shop = data.shop("ledger")
    data.cards(shop, 500, over_days=30, lines=4)
    with factories.inside(shop.merchant):
        sign_in(client, factories.member(shop.store, role="owner"))
        shown = explained(
            client, asked, of="DECLARE"
        )  # the page is read by the first keys that it comes upon
    assert "Scan" in shown
    assert "Sort Key: loyalty_loyaltytransaction" not in shown


@pytest.mark.django_db(transaction=True)
def test_an_amount_that_nobody_paid_is_known_without_reading_the_ledger(client: Client) -> None:
    shop = data.shop("ledger")
    data.cards(shop, 500, over_days=30, lines=4)
    with factories.inside(shop.merchant):
        sign_in(client, factories.member(shop.store, role="owner"))
        shown = explained(client, {"amount_from": "10"})
    assert "using lines_of_an_amount" in shown
    assert "Seq Scan on loyalty_loyaltytransaction" not in shown


@pytest.mark.parametrize("asked", [{"language": "fr"}, {"birthday_month": "3"}, {"consent": "yes"}], ids=str)
def test_a_card_s_customer_is_looked_for_at_its_merchant_where_their_indexes_begin(
    world: World, asked: dict[str, str]
) -> None:
    with CaptureQueriesContext(connection) as captured:
        world.client("owner").get(list_address(LoyaltyCard), asked)
    of_cards = [
        query["sql"] for query in captured.captured_queries if 'FROM "loyalty_loyaltycard"' in query["sql"]
    ]
    assert of_cards  # the count, which comes upon the page
    begins = f'"customers_customer"."merchant_id" = {world.shop.merchant.pk}'
    assert all(begins in sql for sql in of_cards), of_cards
