"""Workbooks are judged by what they unpack to, while they are unpacked: a small file costs what a small file may."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

import pytest
from openpyxl import Workbook

from groundwork.formats import workbooks
from groundwork.formats.workbooks import WorkbookTooLarge

MEMORY_AT_MOST = 20_000_000  # bytes; of the files below the least would have taken twenty times that
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
SHARED = (
    '<Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"'
    ' Target="sharedStrings.xml" Id="rId9"/></Relationships>'
)
Piece = tuple[str, int]  # a text, and how many times


def saved(book: Workbook) -> io.BytesIO:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer


def workbook(*rows: list[Any]) -> io.BytesIO:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def packed(parts: dict[str, list[Piece]]) -> io.BytesIO:
    """A workbook with these parts in place of its own."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(workbook(["email"])) as good,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for entry in good.namelist():
            text = good.read(entry).decode()
            if entry == RELATIONS and STRINGS in parts:
                text = text.replace("</Relationships>", SHARED)
            if entry not in parts:
                made.writestr(entry, text)
        for path, pieces in parts.items():
            write(made, path, pieces)
    return buffer


def write(book: zipfile.ZipFile, path: str, pieces: list[Piece]) -> None:
    with book.open(path, "w", force_zip64=True) as part:
        for text, times in pieces:
            chunk = max(1, 1_000_000 // len(text))
            for begun in range(0, times, chunk):
                part.write((text * min(chunk, times - begun)).encode())


def sheet(*pieces: Piece, strings: Sequence[Piece] = ()) -> io.BytesIO:
    parts = {SHEET: [(f"<worksheet {MAIN}><sheetData>", 1), *pieces, ("</sheetData></worksheet>", 1)]}
    return packed(parts | ({STRINGS: [(f"<sst {MAIN}>", 1), *strings, ("</sst>", 1)]} if strings else {}))


def rows_of(file: io.BytesIO) -> list[list[Any]]:
    return list(workbooks.opened(file)[0].rows)


def test_values_are_read_as_they_were_typed() -> None:
    book = Workbook()
    book.active.append(["email", "Léa & <x>", None, True, 12, 1.5, -3])
    book.active.append([date(1990, 12, 31), datetime(2020, 2, 29, 10, 30)])
    book.active["B4"] = "late"
    _name, rows, count = workbooks.opened(saved(book))[0]
    assert list(rows) == [
        ["email", "Léa & <x>", None, True, 12, 1.5, -3],
        [datetime(1990, 12, 31), datetime(2020, 2, 29, 10, 30)],
        [],
        [None, "late"],
    ]
    assert count == 4


def test_texts_in_the_cell_itself_and_cells_without_an_address_are_read() -> None:
    file = sheet(
        (
            '<row><c t="inlineStr"><is><r><t>Lé</t></r><r><t>a</t></r></is></c><c t="str"><f>A1</f><v>x</v></c>',
            1,
        ),
        ('<c t="e"><v>#REF!</v></c><c/><c><v>2e3</v></c></row>', 1),
    )
    assert rows_of(file) == [["Léa", "x", "#REF!", None, 2000.0]]


def test_the_sheet_that_was_open_is_read() -> None:
    book = Workbook()
    book.active.append(["first"])
    book.create_sheet().append(["second"])
    book.active = 1
    assert rows_of(saved(book)) == [["second"]]


def test_the_others_come_after_it_and_hidden_ones_last() -> None:
    book = Workbook()
    book.active.append(["first"])
    book.create_sheet("Kunden").append(["second"])
    book.create_sheet("Lists").append(["third"])
    book["Lists"].sheet_state = "hidden"
    book.active = 1
    sheets = [(sheet.name, list(sheet.rows)) for sheet in workbooks.opened(saved(book))]
    assert sheets == [("Kunden", [["second"]]), ("Sheet", [["first"]]), ("Lists", [["third"]])]


def test_a_sheet_that_is_hidden_comes_last_even_if_it_was_open() -> None:
    book = Workbook()
    book.active.append(["first"])
    book.create_sheet("Kunden").append(["second"])
    book.active.sheet_state = "hidden"
    assert [sheet.name for sheet in workbooks.opened(saved(book))] == ["Kunden", "Sheet"]


def test_a_workbook_of_more_sheets_than_are_read_is_refused_and_none_is_left_out() -> None:
    book = Workbook()
    for _number in range(workbooks.SHEETS_AT_MOST):
        book.create_sheet()
    with pytest.raises(workbooks.WorkbookTooLarge, match="sheets"):
        workbooks.opened(saved(book))


def test_a_formula_whose_result_was_not_saved_is_neither_empty_nor_zero() -> None:
    row = (
        '<row><c><f>A1</f></c><c><f>A1</f><v></v></c><c><f>A1</f><v>0</v></c><c t="str"><f>A1</f><v></v></c>'
        "<c/></row>"
    )
    assert rows_of(sheet((row, 1))) == [[workbooks.NO_VALUE, workbooks.NO_VALUE, 0, "", None]]


def test_a_number_that_is_none_is_no_value() -> None:
    assert rows_of(sheet(("<row><c><v>NaN</v></c><c><v>4</v></c></row>", 1))) == [[workbooks.NO_VALUE, 4]]


def test_dates_of_an_old_mac_are_four_years_later() -> None:
    book = Workbook()
    book.epoch = datetime(1904, 1, 1)
    book.active.append([date(1990, 12, 31)])
    assert rows_of(saved(book)) == [[datetime(1990, 12, 31)]]


BOMBS: dict[str, Callable[[], io.BytesIO]] = {
    "one cell of 200 MB": lambda: sheet(
        ('<row><c t="inlineStr"><is><t>', 1), ("a", 200_000_000), ("</t></is></c></row>", 1)
    ),
    "one address of 20 MB": lambda: sheet(('<row><c r="', 1), ("A", 20_000_000), ('"/></row>', 1)),
    "a comment of 20 MB": lambda: sheet(("<!--", 1), ("a", 20_000_000), ("-->", 1)),
    "a shared string of 200 MB": lambda: sheet(
        strings=[("<si><t>", 1), ("a", 200_000_000), ("</t></si>", 1)]
    ),
    "a shared string of many pieces": lambda: sheet(
        strings=[("<si>", 1), ("<r><t>aaaaaaaa</t></r>", 100_000), ("</si>", 1)]
    ),
    "a text of many pieces in a cell": lambda: sheet(
        ('<row><c t="inlineStr"><is>', 1), ("<t>aaaaaaaa</t>", 100_000), ("</is></c></row>", 1)
    ),
    "tags in tags": lambda: sheet(("<row>", 1_000_000)),
    "a row of a million cells": lambda: sheet(("<row>", 1), ("<c><v>1</v></c>", 1_000_000), ("</row>", 1)),
    "a cell in the last column": lambda: sheet(('<row><c r="XFD1"><v>1</v></c></row>', 1)),
    "a row of long texts": lambda: sheet(
        ("<row>", 1), (f'<c t="str"><v>{"a" * 30_000}</v></c>', 100), ("</row>", 1)
    ),
    "styles without end": lambda: packed(
        {"xl/styles.xml": [(f"<styleSheet {MAIN}><cellXfs>", 1), ("<xf/>", 2_000_000)]}
    ),
    "sheets without end": lambda: packed(
        {"xl/workbook.xml": [(f"<workbook {MAIN}><sheets>", 1), ('<sheet x:id="rId1"/>', 2_000_000)]}
    ),
    "very many parts": lambda: many_parts(100_000),
}


def many_parts(count: int) -> io.BytesIO:
    buffer = workbook(["email"])
    with zipfile.ZipFile(buffer, "a") as book:
        for number in range(count):
            book.writestr(f"{number}", b"")
    return buffer


def taken(work: Callable[[], Any]) -> int:
    """The most memory, in bytes, that work had at a time."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def refuses(file: io.BytesIO, error: type[Exception] = WorkbookTooLarge) -> Callable[[], None]:
    def work() -> None:
        with pytest.raises(error):
            rows_of(file)

    return work


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_before_it_has_unpacked(bomb: str) -> None:
    assert taken(refuses(BOMBS[bomb]())) < MEMORY_AT_MOST


def test_entities_are_refused_unexpanded() -> None:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    text = f'<!DOCTYPE worksheet [<!ENTITY a0 "ha">{laughs}]><worksheet {MAIN}>&a8;</worksheet>'
    assert taken(refuses(packed({SHEET: [(text, 1)]}), ValueError)) < MEMORY_AT_MOST


def test_a_document_type_is_refused_even_where_it_says_nothing() -> None:
    sheet = f"<worksheet {MAIN}><sheetData><row><c><v>7</v></c></row></sheetData></worksheet>"
    assert rows_of(packed({SHEET: [(sheet, 1)]})) == [[7]]
    refuses(packed({SHEET: [(f"<!DOCTYPE worksheet>{sheet}", 1)]}), ValueError)()


def cells(count: int) -> Piece:
    """A row each, of the strings from the first on."""
    return "".join(f'<row><c t="s"><v>{number}</v></c></row>' for number in range(count)), 1


def test_strings_that_cells_share_are_read_without_how_they_are_pronounced() -> None:
    strings = [("<si><t>課長</t><rPh><t>カ</t></rPh></si><si><r><t>L</t></r><r><t>éa</t></r></si><si/>", 1)]
    assert rows_of(sheet(cells(3), strings=strings)) == [["課長"], ["Léa"], [""]]


def test_strings_are_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "STRINGS_AT_MOST", 3)
    assert rows_of(sheet(cells(3), strings=[("<si><t>a</t></si>", 3)])) == [["a"], ["a"], ["a"]]
    with pytest.raises(WorkbookTooLarge):
        rows_of(sheet(cells(3), strings=[("<si><t>a</t></si>", 4)]))


def test_styles_are_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    def styled(count: int) -> io.BytesIO:
        end = ("</cellXfs></styleSheet>", 1)
        return packed({"xl/styles.xml": [(f"<styleSheet {MAIN}><cellXfs>", 1), ("<xf/>", count), end]})

    monkeypatch.setattr(workbooks, "ELEMENTS_AT_MOST", 100)
    rows_of(styled(90))
    with pytest.raises(WorkbookTooLarge):
        rows_of(styled(101))


def test_all_parts_together_unpack_to_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[f"person{number}@example.com", number] for number in range(1_000)]
    monkeypatch.setattr(workbooks, "UNPACKED_AT_MOST", 200_000)
    assert len(rows_of(workbook(*rows))) == 1_000
    monkeypatch.setattr(workbooks, "UNPACKED_AT_MOST", 100_000)
    with pytest.raises(WorkbookTooLarge):
        rows_of(workbook(*rows))


def test_a_text_counts_as_often_as_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "UNPACKED_AT_MOST", 20_000_000)
    shared = [(f"<si><t>{'a' * 30_000}</t></si>", 1)]
    many = sheet(('<row><c t="s"><v>0</v></c></row>', 1_000), strings=shared)
    assert len(many.getvalue()) < 10_000
    rows = workbooks.opened(many)[0].rows
    assert len(list(islice(rows, 600))) == 600
    with pytest.raises(WorkbookTooLarge):
        list(rows)


@pytest.mark.parametrize("number", ["0", "1", "-1", "1048577", "9" * 30, "x"])
def test_a_row_stands_below_the_one_before_it_and_on_the_sheet(number: str) -> None:
    with pytest.raises(ValueError, match="row"):
        rows_of(sheet(("<row/>", 1), (f'<row r="{number}"/>', 1)))


def test_a_number_of_many_digits_is_refused() -> None:
    with pytest.raises(ValueError, match="number"):
        rows_of(sheet((f"<row><c><v>{'9' * 4_000}</v></c></row>", 1)))


def test_an_empty_cell_far_to_the_right_is_nothing() -> None:
    assert rows_of(sheet(('<row><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row>', 1))) == [[1]]


def test_reading_row_by_row_takes_the_memory_of_a_few_rows() -> None:
    file = sheet(('<row><c t="str"><v>person@example.com</v></c><c><v>1</v></c></row>', 20_000))

    def work() -> None:
        assert sum(1 for _row in workbooks.opened(file)[0].rows) == 20_000

    assert taken(work) < MEMORY_AT_MOST
