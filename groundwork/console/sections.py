"""Tables above and below the form of a row's page, for what hangs on the row without being a part of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join


@dataclass(frozen=True)
class Column:
    """What is said of each row: under which heading, and whether it is a number."""

    name: Any
    is_number: bool = False


@dataclass(frozen=True, kw_only=True)
class Section:
    """A table with its title. `key` is its id on the page; `empty` is said where it has no rows, `more` below it."""

    key: str
    title: Any
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    empty: Any
    more: Any = ""
    comes_first: bool = False  # above the form

    def cells(self) -> Iterator[list[tuple[Column, Any]]]:
        """Each row, cell by cell with its column."""
        for row in self.rows:
            yield list(zip(self.columns, row, strict=True))


def link(text: Any, address: str) -> str:
    """A link in a cell."""
    return format_html('<a class="console-link" href="{}">{}</a>', address, text)


def with_remarks(text: Any, *remarks: Any) -> str:
    """A cell with what is said besides, in small letters; empty remarks are left out."""
    return format_html(
        "{}{}", text, format_html_join("", "<br><small>{}</small>", ([said] for said in remarks if said))
    )
