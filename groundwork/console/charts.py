"""Bars of charts, worked out here and drawn as SVG by `templates/admin/_chart.html`: no script, any theme.

A *series* is a name, a CSS class and a number per day, or per hour of the day. A chart of more than about a hundred
days shows weeks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format

WIDTH, HEIGHT = 640, 120
DAYS_AT_MOST = 100


@dataclass(frozen=True)
class Series:
    """One kind of bar: its name for people, its CSS class, its numbers."""

    name: str
    css_class: str
    values: Sequence[int]

    @property
    def total(self) -> int:
        return sum(self.values)


@dataclass(frozen=True)
class Bar:
    """A rectangle in a drawing of WIDTH by HEIGHT, and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    css_class: str
    place: str
    name: str
    value: int


@dataclass(frozen=True)
class Chart:
    """What the template draws; `places` are the days or hours in words, `of` says which: "day", "week" or "hour"."""

    title: Any
    series: list[Series]
    places: list[str]
    of: str
    highest: int
    bars: list[Bar]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def rows(self) -> list[tuple[str, list[int]]]:
        """The numbers as a table: the newest day first, hours as they come."""
        columns = zip(*(line.values for line in self.series), strict=True)
        found = list(zip(self.places, map(list, columns), strict=True))
        return found if self.of == "hour" else found[::-1]


def chart(title: Any, days: Sequence[date], series: Sequence[Series]) -> Chart:
    """Lay out series side by side per day; weeks where there are too many days."""
    weekly = len(days) > DAYS_AT_MOST
    if weekly:
        days, series = _weeks(days, series)
    places = [date_format(day, "SHORT_DATE_FORMAT") for day in days]
    return _laid_out(title, places, series, "week" if weekly else "day")


def hours_chart(title: Any, series: Sequence[Series]) -> Chart:
    """Lay out series of 24 numbers side by side per hour of the day."""
    places = [f"{hour}:00\N{EN DASH}{hour + 1}:00" for hour in range(24)]
    return _laid_out(title, places, series, "hour")


def _laid_out(title: Any, places: list[str], series: Sequence[Series], of: str) -> Chart:
    highest = max((value for line in series for value in line.values), default=0)
    bars = [
        bar for number, line in enumerate(series) for bar in _bars(line, number, len(series), places, highest)
    ]
    return Chart(title, list(series), places, of, highest, bars)


def _weeks(days: Sequence[date], series: Sequence[Series]) -> tuple[list[date], list[Series]]:
    # Counted from the end, so that the last week is a whole one.
    starts = sorted(range(len(days), 0, -7))
    slices = [slice(max(0, end - 7), end) for end in starts]
    summed = [
        Series(line.name, line.css_class, [sum(line.values[part]) for part in slices]) for line in series
    ]
    return [days[part.start] for part in slices], summed


def _bars(line: Series, number: int, of: int, places: Sequence[str], highest: int) -> list[Bar]:
    slot = WIDTH / max(1, len(places))
    width = slot * 0.8 / of
    bars = []
    for index, value in enumerate(line.values):
        height = max(0, value) / highest * HEIGHT if highest > 0 else 0
        x = index * slot + slot * 0.1 + number * width
        if height:
            bars.append(
                Bar(
                    round(x, 2),
                    round(HEIGHT - height, 2),
                    round(width, 2),
                    round(height, 2),
                    line.css_class,
                    places[index],
                    line.name,
                    value,
                )
            )
    return bars
