"""Birthdays as programs and people write them: in four languages, with and without a year, and as Excel counts them."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any

from loyalty.imports.reading.cells import Unreadable, text_of

DAY_FIRST, MONTH_FIRST = "day", "month"
YEAR_UNKNOWN = 1904  # as `customers.models` keeps a birthday without its year
OLDEST_YEAR = 1900
EXCEL_BEGINS = date(1899, 12, 30)
CENTURY = 100  # years
YEAR = re.compile(r"\d{4}")
NUMBER = re.compile(r"\d+")
SERIAL = re.compile(r"\d{5}")  # 1927 to 2173; a shorter number is no day that anybody means
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
YEAR_FIRST = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})\.?")
NUMERIC = re.compile(r"(\d{1,2})([-./])(\d{1,2})(?:[-./](\d{4}|\d{2})|[-./])?")
DASHED = re.compile(r"--(\d{2})-?(\d{2})")
TIME = re.compile(
    r"[T ]\d{1,2}:\d{2}(:\d{2}([.,]\d{1,9})?)?( ?[AP]M)?(Z| ?UTC| ?[+-]\d{2}:?\d{2})?$", re.IGNORECASE
)
WORD = re.compile(r"[^\W\d_]+")
ENGLISH_DAY = re.compile(r"(\d)(st|nd|rd|th|er)\b", re.IGNORECASE)
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january january jan janvier janv januar jaenner janner janeiro",
            "february feb fevrier fev fevr februar februar fevereiro",
            "march mar mars marz maerz mrz marco maerz maart",
            "april apr avril avr abril abr abrel",
            "may mai maio mee",
            "june jun juin juni junho",
            "july jul juillet juil juli julho",
            "august aug aout agosto ago",
            "september sep sept septembre setembro set",
            "october oct octobre oktober okt outubro out",
            "november nov novembre novembro",
            "december dec decembre dezember dez dezembro",
        ),
        1,
    )
    for name in names.split()
}


def read_day(cell: Any, *, order: str | None, today: date) -> date | None:
    """A birthday, None for an empty cell. `order`: whether the day or the month comes first in 03/04/1990.

    Raises Unreadable: "day", "day_or_month" where only the order would tell, "year_only", or "future_day".
    """
    if isinstance(cell, datetime):
        return _born(cell.date(), today)
    text = TIME.sub("", text_of(cell)).strip()
    if not text:
        return None
    if YEAR.fullmatch(text):
        raise Unreadable("year_only")
    parts = _parts(text, order)
    if parts is None:
        raise Unreadable("day")
    year, month, day = parts
    return _born(_date(_whole_year(year, month, day, today), month, day), today)


def orders(cell: Any) -> frozenset[str]:
    """In which orders a cell is a day and a month, if it depends on that; empty if it does not."""
    if not isinstance(cell, str):
        return frozenset()
    found = NUMERIC.fullmatch(TIME.sub("", cell.strip()).strip())
    if not found or found[2] == "." or found[1] == found[3] or SERIAL.fullmatch(cell):
        return frozenset()
    first, second = int(found[1]), int(found[3])
    return frozenset(
        order
        for order, day, month in ((DAY_FIRST, first, second), (MONTH_FIRST, second, first))
        if 1 <= month <= 12 and 1 <= day <= 31
    )


def _parts(text: str, order: str | None) -> tuple[str, int, int] | None:
    """Year as it is written, month and day; None if the text is no day."""
    if SERIAL.fullmatch(text):
        day = EXCEL_BEGINS + timedelta(days=int(text))
        return str(day.year), day.month, day.day
    if found := YEAR_FIRST.fullmatch(text) or COMPACT.fullmatch(text):
        return found[1], int(found[2]), int(found[3])
    if found := DASHED.fullmatch(text):
        return "", int(found[1]), int(found[2])
    if found := NUMERIC.fullmatch(text.replace(" ", "")):
        return _numeric(found, order)
    return _in_words(text)


def _numeric(found: re.Match[str], order: str | None) -> tuple[str, int, int] | None:
    first, second, year = int(found[1]), int(found[3]), found[4] or ""
    possible = orders(found[0])
    if found[2] == "." or first == second:
        return year, second, first
    if not possible:
        return None
    if len(possible) == 2 and order is None:
        raise Unreadable("day_or_month")
    chosen = order if order in possible and order else None
    if order is not None and chosen is None:
        return None  # the 31st of a month that comes second, in a column where the month comes first
    is_day_first = (chosen or next(iter(possible))) == DAY_FIRST
    return (year, second, first) if is_day_first else (year, first, second)


def _in_words(text: str) -> tuple[str, int, int] | None:
    """31 December 1990, 31. Dezember, Dec 31, 1990, 31-Dec-90: the month by its name, then day and year by place."""
    plain = unicodedata.normalize("NFKD", ENGLISH_DAY.sub(r"\1", text)).encode("ascii", "ignore").decode()
    months = [MONTHS[word] for word in WORD.findall(plain.lower()) if word in MONTHS]
    numbers = NUMBER.findall(plain)
    if len(months) != 1 or not 1 <= len(numbers) <= 2 or any(len(number) > 4 for number in numbers):
        return None
    if len(numbers[0]) == 4 and len(numbers) == 2:
        numbers.reverse()
    return (numbers[1] if len(numbers) == 2 else ""), months[0], int(numbers[0])


def _whole_year(year: str, month: int, day: int, today: date) -> int:
    """Of a year of two digits the last one in which the day is not to come."""
    if not year:
        return YEAR_UNKNOWN
    if len(year) == 4:
        return int(year)
    whole = today.year // CENTURY * CENTURY + int(year)
    return whole if (whole, month, day) <= (today.year, today.month, today.day) else whole - CENTURY


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable("day") from None


def _born(day: date, today: date) -> date:
    if day > today:
        raise Unreadable("future_day")
    if day.year < OLDEST_YEAR:
        raise Unreadable("day")
    return day
