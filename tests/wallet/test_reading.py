"""What the pass of a card costs to read: few statements, however many shops and lines there are, each known already."""

import sys

import pytest
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext

from tenancy import scope
from tests import factories
from tests.buying import buy, spend
from tests.wallet.conftest import apple_pass, carried, stamped
from wallet.services import devices


def test_a_pass_is_read_by_three_statements_that_are_not_worked_out_again(
    apple: object, shop: factories.Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = carried(factories.card(shop.store, name="Anouk Weber", stamps=2, cents=2400))
    for _store in range(3):
        factories.store(shop.merchant)
    buy(card, shop, 3000, stamps=0)
    spend(card, shop)
    for _stamp in range(3):
        stamped(card, shop)
    wallet_pass, worked_out = apple_pass(card), []
    with scope.merchant(shop.merchant.pk):
        first = devices.build(wallet_pass)
        as_sql = SQLCompiler.as_sql
        monkeypatch.setattr(
            SQLCompiler, "as_sql", lambda *given, **more: worked_out.append(given) or as_sql(*given, **more)
        )
        with CaptureQueriesContext(connection) as asked:
            again = devices.build(wallet_pass)
    assert len(asked) == 3
    assert worked_out == []
    assert len(first) > 0
    assert len(again) > 0


def test_five_lines_of_history_cost_hardly_more_than_one(apple: object, shop: factories.Shop) -> None:
    """Counted in calls of functions: what a kind of line is called was once looked up among all kinds, each time."""
    card = carried(factories.card(shop.store, name="Anouk Weber"))
    wallet_pass, calls = apple_pass(card), []

    def counted() -> int:
        with scope.merchant(shop.merchant.pk):
            devices.build(wallet_pass)
            calls.clear()
            sys.setprofile(lambda frame, event, argument: calls.append(event))
            try:
                devices.build(wallet_pass)
            finally:
                sys.setprofile(None)
        return len(calls)

    few = counted()
    for _stamp in range(4):
        stamped(card, shop)
    assert counted() < 1.5 * few
