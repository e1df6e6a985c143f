"""CSV and XLSX files as tables of rows, one after the other: however long a file is, little of it is in memory."""

import csv
import io
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any, NamedTuple

from django.utils.translation import gettext as _

from groundwork.formats import text_files, workbooks
from loyalty.errors import UnreadableFile

BLOCK = 1 << 20
ZIP = b"PK\3\4"  # by which a zip file with something in it begins
RECORD_AT_MOST = 100_000  # characters of a line of CSV
GAP_AT_MOST = 1_000  # blank rows between two that are not
Row = list[Any]


class Table(NamedTuple):
    """A sheet of a workbook, or a text file (without a name): its rows, and about how many there are."""

    name: str
    rows: Iterator[Row]
    expected: int


def opened(file: IO[bytes]) -> list[Table]:
    """The tables of a file, one at least; each is read once, in this order.

    Blank rows at the end are left out; elsewhere they stay, so that line numbers are those of the file. Raises
    UnreadableFile, at once or while it is read.
    """
    try:
        tables = workbooks.opened(file) if is_workbook(file) else [_text(file)]
    except Exception as error:  # whatever a broken zip or a bad sheet raises
        raise _refusal(error) from error
    return [
        Table(name, _readable(_without_blank_end(rows)), max(0, count - 1)) for name, rows, count in tables
    ]


def _refusal(error: Exception) -> UnreadableFile:
    if isinstance(error, UnreadableFile):
        return error
    if isinstance(error, workbooks.WorkbookTooLarge):
        return UnreadableFile(_("This workbook is too large. Save the sheet as CSV."))
    return UnreadableFile()


def is_workbook(file: IO[bytes]) -> bool:
    """Whether a file is XLSX, or means to be: a heading PK, as databases call the number of a row, is text."""
    file.seek(0)
    return file.read(len(ZIP)) == ZIP


def is_broken_workbook(file: IO[bytes]) -> bool:
    """Whether a file means to be XLSX and is not even a zip file: known without unpacking anything."""
    return is_workbook(file) and not zipfile.is_zipfile(file)


def newlines(file: IO[bytes]) -> int:
    """How many lines a text file has."""
    return sum(block.count(b"\n") for block in _blocks(file))


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    return iter(lambda: file.read(BLOCK), b"")


def _readable(rows: Iterator[Row]) -> Iterator[Row]:
    try:
        yield from rows
    except Exception as error:  # whatever the readers of two formats raise
        raise _refusal(error) from error


def is_blank(row: Row) -> bool:
    """Whether nothing stands in a row."""
    return not any(str("" if cell is None else cell).strip() for cell in row)


def _without_blank_end(rows: Iterator[Row]) -> Iterator[Row]:
    blank = 0
    for row in rows:
        if is_blank(row):
            blank += 1
            continue
        if blank > GAP_AT_MOST:
            text = _("There are more than %(count)d blank rows between two lines. Please remove them.")
            raise UnreadableFile(text % {"count": GAP_AT_MOST})
        yield from ([] for _row in range(blank))
        yield row
        blank = 0


def _text(file: IO[bytes]) -> workbooks.Sheet:
    encoding = text_files.encoding_of(_blocks(file))
    if encoding is None:
        raise UnreadableFile()
    count = newlines(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="", errors="replace")
    lines = list(islice(io.StringIO(text.read(RECORD_AT_MOST), newline=""), text_files.RECORDS_TRIED))
    told = text_files.separator_told(lines[0]) if lines else None
    rows = _records(text, told or text_files.separator_of(lines))
    text.seek(0)
    return workbooks.Sheet("", _told_apart(rows) if told else rows, count)


def _told_apart(rows: Iterator[Row]) -> Iterator[Row]:
    """The line that tells the separator counts as a line, and is a blank one."""
    next(rows)
    yield []
    yield from rows


def _records(text: io.TextIOWrapper, delimiter: str) -> Iterator[Row]:
    """The records of a CSV file: one may go over several lines, but none is endless, and each comes to its end."""
    record = list[str]()

    def lines() -> Iterator[str]:
        taken = 0
        while line := text.readline(RECORD_AT_MOST + 1):
            taken = taken + len(line) if record else len(line)
            if taken > RECORD_AT_MOST:
                raise UnreadableFile()
            record.append(line)
            yield line

    reader, last = csv.reader(lines(), delimiter=delimiter), list[str]()
    for row in reader:
        last[:], record[:] = record, ()
        yield row
    if _is_cut_off(last, delimiter):
        text_of_it = _("A quotation mark in line %(line)d is never closed.")
        raise UnreadableFile(text_of_it % {"line": reader.line_num - len(last) + 1})


def _is_cut_off(record: list[str], delimiter: str) -> bool:
    """Whether the last record of a file ends inside of quotation marks, with all lines that they have taken along."""
    try:
        list(csv.reader(record, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "end of data" in str(error)
    return False
