"""Paging a list that is too long to be counted: from one row to the next, by the columns that sort it.

No row is out of reach, and the thousandth page costs what the first one does: nothing is skipped row by row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, TextField, Value

AFTER, BEFORE, END = "after", "before", "end"  # ?after=17, ?before=17, ?end=1
POSITIONS = (AFTER, BEFORE, END)


@dataclass(frozen=True)
class Column:
    """A column that sorts, and which way."""

    name: str
    descending: bool

    def reversed(self) -> "Column":
        return Column(self.name, not self.descending)

    @property
    def ordering(self) -> str:
        return f"-{self.name}" if self.descending else self.name

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def beyond(self, value: Any) -> Q:
        """What follows a value: PostgreSQL has nothing behind everything, and before it the other way round."""
        nothing = Q(**{f"{self.name}__isnull": True})
        if value is None:
            return ~nothing if self.descending else Q(pk__in=())
        if self.descending:
            return Q(**{f"{self.name}__lt": value})
        return Q(**{f"{self.name}__gt": value}) | nothing


def columns_of(rows: QuerySet) -> list[Column] | None:
    """What sorts some rows; None if it is anything but columns of their own, or of a row that each has one of."""
    found = []
    for given in rows.query.order_by:
        if not isinstance(given, str) or not _is_column(rows.model, given.lstrip("-")):
            return None
        found.append(Column(given.lstrip("-"), given.startswith("-")))
    return found or None


def _is_column(model: type[Model], path: str) -> bool:
    name, _, further = path.partition("__")
    if not further:
        return name in {field.name for field in model._meta.concrete_fields} | {"pk"}
    companions = {
        field.name: field.related_model for field in model._meta.related_objects if field.one_to_one
    }
    return name in companions and further in {
        field.attname for field in companions[name]._meta.concrete_fields
    }


def _may_be_nothing(model: type[Model], path: str) -> bool:
    name, _, further = path.partition("__")
    if further:
        return False  # a companion has no such column
    return name != "pk" and model._meta.get_field(name).null


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


@dataclass(frozen=True)
class Page:
    """Some rows in order, and whether there are more on either side."""

    rows: list[Any]
    has_previous: bool
    has_next: bool


def page(rows: QuerySet, columns: Sequence[Column], *, size: int, anchor: Any, backwards: bool) -> Page:
    """The rows after one row (before it, if `backwards`); without a row from the beginning, or from the end.

    Args:
        anchor: the row, with the columns that sort.
    """
    ways = [column.reversed() for column in columns] if backwards else list(columns)
    if anchor is not None:
        rows = rows.filter(_following(rows.model, ways, anchor))
    found = list(rows.order_by(*[way.ordering for way in ways])[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if backwards:
        return Page(found[::-1], has_previous=has_more, has_next=anchor is not None)
    return Page(found, has_previous=anchor is not None, has_next=has_more)


def _following(model: type[Model], ways: Sequence[Column], anchor: Any) -> Q:
    values = [_value(anchor, way.name) for way in ways]
    is_one_way = len({way.descending for way in ways}) == 1
    if len(ways) > 1 and is_one_way and not any(_may_be_nothing(model, way.name) for way in ways):
        return Q(_beyond_all(ways, values))
    following, same = Q(pk__in=()), Q()
    for way, value in zip(ways, values, strict=True):
        following |= same & way.beyond(value)
        same &= way.same(value)
    # Said once more for the first column alone: by this the index is entered at the right place.
    return following & (ways[0].beyond(values[0]) | ways[0].same(values[0]))


def _beyond_all(ways: Sequence[Column], values: Sequence[Any]) -> Func:
    """Columns that are never nothing, compared as one: an index of them all is entered at the very row."""
    sides = [[F(way.name) for way in ways], [Value(value) for value in values]]
    rows = [Func(*side, function="ROW", output_field=TextField()) for side in sides]
    sign = " < " if ways[0].descending else " > "
    return Func(*rows, template="(%(expressions)s)", arg_joiner=sign, output_field=BooleanField())
