"""How the rows of lists are drawn: as Unfold draws them, and what a column has in common once for all of them."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib import admin
from django.utils.html import conditional_escape
from unfold.templatetags import unfold_list

from customers.models import Customer
from groundwork.console import cells
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from tests import factories
from tests.console.world import World, list_address

MANY, FEW = 20, 10
LESS = 2.5  # times as many functions as ours are called for a row that Unfold draws


def shown(world: World, who: str, kind: Any, **asked: Any) -> Any:
    """A page of a list, as its template gets it."""
    return world.client(who).get(list_address(kind), asked).context_data["cl"]


def labels(changelist: Any) -> list[Any]:
    return [header["text"] for header in unfold_list.result_headers(changelist)]


def as_unfold_draws(changelist: Any) -> list[str]:
    return [
        "".join(conditional_escape(cell) for cell in unfold_list.items_for_result(changelist, row, None))
        for row in changelist.result_list
    ]


@pytest.mark.parametrize(
    "asked", [{}, {"_popup": "1"}, {"q": "a"}], ids=["the list", "to choose from", "searched"]
)
def test_each_list_is_drawn_as_unfold_draws_it(world: World, asked: dict[str, str]) -> None:
    drawn = 0
    for model in admin.site._registry:
        changelist = shown(world, "operator", model, **asked)
        with factories.inside(world.shop):
            rows = [str(row) for row in cells.rows(changelist, labels(changelist))]
            assert rows == as_unfold_draws(changelist), model
        drawn += len(rows)
    assert drawn or asked.get("q")


def calls_of(draw: Callable[[], object]) -> int:
    """How many functions of Python are called for something."""
    called = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal called
        called += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        draw()
    finally:
        sys.setprofile(before)
    return called


def of_a_row(changelist: Any, rows: list[Any], draw: Callable[[], object]) -> float:
    """What a further row costs."""
    calls = []
    for count in (FEW, MANY):
        changelist.result_list = rows[:count]
        calls.append(calls_of(draw))
    return (calls[1] - calls[0]) / (MANY - FEW)


def test_a_further_row_costs_its_own_cells_and_no_headers(world: World) -> None:
    for number in range(MANY):
        factories.card(world.shop.store, email=f"{number}@example.org")
    for model in (Customer, LoyaltyCard, LoyaltyTransaction):
        changelist = shown(world, "owner", model)
        names, rows = labels(changelist), list(changelist.result_list)
        assert len(rows) >= MANY
        with factories.inside(world.shop):
            ours = of_a_row(
                changelist, rows, partial(lambda cl, of: list(cells.rows(cl, of)), changelist, names)
            )
            theirs = of_a_row(changelist, rows, partial(as_unfold_draws, changelist))
        assert ours < theirs / LESS, model
