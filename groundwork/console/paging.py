"""Paging a list that is too long to be counted: from one row to the next, by the columns that sort it.

No row is out of reach, and the thousandth page costs what the first one does: nothing is skipped row by row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

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
    """What sorts some rows; None if they are not sorted by columns of their own alone."""
    own = {field.name for field in rows.model._meta.concrete_fields} | {"pk"}
    found = []
    for given in rows.query.order_by:
        if not isinstance(given, str) or given.lstrip("-") not in own:
            return None
        found.append(Column(given.lstrip("-"), given.startswith("-")))
    return found or None


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
        rows = rows.filter(_following(ways, anchor))
    found = list(rows.order_by(*[way.ordering for way in ways])[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if backwards:
        return Page(found[::-1], has_previous=has_more, has_next=anchor is not None)
    return Page(found, has_previous=anchor is not None, has_next=has_more)


def _following(ways: Sequence[Column], anchor: Any) -> Q:
    values = [getattr(anchor, way.name) for way in ways]
    following, same = Q(pk__in=()), Q()
    for way, value in zip(ways, values, strict=True):
        following |= same & way.beyond(value)
        same &= way.same(value)
    # Said once more for the first column alone: by this the index is entered at the right place.
    return following & (ways[0].beyond(values[0]) | ways[0].same(values[0]))
