"""Writing everything of a merchant: row by row in constant memory, as it was at one moment.

Rows are read some thousand at a time by their ids, within one transaction: no cursor stays open at the server, so that
it goes through PgBouncer, and all tables are of the same moment.
"""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.core.files.storage import default_storage
from django.db import models

from groundwork.database import reading
from groundwork.formats import spreadsheets
from loyalty_site.everything import schema
from loyalty_site.everything.links import without_links
from loyalty_site.everything.tables import TABLES, Table
from tenancy.models import Merchant

CHUNK = 2_000
IN_MEMORY = 2_000_000
Counted = Callable[[int], None]
Row = list[Any]


def write(merchant: Merchant, counted: Counted = lambda count: None) -> IO[bytes]:
    """The zip, at its beginning; `counted` hears of each chunk of rows."""
    file: Any = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes it
    counts: dict[str, int] = {}
    pictures: set[str] = set()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, reading.one_moment():
        for table in TABLES:
            counts[table.name] = _write_table(archive, table, merchant, pictures, counted)
        written = sum(_write_picture(archive, name) for name in sorted(pictures))
        archive.writestr("schema.json", json.dumps(schema.as_json_schema(), indent=1))
        archive.writestr("README.md", schema.in_words(merchant, counts, written))
    file.seek(0)
    return file


def count(merchant: Merchant) -> int:
    """How many rows there are to write."""
    return sum(table.rows(merchant.pk).order_by().count() for table in TABLES)


# --- A table ----------------------------------------------------------------------------------------------


def _write_table(
    archive: zipfile.ZipFile, table: Table, merchant: Merchant, pictures: set[str], counted: Counted
) -> int:
    """Write a table as CSV, and beside it as JSON; returns how many rows it has."""
    fields = list(table.fields())
    header = list(schema.properties(table))
    of_pictures = [
        place for place, (_name, field) in enumerate(fields) if isinstance(field, models.FileField)
    ]
    number = 0
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as beside:
        with archive.open(f"csv/{table.name}.csv", "w", force_zip64=True) as opened:
            text = io.TextIOWrapper(opened, encoding="utf-8", newline="")
            text.write(spreadsheets.BYTE_ORDER_MARK)
            writer = csv.writer(text)
            writer.writerow(header)
            beside.write(b"[")
            for rows in _chunks(table, merchant.pk):
                for row in rows:
                    pictures.update(row[place] for place in of_pictures if row[place])
                    values = dict(zip(header, _values(fields, row, merchant.tzinfo), strict=True))
                    writer.writerow([_cell(value) for value in values.values()])
                    beside.write((",\n" if number else "\n").encode() + _as_json(values))
                    number += 1
                counted(len(rows))
            beside.write(b"\n]\n")
            text.flush()
            text.detach()
        beside.seek(0)
        with archive.open(f"json/{table.name}.json", "w", force_zip64=True) as opened:
            while piece := beside.read(IN_MEMORY):
                opened.write(piece)
    return number


def _chunks(table: Table, merchant_id: int) -> Iterator[list[Row]]:
    rows, last = table.rows(merchant_id), 0
    while some := list(rows.filter(pk__gt=last)[:CHUNK]):
        last = some[-1][0]
        yield [list(row[1:]) for row in some]


def _values(fields: list[tuple[str, Any]], row: Row, zone: ZoneInfo) -> Iterator[Any]:
    """What stands in a row, a moment twice."""
    for (name, field), value in zip(fields, row, strict=True):
        if isinstance(field, models.DateTimeField):
            yield value and value.astimezone(UTC).isoformat().replace("+00:00", "Z")
            yield value and value.astimezone(zone).isoformat()
        elif name == "body":  # an e-mail, which may hold a link that opens a card
            yield without_links(value)
        else:
            yield value


def _cell(value: Any) -> Any:
    """As a spreadsheet takes it: lists and objects as JSON, true and false as they are in JSON."""
    if isinstance(value, bool | list | dict):
        value = json.dumps(value, ensure_ascii=False, default=_plain)
    if isinstance(value, date | time):
        return value.isoformat()
    return spreadsheets.safe_in_csv(value)


def _as_json(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


# --- Pictures ---------------------------------------------------------------------------------------------


def _write_picture(archive: zipfile.ZipFile, name: str) -> int:
    """Write an uploaded file under its own name; returns 0 for one that is gone."""
    if not default_storage.exists(name):
        return 0
    with default_storage.open(name) as picture, archive.open(f"files/{name}", "w") as opened:
        for piece in picture.chunks():
            opened.write(piece)
    return 1
