"""CSV and XLSX files as rows, one after the other: however long the file is, little of it is in memory."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from loyalty.errors import UnreadableFile

UNPACKED_AT_MOST = 500_000_000
BLOCK = 1 << 20
Row = list[Any]


def opened(file: IO[bytes]) -> tuple[Iterator[Row], int]:
    """The rows of a file, headings first, and about how many follow them; closes the file in the end.

    Blank rows at the end are left out; elsewhere they stay, so that line numbers are those of the file. Raises
    UnreadableFile, at once or while it is read.
    """
    try:
        rows, count = _workbook(file) if is_workbook(file) else _text(file)
    except UnreadableFile:
        raise
    except Exception as error:  # whatever a broken zip or a bad sheet raises
        raise UnreadableFile() from error
    return _readable(_without_blank_end(rows)), max(0, count - 1)


def is_workbook(file: IO[bytes]) -> bool:
    """Whether a file is XLSX, or at least a zip file."""
    file.seek(0)
    return file.read(2) == b"PK"


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
        raise UnreadableFile() from error


def _without_blank_end(rows: Iterator[Row]) -> Iterator[Row]:
    blank = 0
    for row in rows:
        if not any(str("" if cell is None else cell).strip() for cell in row):
            blank += 1
            continue
        yield from ([] for _row in range(blank))
        yield row
        blank = 0


def _text(file: IO[bytes]) -> tuple[Iterator[Row], int]:
    count, encoding = newlines(file), _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    delimiter = max(",;\t", key=text.readline().count)
    text.seek(0)
    return csv.reader(text, delimiter=delimiter), count


def _encoding(file: IO[bytes]) -> str:
    """UTF-8, or what older spreadsheets write. Raises UnreadableFile if it is no text."""
    if any(b"\0" in block for block in _blocks(file)):
        raise UnreadableFile()
    for encoding in ("utf-8-sig", "cp1252"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for block in _blocks(file):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise UnreadableFile()


def _workbook(file: IO[bytes]) -> tuple[Iterator[Row], int]:
    with zipfile.ZipFile(file) as book:  # a small one may hold a very large sheet
        if sum(entry.file_size for entry in book.infolist()) > UNPACKED_AT_MOST:
            raise UnreadableFile(_("This workbook is too large. Save the sheet as CSV."))
    file.seek(0)
    sheet = load_workbook(file, read_only=True, data_only=True).active
    return (list(row) for row in sheet.iter_rows(values_only=True)), sheet.max_row or 0
