"""Birthdays of which the year may be unknown."""

from datetime import date

from customers.models import YEAR_UNKNOWN


def as_data(born: date | None) -> date | str:
    """A birthday for a file: a date, day and month alone (31.12.) where no year is known, "" for none."""
    if born is None:
        return ""
    return f"{born:%d.%m.}" if born.year == YEAR_UNKNOWN else born
