"""CSV and XLSX files as rows, one after the other: however long the file is, little of it is in memory."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from groundwork.formats import workbooks
from loyalty.errors import UnreadableFile

BLOCK = 1 << 20
RECORD_AT_MOST = 100_000  # characters of a line of CSV
GAP_AT_MOST = 1_000  # blank rows between two that are not
Row = list[Any]


def opened(file: IO[bytes]) -> tuple[Iterator[Row], int]:
    """The rows of a file, headings first, and about how many follow them; closes the file in the end.

    Blank rows at the end are left out; elsewhere they stay, so that line numbers are those of the file. Raises
    UnreadableFile, at once or while it is read.
    """
    try:
        rows, count = workbooks.opened(file) if is_workbook(file) else _text(file)
    except Exception as error:  # whatever a broken zip or a bad sheet raises
        raise _refusal(error) from error
    return _readable(_without_blank_end(rows)), max(0, count - 1)


def _refusal(error: Exception) -> UnreadableFile:
    if isinstance(error, UnreadableFile):
        return error
    if isinstance(error, workbooks.WorkbookTooLarge):
        return UnreadableFile(_("This workbook is too large. Save the sheet as CSV."))
    return UnreadableFile()


def is_workbook(file: IO[bytes]) -> bool:
    """Whether a file is XLSX, or means to be."""
    file.seek(0)
    return file.read(2) == b"PK"


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


def _without_blank_end(rows: Iterator[Row]) -> Iterator[Row]:
    blank = 0
    for row in rows:
        if not any(str("" if cell is None else cell).strip() for cell in row):
            blank += 1
            continue
        if blank > GAP_AT_MOST:
            text = _("There are more than %(count)d blank rows between two lines. Please remove them.")
            raise UnreadableFile(text % {"count": GAP_AT_MOST})
        yield from ([] for _row in range(blank))
        yield row
        blank = 0


def _text(file: IO[bytes]) -> tuple[Iterator[Row], int]:
    count, encoding = newlines(file), _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    delimiter = max(",;\t", key=text.readline(RECORD_AT_MOST).count)
    text.seek(0)
    return _records(text, delimiter), count


def _records(text: io.TextIOWrapper, delimiter: str) -> Iterator[Row]:
    """The records of a CSV file: one may go over several lines, but none is endless."""
    taken = 0

    def lines() -> Iterator[str]:
        nonlocal taken
        while line := text.readline(RECORD_AT_MOST + 1):
            taken += len(line)
            if taken > RECORD_AT_MOST:
                raise UnreadableFile()
            yield line

    for row in csv.reader(lines(), delimiter=delimiter):
        taken = 0
        yield row


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
