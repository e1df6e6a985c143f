"""Birthdays of which the year may be unknown, and their order in a year."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils import timezone

from customers.models import YEAR_UNKNOWN, InYear

OLDEST = 120  # years
MONTH = 100  # in the figures of InYear: 31 December is 1231


def as_data(born: date | None) -> date | str:
    """A birthday for a file: a date, day and month alone (31.12.) where no year is known, "" for none."""
    if born is None:
        return ""
    return f"{born:%d.%m.}" if born.year == YEAR_UNKNOWN else born


def is_plausible(born: date) -> bool:
    """Whether a living person can have been born on a day, or their year is not known."""
    today = timezone.localdate()
    return born.year == YEAR_UNKNOWN or (today.year - OLDEST <= born.year and born <= today)


def in_month(number: int, *, of: str = "birth_date") -> Q:
    """The condition that a birthday is in a month, 1 to 12.

    Args:
        of: the path to the birthday.
    """
    first: Any = number * MONTH
    return Q(GreaterThanOrEqual(InYear(of), first), LessThan(InYear(of), first + MONTH))


def is_near(born: date | None, today: date, *, days: int) -> bool:
    """Whether a birthday is at most so many days away. That of 29 February is the 28th in other years.

    >>> is_near(date(2000, 2, 29), date(2027, 2, 28), days=0), is_near(date(1990, 12, 31), date(2027, 1, 2), days=2)
    (True, True)
    """
    if born is None:
        return False
    years = (today.year - 1, today.year, today.year + 1)
    return any(abs((_in_year(born, year) - today).days) <= days for year in years)


def _in_year(born: date, year: int) -> date:
    try:
        return born.replace(year=year)
    except ValueError:  # 29 February, in a year without one
        return date(year, 2, 28)
