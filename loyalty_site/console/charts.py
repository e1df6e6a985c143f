"""Bars for the overview's charts, worked out here and drawn as SVG by the template: no script, any theme.

A *series* is a name, a CSS class and a number per day. A chart of more than about a hundred days shows weeks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

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
    day: date
    name: str
    value: int


@dataclass(frozen=True)
class Chart:
    """What the template draws."""

    title: Any
    series: list[Series]
    days: list[date]
    weekly: bool
    highest: int
    bars: list[Bar]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def rows(self) -> list[tuple[date, list[int]]]:
        """The numbers as a table, newest day first."""
        columns = zip(*(line.values for line in self.series), strict=True)
        return list(zip(self.days, map(list, columns), strict=True))[::-1]


def chart(title: Any, days: Sequence[date], series: Sequence[Series]) -> Chart:
    """Lay out series side by side per day; weeks where there are too many days."""
    weekly = len(days) > DAYS_AT_MOST
    if weekly:
        days, series = _weeks(days, series)
    highest = max((value for line in series for value in line.values), default=0)
    bars = [
        bar for number, line in enumerate(series) for bar in _bars(line, number, len(series), days, highest)
    ]
    return Chart(title, list(series), list(days), weekly, highest, bars)


def _weeks(days: Sequence[date], series: Sequence[Series]) -> tuple[list[date], list[Series]]:
    # Counted from the end, so that the last week is a whole one.
    starts = sorted(range(len(days), 0, -7))
    slices = [slice(max(0, end - 7), end) for end in starts]
    summed = [
        Series(line.name, line.css_class, [sum(line.values[part]) for part in slices]) for line in series
    ]
    return [days[part.start] for part in slices], summed


def _bars(line: Series, number: int, of: int, days: Sequence[date], highest: int) -> list[Bar]:
    slot = WIDTH / max(1, len(days))
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
                    days[index],
                    line.name,
                    value,
                )
            )
    return bars
