"""What the filters of a list name: the rows that this person sees, and nobody else's."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.db import models

from tenancy import roles
from tests.console.access.gates import GATES
from tests.console.access.people import World, is_shown, may_list
from tests.console.access.state import undone
from tests.console.access.test_parameters import asked

WHO = ("operator", "owner", "manager", "accountant", "colleague", "half", "stranger")
WHOSE = ("mine", "elsewhere", "theirs")
# What the filters by related rows name, and the column that is their name.
NAMED = {"tenancy_store": "name", "tenancy_merchant": "name", "webhooks_endpoint": "url"}


def filtered(kind: str, world: World) -> Iterator[models.Field]:
    """The last column of every filter of a list that is one of a column."""
    page = admin.site.get_model_admin(type(world.mine[kind]))
    for given in page.get_list_filter(asked(world, "operator")):
        path = given[0] if isinstance(given, tuple) else given
        if isinstance(path, str):
            yield get_fields_from_path(page.model, path)[-1]


def is_text(column: models.Field) -> bool:
    return isinstance(column, models.CharField | models.TextField) and not column.choices


def plant(world: World) -> dict[tuple[str, str], str]:
    """Give whatever a filter may name a name that tells whose it is; returns them by kind and whose."""
    columns = {(kind, column.name) for kind in GATES for column in filtered(kind, world) if is_text(column)}
    planted = {}
    for kind, column in sorted(columns | set(NAMED.items())):
        for whose in WHOSE:
            if row := getattr(world, whose).get(kind):
                planted[kind, whose] = f"{kind} of {whose}"
                models.QuerySet(type(row)).filter(pk=row.pk).update(**{column: planted[kind, whose]})
    return planted


def named(world: World, who: str, kind: str) -> set[str]:
    """Everything that the filters of a list offer to somebody."""
    with roles.scope_of(world.people[who]):
        page = admin.site.get_model_admin(type(world.mine[kind]))
        shown = page.get_changelist_instance(asked(world, who, "p=1"))
        return {str(choice["display"]) for one in shown.filter_specs for choice in one.choices(shown)}


def test_every_filter_by_related_rows_is_tried(world: World) -> None:
    related = {
        (kind, column.related_model._meta.label_lower.replace(".", "_"))
        for kind in GATES
        for column in filtered(kind, world)
        if column.is_relation
    }
    assert {remote for _kind, remote in related} == set(NAMED)
    assert len(related) >= 12


@pytest.mark.parametrize("who", WHO)
def test_a_filter_names_nothing_that_this_person_does_not_see(world: World, who: str) -> None:
    with undone():
        hidden = {
            text for (kind, whose), text in plant(world).items() if not is_shown(who, "OWMA", kind, whose)
        }
        assert bool(hidden) == (who != "operator")
        for kind, pages in GATES.items():
            if may_list(who, pages["changelist"]):
                assert not hidden & named(world, who, kind), f"{who}: {kind}"


@pytest.mark.parametrize(
    ("who", "stores", "merchants"),
    [
        ("operator", WHOSE, ["mine", "theirs"]),
        ("owner", ["mine", "elsewhere"], []),  # there is one merchant, and nothing to choose
        ("accountant", ["mine", "elsewhere"], []),
        ("half", ["mine", "theirs"], ["mine", "theirs"]),
    ],
)
def test_a_filter_names_every_place_that_this_person_sees(
    world: World, who: str, stores: list[str], merchants: list[str]
) -> None:
    with undone():
        planted = plant(world)
        places = {text for (kind, _whose), text in planted.items() if kind in NAMED}
        seen = {planted["tenancy_store", whose] for whose in stores}
        seen |= {planted["tenancy_merchant", whose] for whose in merchants}
        assert named(world, who, "customers_customer") & places == seen
