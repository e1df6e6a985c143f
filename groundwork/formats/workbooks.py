"""Workbooks that strangers send (XLSX), read row by row, and judged by what they unpack to while they are unpacked.

openpyxl, which writes ours, builds trees of whatever stands in a file before it can be asked how much that is: a few
kilobytes cost it minutes, or all memory. Here nothing is built but the strings that cells share, and one row.
"""

import math
import posixpath
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain
from typing import IO, Any, NamedTuple

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from groundwork.formats.xml_events import BLOCK, TEXT_AT_MOST, Event, Reader

PARTS_AT_MOST = 1_000  # files in the zip file
UNPACKED_AT_MOST = 200_000_000  # bytes of all parts that are read
ELEMENTS_AT_MOST = 200_000  # of a part that is neither a sheet nor its strings
STRINGS_AT_MOST = 1_000_000  # that cells share
ROW_TEXT_AT_MOST = 100_000  # characters of a row
ROWS_AT_MOST = 1_048_576  # of a sheet, as in a spreadsheet
COLUMNS_AT_MOST = 200
SHEETS_AT_MOST = 20
NUMBER_AT_MOST = 40  # characters
ENTRY = b"PK\1\2"  # what each entry of a zip file's directory begins with

Row = list[Any]


class WorkbookTooLarge(ValueError):
    """A workbook that unpacks to more than a table of people can be."""


class _NoValue:
    """What a formula is whose result nobody has saved with it: neither empty nor zero."""

    def __str__(self) -> str:
        return "="


NO_VALUE = _NoValue()


class Sheet(NamedTuple):
    """A sheet's name, its rows, of which those left out are empty ones, and about how many there are."""

    name: str
    rows: Iterator[Row]
    expected: int


def opened(file: IO[bytes]) -> list[Sheet]:
    """The sheets: first the one that was open last, then the others in order, and in the end those that are hidden.

    Values are text, numbers, booleans and datetimes, as they were when the file was saved, or NO_VALUE. Raises
    WorkbookTooLarge, or anything else for what is no workbook; at once or while it is read.
    """
    if sum(block.count(ENTRY) for block in _blocks(file)) > PARTS_AT_MOST:
        raise WorkbookTooLarge("parts")
    file.seek(0)
    book = _Book(zipfile.ZipFile(file))
    return [_opened(book, name, path) for name, path in book.sheets]


def _opened(book: "_Book", name: str, path: str) -> Sheet:
    events = book.events(path)
    expected = 0
    for element, about in events:
        if element == "dimension":
            expected = _row_number(about.get("ref", "").rpartition(":")[2])
        elif element == "sheetData":
            break
    return Sheet(name, _Sheet(book).rows(events), min(expected, ROWS_AT_MOST))


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    return iter(lambda: file.read(BLOCK), b"")


def _row_number(reference: str) -> int:
    digits = reference.lstrip("$ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return int(digits) if digits.isdecimal() and len(digits) <= len(str(ROWS_AT_MOST)) else 0


class _Book:
    """A workbook's parts: which sheet is read, the strings and the formats of its cells."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.unpacked = 0
        self.epoch = CALENDAR_WINDOWS_1900
        (path,) = self._targets("", "officeDocument").values()
        self.sheets = self._sheets(path)
        self.strings = [
            text for part in self._targets(path, "sharedStrings").values() for text in self._strings(part)
        ]
        self.dates = {
            number for part in self._targets(path, "styles").values() for number in self._dates(part)
        }

    def events(self, path: str) -> Iterator[Event]:
        """What stands in a part, element by element. Raises WorkbookTooLarge."""
        reader = Reader(WorkbookTooLarge)
        with self.archive.open(path) as part:
            while block := part.read(BLOCK):
                self.unpacked += len(block)
                if self.unpacked > UNPACKED_AT_MOST:
                    raise WorkbookTooLarge("bytes")
                yield from reader.feed(block)
        yield from reader.feed(b"", is_last=True)

    def _few(self, path: str) -> Iterator[Event]:
        for number, event in enumerate(self.events(path)):
            if number > 2 * ELEMENTS_AT_MOST:
                raise WorkbookTooLarge("elements")
            yield event

    def _targets(self, path: str, kind: str) -> dict[str, str]:
        """The parts of a kind (its name's end) that a part refers to, by the names that it has for them."""
        folder, name = posixpath.split(path)
        found = {}
        for element, about in self._few(posixpath.join(folder, "_rels", f"{name}.rels")):
            if element == "Relationship" and about["Type"].endswith(f"/{kind}"):
                found[about["Id"]] = posixpath.normpath(posixpath.join("/", folder, about["Target"])).lstrip(
                    "/"
                )
        return found

    def _sheets(self, path: str) -> list[tuple[str, str]]:
        """Name and part of each sheet."""
        sheets, active = list[tuple[str, str, bool]](), 0
        for element, about in self._few(path):
            if element == "sheet":
                if len(sheets) == SHEETS_AT_MOST:
                    raise WorkbookTooLarge("sheets")
                key = next(about[key] for key in about if key.endswith(":id"))
                sheets.append((about.get("name", "")[:31], key, about.get("state", "visible") == "visible"))
            elif element == "workbookView":
                active = int(about.get("activeTab", 0))
            elif element == "workbookPr" and about.get("date1904") in ("1", "true"):
                self.epoch = CALENDAR_MAC_1904
        parts = self._targets(path, "worksheet")
        ordered = chain(sheets[active : active + 1], sheets[:active], sheets[active + 1 :])
        hidden_last = sorted(ordered, key=lambda sheet: not sheet[2])
        found = [(name, parts[key]) for name, key, _is_shown in hidden_last if key in parts]
        if not found:
            raise ValueError("A workbook has a sheet.")
        return found

    def _strings(self, path: str) -> Iterator[str]:
        text, count, sounds = "", 0, 0
        for element, about in self.events(path):
            if element == "si":
                text, count = "", count + 1
                if count > STRINGS_AT_MOST:
                    raise WorkbookTooLarge("strings")
            elif element == "rPh":  # how a Japanese text is pronounced
                sounds += 1
            elif element == "/" and about[0] == "rPh":
                sounds -= 1
            elif element == "/" and about[0] == "t" and not sounds:
                text = _longer(text, about[1])
            elif element == "/" and about[0] == "si":
                yield text

    def _dates(self, path: str) -> Iterator[int]:
        """The styles, by their number, in which a number is a date."""
        formats, is_of_cells, number = dict[int, str](BUILTIN_FORMATS), False, 0
        for element, about in self._few(path):
            if element == "numFmt":
                formats[int(about["numFmtId"])] = about["formatCode"][:255]
            elif element == "cellXfs":
                is_of_cells = True
            elif element == "/" and about[0] == "cellXfs":
                is_of_cells = False
            elif element == "xf" and is_of_cells:
                if is_date_format(formats.get(int(about.get("numFmtId", 0)))):
                    yield number
                number += 1


def _longer(text: str, more: str) -> str:
    if len(text) + len(more) > TEXT_AT_MOST:
        raise WorkbookTooLarge("text")
    return text + more


class _Sheet:
    """The rows of a sheet, one at a time."""

    def __init__(self, book: _Book) -> None:
        self.book = book
        self.row: Row = []
        self.length = 0
        self.unpacked = 0
        self.readers: dict[str, Callable[[str], Any]] = {
            "s": lambda text: book.strings[int(text)],
            "b": lambda text: text == "1",
            "d": datetime.fromisoformat,
            "n": _number,
        }

    def rows(self, events: Iterator[Event]) -> Iterator[Row]:
        """The rows as they come, with an empty one in place of each that is left out."""
        number = 0
        for element, about in events:
            if element == "row":
                self.row, self.length = [], 0
                before, number = number, self._number_of(about, number)
                yield from ([] for _missing in range(before + 1, number))
            elif element == "c":
                self._read_cell(about, events)
            elif element == "/" and about[0] == "row":
                yield self.row
            elif element == "/" and about[0] == "sheetData":
                return

    def _number_of(self, about: dict[str, str], before: int) -> int:
        number = _row_number(about["r"]) if "r" in about else before + 1
        if not before < number <= ROWS_AT_MOST:
            raise ValueError("A row stands where none can.")
        return number

    def _read_cell(self, about: dict[str, str], events: Iterator[Event]) -> None:
        """Read a cell to its end, and put it where it says that it stands."""
        text, inline, is_empty, is_formula = "", "", True, False
        for element, inner in events:
            if element == "/" and inner[0] == "c":
                break
            if element == "f":
                is_formula = True
            elif element == "/" and inner[0] == "v":
                text, is_empty = inner[1], False
            elif element == "/" and inner[0] == "t":
                inline, is_empty = _longer(inline, inner[1]), False
        letters = about.get("r", "").rstrip("0123456789")
        column = column_index_from_string(letters) if letters else len(self.row) + 1
        if is_empty and column > COLUMNS_AT_MOST:
            return
        if column > COLUMNS_AT_MOST or column <= len(self.row):
            raise WorkbookTooLarge("columns")
        kind = about.get("t", "n")
        value = inline if kind == "inlineStr" else text and self._value(kind, text, about)
        if is_formula and kind != "str" and not text:
            value = NO_VALUE
        elif is_empty:
            value = None
        self._count(value)
        self.row += [None] * (column - len(self.row) - 1) + [value]

    def _value(self, kind: str, text: str, about: dict[str, str]) -> Any:
        value = self.readers.get(kind, str)(text)
        if kind == "n" and value is not NO_VALUE and int(about.get("s", 0)) in self.book.dates:
            try:
                return from_excel(value, self.book.epoch)
            except (OverflowError, ValueError):
                return text
        return value

    def _count(self, value: Any) -> None:
        """Texts count as often as cells show them: one long one may be shared by a million."""
        length = len(value) if isinstance(value, str) else 1
        self.length += length
        self.unpacked += length
        if self.length > ROW_TEXT_AT_MOST or self.unpacked > UNPACKED_AT_MOST:
            raise WorkbookTooLarge("text")


def _number(text: str) -> Any:
    if len(text) > NUMBER_AT_MOST:
        raise ValueError("A number is that long in no spreadsheet.")
    if text.lstrip("-").isdecimal():
        return int(text)
    number = float(text)
    return NO_VALUE if math.isnan(number) else number
