"""Tables to download, as CSV or XLSX, row by row in constant memory, and safe to open in a spreadsheet.

A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers and telephone numbers stay.
"""

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.utils import timezone
from openpyxl import Workbook

from groundwork.errors import TooManyRows

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
IN_MEMORY = 2_000_000
PART = 64_000  # characters that are sent at once
XLSX_ROWS_AT_MOST = 1_048_575  # of a sheet, below its header
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # by which Excel knows UTF-8

# By which a formula begins; East Asian keyboards have it in full width.
SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20"
_DANGEROUS = re.compile(rf"^[\s\0]*[{SIGNS}]|^[\t\r\n]")
_NUMBER = re.compile(r"^[+\-]?[0-9][0-9 .,/-]*$")
# Where Excel cuts a line of CSV where decimals have a comma, between quotation marks too: there a cell begins.
_CUT, _SPACES = r"[;\t\r\n]", r"[^\S\t\r\n]*"
_DANGEROUS_WITHIN = re.compile(
    rf"(?<={_CUT})(?={_SPACES}[{SIGNS}])(?!{_SPACES}[+\-]?[0-9][0-9 .,/-]*(?:{_CUT}|$))"
)
_KEPT_WITHIN = re.compile(rf"(?<={_CUT})'(?={_SPACES}[{SIGNS}])")
# What XML has no way to write: a single one of them, and no spreadsheet opens the workbook that it is in.
_UNPRINTABLE = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def safe(value: Any) -> Any:
    """A cell that no spreadsheet runs: source OWASP, "CSV injection"."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal):
        return value
    text = _UNPRINTABLE.sub("", str(value))
    if _DANGEROUS.match(text) and not _NUMBER.match(text):
        return f"'{text}"
    return text


def safe_in_csv(value: Any) -> Any:
    """The same for a file that is cut into cells again by whatever opens it."""
    cell = safe(value)
    return _DANGEROUS_WITHIN.sub("'", cell) if isinstance(cell, str) else cell


def as_it_was(text: str) -> str:
    """A text of a file without the apostrophes that `safe_in_csv` put within it."""
    return _KEPT_WITHIN.sub("", text)


def write(kind: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    """Write a table to a temporary file and give it back, at its beginning. `kind` is one of KINDS.

    Raises TooManyRows if they do not fit into a sheet; CSV has no end.
    """
    return _csv(header, rows) if kind == "csv" else _xlsx(header, rows)


def csv_in_parts(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The same as CSV, part by part while the rows are read: the first is there at once, however many there are."""
    text = io.StringIO(BYTE_ORDER_MARK, newline="")
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text)
    writer.writerow([safe_in_csv(title) for title in header])
    for row in rows:
        writer.writerow([_as_text(cell) for cell in row])
        if text.tell() >= PART:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    file.writelines(csv_in_parts(header, rows))
    file.seek(0)
    return file


def _as_text(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return timezone.localtime(cell).strftime("%Y-%m-%d %H:%M:%S")
    return cell.isoformat() if isinstance(cell, date) else safe_in_csv(cell)


def _xlsx(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([safe(title) for title in header])
    for number, row in enumerate(rows):
        if number == XLSX_ROWS_AT_MOST:
            raise TooManyRows()
        sheet.append([_as_cell(cell) for cell in row])
    binary = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    book.save(binary)
    binary.seek(0)
    return binary


def _as_cell(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return timezone.make_naive(cell)  # a sheet knows no time zones: the reader's own
    return cell if isinstance(cell, date) else safe(cell)
