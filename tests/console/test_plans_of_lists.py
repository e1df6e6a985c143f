"""How the database goes about the lists: the plans, and not the time that they take."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.models import LoyaltyTransaction
from tests import factories
from tests.console.world import World, list_address

LINES = list_address(LoyaltyTransaction)


def plans(world: World, asked: dict[str, Any]) -> str:
    """Those of a page of the ledger, where reading a whole table costs more than anything."""
    client = world.client("owner")
    client.get(LINES, asked)
    with CaptureQueriesContext(connection) as captured:
        client.get(LINES, asked)
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in captured.captured_queries:
            if 'FROM "loyalty_loyaltytransaction"' in query["sql"]:
                cursor.execute(f"EXPLAIN {query['sql']}")
                found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


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
