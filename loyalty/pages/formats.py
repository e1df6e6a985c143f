"""How days and times are written for people, in the language that is active."""

from datetime import date, datetime

from django.utils import formats
from django.utils.translation import pgettext


def day(on: date) -> str:
    """A day in words: 14 November 2026."""
    return formats.date_format(on, pgettext("date format, a day", "j F Y"))


def short_day(on: date, *, with_year: bool) -> str:
    """A day in a list: Sat 14 Nov, or 14 Nov 2025."""
    if with_year:
        return formats.date_format(on, pgettext("date format, short with year", "j M Y"))
    return formats.date_format(on, pgettext("date format, short with weekday", "D j M"))


def clock(moment: datetime) -> str:
    """The time of day, in the moment's own time zone: 09:41."""
    return formats.time_format(moment, pgettext("time format", "H:i"))
