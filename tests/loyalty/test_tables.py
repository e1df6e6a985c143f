"""Files of customers as rows: what is small stays small, however it is written."""

import io
import tracemalloc

import pytest

from loyalty.errors import UnreadableFile
from loyalty.imports import tables
from tests.groundwork.test_workbooks import sheet

MEMORY_AT_MOST = 20_000_000  # bytes


def rows(text: str | bytes) -> list[list[str]]:
    return list(tables.opened(io.BytesIO(text.encode() if isinstance(text, str) else text))[0].rows)


def test_blank_lines_keep_the_numbers_of_those_below_and_count_for_nothing_at_the_end() -> None:
    assert rows("email\n\n\na@example.com\n\n\n") == [["email"], [], [], ["a@example.com"]]


def test_a_record_may_go_over_several_lines() -> None:
    assert rows('email,note\na@example.com,"two\nlines"\n')[1] == ["a@example.com", "two\nlines"]


def test_a_quotation_mark_that_is_never_closed_is_refused_and_says_where() -> None:
    people = 'email,name\na@example.com,A B\nb@example.com,"B C\nc@example.com,C D\n'
    with pytest.raises(UnreadableFile, match="quotation mark in line 3 is never closed"):
        rows(people)
    assert rows(people.replace("B C", 'B C"')) == [
        ["email", "name"],
        ["a@example.com", "A B"],
        ["b@example.com", "B C"],
        ["c@example.com", "C D"],
    ]
    assert rows('email,name\na@example.com,"A" B') == [["email", "name"], ["a@example.com", "A B"]]


def test_a_file_whose_first_heading_is_pk_is_the_text_that_it_is() -> None:
    assert rows("PK,email\n7,a@example.com\n") == [["PK", "email"], ["7", "a@example.com"]]


def test_a_second_row_at_the_end_of_the_sheet_is_refused_in_the_memory_of_two() -> None:
    book = sheet(('<row r="1"><c><v>1</v></c></row><row r="1048576"><c><v>2</v></c></row>', 1))
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableFile, match="1000 blank rows"):
            list(tables.opened(book)[0].rows)
        assert tracemalloc.get_traced_memory()[1] < MEMORY_AT_MOST
    finally:
        tracemalloc.stop()


def test_a_thousand_blank_lines_may_stand_between_two() -> None:
    assert len(rows("email\n" + "\n" * 1_000 + "a@example.com\n")) == 1_002
    with pytest.raises(UnreadableFile, match="blank rows"):
        rows("email\n" + "\n" * 1_001 + "a@example.com\n")


def test_an_empty_cell_in_the_last_row_is_no_row() -> None:
    assert rows(
        sheet(('<row r="1"><c><v>1</v></c></row><row r="1048576"><c s="0"/></row>', 1)).getvalue()
    ) == [[1]]


@pytest.mark.parametrize(
    "endless",
    ["," * 5_000_000, "a" * 5_000_000, '"\n",' * 1_000_000, '"' + "a\n" * 1_000_000],
    ids=["cells", "one cell", "cells of several lines", "one cell of many lines"],
)
def test_a_record_without_end_is_refused_before_it_is_read(endless: str) -> None:
    file = io.BytesIO(("email\n" + endless).encode())
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableFile):
            list(tables.opened(file)[0].rows)
        assert tracemalloc.get_traced_memory()[1] < MEMORY_AT_MOST
    finally:
        tracemalloc.stop()


def test_a_workbook_that_unpacks_to_too_much_is_refused_with_a_way_out() -> None:
    with pytest.raises(UnreadableFile, match="Save the sheet as CSV"):
        list(tables.opened(sheet(('<row><c r="XFD1"><v>1</v></c></row>', 1)))[0].rows)
