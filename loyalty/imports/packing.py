"""The file that a job of an import keeps: a row each, as JSON, with what became of it; never the stranger's own file.

A line of text per row: which table and line it stands in, its cells, and after the check the person in it or what is
wrong. So a request can read it, line by line, without opening a spreadsheet.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import IO, Any

from loyalty.imports.faults import Fault
from loyalty.imports.lines import Line
from loyalty.imports.reading import cells


@dataclass(frozen=True)
class Row:
    """A row of a table, by their numbers; `line` and `faults` are known once it is checked."""

    table: int
    number: int
    cells: Sequence[Any]
    line: Line | None = None
    faults: Sequence[Fault] = ()


def packed(row: Row) -> bytes:
    """A row as a line of the file."""
    data: dict[str, Any] = {
        "table": row.table,
        "number": row.number,
        "cells": [cells.packed(cell) for cell in row.cells],
    }
    if row.line:
        data["line"] = {name: value for name, value in asdict(row.line).items() if value}
    if row.faults:
        data["faults"] = packed_faults(row.faults)
    return json.dumps(data, default=date.isoformat).encode() + b"\n"


def packed_faults(faults: Iterable[Fault]) -> list[list[Any]]:
    """Faults as an outcome has them: in words only when they are shown, in the language of whoever looks."""
    return [[fault.line, fault.column, fault.why, dict(fault.about)] for fault in faults]


def unpacked_faults(data: Iterable[Sequence[Any]]) -> list[Fault]:
    return [Fault(*each) for each in data]


def rows(file: Iterable[bytes] | IO[bytes]) -> Iterator[Row]:
    """The rows of such a file."""
    for text in file:
        data: dict[str, Any] = json.loads(text)
        yield Row(
            data["table"],
            data["number"],
            [cells.unpacked(cell) for cell in data["cells"]],
            _line(data["line"]) if "line" in data else None,
            unpacked_faults(data.get("faults", ())),
        )


def _line(fields: Mapping[str, Any]) -> Line:
    born = fields.get("birth_date")
    return Line(**{**fields, "birth_date": date.fromisoformat(born) if born else None})
