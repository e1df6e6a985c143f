"""Paging a list that is too long to be counted: from one row to the next, by the columns that sort it.

No row is out of reach, and the thousandth page costs what the first one does: nothing is skipped row by row.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Expression, F, Field, Func, Model, Q, QuerySet, TextField, Value
from django.db.models.expressions import Col

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


def columns_of(rows: QuerySet, *, reckoned: Collection[str] = ()) -> list[Column] | None:
    """What sorts some rows, all one way; None if it is anything but columns that are never empty: of their own, of a
    row that each has one of, or what was reckoned of them and given one of some names.
    """
    found = []
    for given in rows.query.order_by:
        if not isinstance(given, str):
            return None
        name = given.lstrip("-")
        if name not in reckoned and not _is_column(rows.model, name):
            return None
        found.append(Column(name, given.startswith("-")))
    is_one_way = len({column.descending for column in found}) == 1
    return found if is_one_way and not any(_may_be_empty(rows, column.name) for column in found) else None


def _is_column(model: type[Model], path: str) -> bool:
    name, _, further = path.partition("__")
    beside = _beside(model, name) if further else model
    return beside is not None and _field(beside, further or name) is not None


def _beside(model: type[Model], name: str) -> type[Model] | None:
    """The model of a row that each has one of: it points to this one, or this one always to it."""
    for field in model._meta.related_objects:
        if field.one_to_one and field.name == name:
            return field.related_model
    own = _field(model, name)
    return own.related_model if own is not None and own.many_to_one and not own.null else None


def _field(model: type[Model], name: str) -> Field | None:
    meta = model._meta
    if name == "pk":
        return meta.pk
    return next((field for field in meta.concrete_fields if name in (field.name, field.attname)), None)


def _may_be_empty(rows: QuerySet, path: str) -> bool:
    if path in rows.query.annotations:
        return bool(rows.query.annotations[path].output_field.null)
    name, _, further = path.partition("__")
    field = _field(_beside(rows.model, name) or rows.model, further) if further else _field(rows.model, name)
    return field is not None and field.null


def _expression(rows: QuerySet, path: str) -> Expression | F:
    """A column; the key of a row beside these is that one's own, by which its index is entered, and not theirs."""
    name, _, further = path.partition("__")
    beside = _beside(rows.model, name) if further else None
    if beside is not None and further in ("pk", beside._meta.pk.name):
        for alias, table in rows.query.alias_map.items():
            if table.table_name == beside._meta.db_table:
                return Col(alias, beside._meta.pk)
    return F(path)


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
        rows = rows.filter(_following(rows, ways, anchor))
    found = list(rows.order_by(*[way.ordering for way in ways])[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if backwards:
        return Page(found[::-1], has_previous=has_more, has_next=anchor is not None)
    return Page(found, has_previous=anchor is not None, has_next=has_more)


def _following(rows: QuerySet, ways: Sequence[Column], anchor: Any) -> Q:
    values = [_value(anchor, way.name) for way in ways]
    following = Q(_beyond_all(rows, ways, values))
    if len(ways) > 2:
        # Said once more without the last one, which may be of another table than the index of the others.
        following &= Q(_beyond_all(rows, ways[:-1], values[:-1], or_at="="))
    return following


def _beyond_all(rows: QuerySet, ways: Sequence[Column], values: Sequence[Any], or_at: str = "") -> Func:
    """The columns, compared as one: an index of them all is entered at the very row."""
    sides = [[_expression(rows, way.name) for way in ways], [Value(value) for value in values]]
    both = [Func(*side, function="ROW", output_field=TextField()) for side in sides]
    sign = f" <{or_at} " if ways[0].descending else f" >{or_at} "
    return Func(*both, template="(%(expressions)s)", arg_joiner=sign, output_field=BooleanField())
