"""Cells of earlier systems' files, as Excel and people leave them: read for sure, or refused; nothing is guessed."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from groundwork.formats import workbooks
from loyalty.imports.reading.cells import Unreadable, exact, packed, text_of, unpacked
from loyalty.imports.reading.days import orders, read_day
from loyalty.imports.reading.numbers import marks, read_amount
from loyalty.imports.reading.people import is_bare, read_name, read_phone

TODAY = date(2026, 11, 28)


def said(read: Callable[[], Any]) -> Any:
    """What a cell says, or why it says nothing."""
    try:
        return read()
    except Unreadable as unreadable:
        return unreadable.why


DAYS = {
    "1990-12-31": "1990-12-31",
    "1990-12-31T00:00:00.000Z": "1990-12-31",
    "1990-12-31 00:00:00": "1990-12-31",
    "1990/12/31": "1990-12-31",
    "19901231": "1990-12-31",
    "31.12.1990": "1990-12-31",
    "03.04.1990": "1990-04-03",
    "31. 12. 1990": "1990-12-31",
    "31.12.90": "1990-12-31",
    "31.12.05": "2005-12-31",
    "01.12.26": "1926-12-01",
    "31/12/1990": "1990-12-31",
    "12/31/1990": "1990-12-31",
    "4/4/1990": "1990-04-04",
    "31-Dec-90": "1990-12-31",
    "Dec 31, 1990": "1990-12-31",
    "December 31st, 1990": "1990-12-31",
    "31. Dezember 1990": "1990-12-31",
    "1er février 1990": "1990-02-01",
    "31 décembre 1990": "1990-12-31",
    "31 de dezembro de 1990": "1990-12-31",
    "4 Mäerz 1990": "1990-03-04",
    "4. März": "1904-03-04",
    "33238": "1990-12-31",
    "31.12.": "1904-12-31",
    "12/31": "1904-12-31",
    "--12-31": "1904-12-31",
    "29.02.": "1904-02-29",
    "03/04/1990": "day_or_month",
    "03/04": "day_or_month",
    "3-4-90": "day_or_month",
    "31.13.1990": "day",
    "13/13/1990": "day",
    "29.02.1990": "day",
    "1990": "year_only",
    "2030-01-01": "future_day",
    "31.12.2026": "future_day",
    "01.01.1850": "day",
    "soon": "day",
    "0": "day",
    "": "None",
    "-": "None",
}


@pytest.mark.parametrize("text", DAYS)
def test_a_birthday(text: str) -> None:
    assert str(said(lambda: read_day(text, order=None, today=TODAY))) == DAYS[text]


def test_a_birthday_of_a_workbook_and_one_whose_order_was_said() -> None:
    def day(cell: Any, order: str | None = None) -> str:
        return str(said(lambda: read_day(cell, order=order, today=TODAY)))

    assert day(datetime(1990, 12, 31)) == day(33238) == day(33238.0) == "1990-12-31"
    assert (day("03/04/1990", "day"), day("03/04/1990", "month")) == ("1990-04-03", "1990-03-04")
    assert (day("31/12/1990", "month"), day("12/31/1990", "month")) == ("day", "1990-12-31")
    assert day(workbooks.NO_VALUE) == day("#N/A") == day("=A1") == "no_value"
    assert orders("03/04/1990") == {"day", "month"}
    assert (orders("31/12/90"), orders("12/31"), orders("03.04.90"), orders(7)) == (
        {"day"},
        {"month"},
        set(),
        set(),
    )


AMOUNTS = {
    "": 0,
    "12": 12,
    " 12 ": 12,
    "4.0": 4,
    "1.234,5": Decimal("1234.5"),
    "1,234.5": Decimal("1234.5"),
    "1 234,5": Decimal("1234.5"),
    "1\u00a0234,5": Decimal("1234.5"),
    "1\u202f234": 1234,
    "1'234.50": Decimal("1234.5"),
    "1.234.567": "too_much",
    "1.234.5": "amount",
    "1.234": "amount_unclear",
    "1,234": "amount_unclear",
    "0.500": Decimal("0.5"),
    "12,5": Decimal("12.5"),
    "12 5": "amount",
    "-4": "amount",
    "−4": "amount",
    "many": "amount",
    "1.23456": "amount",
    "3,52E+11": "rounded",
    "1E+3": "rounded",
    "#WERT!": "no_value",
    "=SUM(A1:A3)": "no_value",
}


@pytest.mark.parametrize("text", AMOUNTS)
def test_a_balance(text: str) -> None:
    amount = said(lambda: read_amount(text, mark=None, whole=False, at_most=1_000_000))
    assert amount == AMOUNTS[text]


def test_a_balance_of_a_workbook_one_whose_decimals_were_said_and_stamps() -> None:
    def amount(cell: Any, mark: str | None = None, *, whole: bool = False) -> Any:
        return said(lambda: read_amount(cell, mark=mark, whole=whole, at_most=10_000))

    assert (amount(4), amount(4.0), amount(4.25), amount(-1)) == (4, 4, Decimal("4.25"), "amount")
    assert (amount("1.234", "comma"), amount("1.234", "point")) == (1234, Decimal("1.234"))
    assert (amount("12,5", "point"), amount("12,5", whole=True)) == ("amount", "amount_whole")
    assert (amount(True), amount(workbooks.NO_VALUE), amount(10_001)) == (1, "no_value", "too_much")
    assert (marks("1.234"), marks("12,5"), marks("12.5"), marks("12")) == (
        {"comma", "point"},
        {"comma"},
        {"point"},
        set(),
    )


PHONES = [
    ("621 123 456", "LU", "+352621123456"),
    (621123456, "LU", "+352621123456"),
    ("+49 (0)170 1234567", "LU", "+491701234567"),
    ("00352 621 123 456", "DE", "+352621123456"),
    ("0170/1234567", "DE", "+491701234567"),
    ("06 12 34 56 78", "FR", "+33612345678"),
    ("912 345 678", "PT", "+351912345678"),
    ("(212) 555-0123", "US", "+12125550123"),
    ("1701234567", "DE", "phone_bare"),
    (1701234567, "DE", "phone_bare"),
    (612345678, "FR", "phone_bare"),
    (352621123456, "LU", "phone_bare"),
    (352621123456, "DE", "phone_bare"),
    ("3.52E+11", "LU", "rounded"),
    ("3,52621E+11", "LU", "rounded"),
    (3.5262112345678e17, "LU", "rounded"),
    ("call me", "LU", "phone"),
    ("'+352 621 123 456", "LU", "+352621123456"),
    ("", "LU", ""),
    ("-", "LU", ""),
]


@pytest.mark.parametrize(("cell", "country", "number"), PHONES)
def test_a_phone(cell: Any, country: str, number: str) -> None:
    assert said(lambda: read_phone(cell, country=country, bare=None)) == number


def test_a_phone_that_has_lost_its_beginning_is_read_as_was_said() -> None:
    assert read_phone(1701234567, country="DE", bare="national") == "+491701234567"
    assert read_phone(352621123456, country="DE", bare="international") == "+352621123456"
    assert said(lambda: read_phone(1701234567, country="DE", bare="left_out")) == "phone_bare"
    assert not is_bare("0170 1234567", country="DE")


def test_names() -> None:
    assert read_name("Jürgen Müller") == ("Jürgen", "Müller")
    assert read_name("Müller, Jürgen") == ("Jürgen", "Müller")
    assert read_name(" Ana  Maria da Silva ") == ("Ana", "Maria da Silva")
    assert read_name("Müller Jürgen", family_first=True) == ("Jürgen", "Müller")
    assert read_name("Cher", family_first=True) == ("Cher", "")
    assert read_name("Cher,") == ("Cher", "")
    assert (text_of("'t Hooft"), text_of("'=1+1"), text_of("'-x")) == ("'t Hooft", "=1+1", "-x")


KEPT = {
    "'lea@example.com": "lea@example.com",
    "'4": "4",
    "'1.234,56": "1.234,56",
    "'31.12.1999": "31.12.1999",
    "'0621 123 456": "0621 123 456",
    "'+352 621 123 456": "+352 621 123 456",
    "'(02) 12": "(02) 12",
    "'68 Club": "'68 Club",
    "'t Hooft": "'t Hooft",
    "D'Angelo": "D'Angelo",
    "O'Neil@example.com": "O'Neil@example.com",
    "''4": "''4",
    "Lé\u200ba\ufeff": "Léa",
    "\u200e621 123 456": "621 123 456",
}


@pytest.mark.parametrize("cell", KEPT)
def test_what_a_spreadsheet_or_a_web_page_has_left_in_a_cell_is_no_part_of_it(cell: str) -> None:
    assert text_of(cell) == KEPT[cell]


def test_what_a_cell_is_goes_into_json_and_back() -> None:
    for cell in (None, "a", 3, 1.5, True, datetime(1990, 12, 31), workbooks.NO_VALUE):
        assert unpacked(packed(cell)) == cell
    assert said(lambda: exact(10**16)) == "rounded"
