"""The first look at a file: its tables, their headings, what each column seems to be, and the first rows.

What stands in the columns is counted over the whole file, so that one date of the 31st says for all of them that the
day comes first.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import IO, Any

from django.utils.translation import gettext as _

from loyalty.errors import UnreadableFile
from loyalty.imports import packing, tables
from loyalty.imports.importing import LINES_AT_MOST
from loyalty.imports.reading import cells, columns
from loyalty.imports.reading.columns import ANSWERS, HEADER_ROWS, Content

SAMPLES = 10
COLUMNS_AT_MOST = 200


@dataclass
class Table:
    """What was seen of a table: JSON once it is `as_data`.

    `unsure` is the line of its headings where none of them is known; whoever knows the file says if it is a person.
    """

    name: str
    names: list[str]
    has_header: bool
    contents: list[Content]
    samples: list[list[Any]]
    count: int = 0
    unsure: int | None = None
    first: list[Any] = field(default_factory=list)

    def as_data(self, remembered: Mapping[str, str]) -> dict[str, Any]:
        known = remembered if self.has_header else {}
        return {
            "name": self.name,
            "headings": self.names,
            "has_header": self.has_header,
            "count": self.count,
            "fields": columns.guess(self.names, self.contents, known),
            "questions": [_told(content.question) for content in self.contents],
            "answers": [_told(content.answer) for content in self.contents],
            "samples": self.samples,
            "unsure": self.unsure,
            "first": self.first,
        }


def _told(tell: Callable[[str], str]) -> dict[str, str]:
    return {meant: said for meant in ANSWERS if (said := tell(meant))}


def look(file: IO[bytes], kept: IO[bytes], *, country: str, counted: Callable[[int], None]) -> list[Table]:
    """Read a stranger's file, and keep its rows in another one (`packing`). Returns the tables with somebody in them.

    `country` (ISO 3166) is where telephone numbers are from. Raises UnreadableFile.
    """
    found = list[Table]()
    for name, rows, _expected in tables.opened(file):
        seen = _look_at(len(found), name, rows, kept, country=country, counted=counted)
        if seen is not None and seen.count:
            found.append(seen)
    if not found:
        raise UnreadableFile(_("There is nobody in this file."))
    return found


def _look_at(
    number: int,
    name: str,
    rows: Iterator[tables.Row],
    kept: IO[bytes],
    *,
    country: str,
    counted: Callable[[int], None],
) -> Table | None:
    first = list(islice(rows, HEADER_ROWS))
    if not first:
        return None
    header = columns.header_of(first)
    begin = 0 if header is None else header + 1
    names = _names(first, header)
    table = Table(name, names, header is not None, [Content() for _name in names], [])
    if header is not None and not columns.is_known(first[header]):
        table.unsure = begin
        table.first = [begin, *map(cells.packed, first[header][: len(names)])]
        kept.write(packing.packed(packing.Row(number, begin, first[header])))
    for line, row in enumerate(chain(first[begin:], rows), begin + 1):
        if line - begin > LINES_AT_MOST:
            text = _("These are more than %(count)d lines. Please import them in several files.")
            raise UnreadableFile(text % {"count": LINES_AT_MOST})
        counted(1)
        if tables.is_blank(row):
            continue
        _note(table, row, country)
        if len(table.samples) < SAMPLES:
            table.samples.append([line, *map(cells.packed, row[: len(names)])])
        kept.write(packing.packed(packing.Row(number, line, row)))
    return table


def _names(first: Sequence[tables.Row], header: int | None) -> list[str]:
    """The headings, or letters where there are none, as spreadsheets call their columns."""
    if header is not None:
        names = [cells.shown(cell)[:200] for cell in first[header]]
        while names and not names[-1]:
            names.pop()
        return names[:COLUMNS_AT_MOST]
    return columns.numbered(min(max(len(row) for row in first), COLUMNS_AT_MOST))


def _note(table: Table, row: tables.Row, country: str) -> None:
    table.count += 1
    for content, cell in zip(table.contents, row, strict=False):
        content.look(cell, country=country)
