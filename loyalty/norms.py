"""What is usual at a store, and what is clearly not: numbers in, numbers out.

A figure of one day (the stamps that one card got within an hour, the share recorded offline, ...) stands beside those
of the weeks before: their median, and their MAD (the median of how far they are from it), which a few wild days do
not move. Nothing here says why a figure is large.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

SPREAD = 1.4826  # times the MAD is a standard deviation, where values lie around their middle as errors do
CLEARLY = 6  # such deviations above the median
COMMON = 3  # as many of them are still an ordinary day
ENOUGH = 10  # figures, before they are a norm
MOST_PER_CENT = 100


class Kind(StrEnum):
    """What is looked at."""

    STAMPS_AN_HOUR = "stamps_an_hour"
    POINTS_AN_HOUR = "points_an_hour"
    FEW_CARDS = "few_cards"
    UNDONE_AFTERWARDS = "undone_afterwards"
    OUTSIDE_HOURS = "outside_hours"
    MANY_TILLS = "many_tills"
    REDEEMED_AT_ONCE = "redeemed_at_once"
    OFFLINE = "offline"


@dataclass(frozen=True)
class Measure:
    """How far a kind of figure must stand out.

    Args:
        least: what is never worth a word below it.
        more: by how much it must be above `times` the median at least.
        on_a_scale: whether figures grow by factors, as amounts do, and not by steps.
        unknown: from where on it is told before there is a norm; None: not at all.
        is_share: whether it is per cent.
    """

    least: int
    more: float = 0
    times: float = 1
    unknown: int | None = None
    on_a_scale: bool = False
    is_share: bool = False
    enough: int = ENOUGH


MEASURES = {
    Kind.STAMPS_AN_HOUR: Measure(least=6, more=1, times=3, unknown=8),
    Kind.POINTS_AN_HOUR: Measure(least=20, times=4, on_a_scale=True),
    Kind.FEW_CARDS: Measure(least=35, more=20, is_share=True, enough=4),
    Kind.UNDONE_AFTERWARDS: Measure(least=3, more=3, unknown=6),
    Kind.OUTSIDE_HOURS: Measure(least=3, more=3),
    Kind.MANY_TILLS: Measure(least=3, more=2, times=1.5, unknown=5),
    Kind.REDEEMED_AT_ONCE: Measure(least=3, more=3, unknown=6),
    Kind.OFFLINE: Measure(least=50, more=30, is_share=True),
}


@dataclass(frozen=True)
class Norm:
    """What is usual: the most of an ordinary day, and from where on a figure clearly stands out."""

    usual: int
    bound: float


def middle_and_spread(figures: Collection[float]) -> tuple[float, float]:
    """The median, and the MAD as a standard deviation. Raises StatisticsError without any figure."""
    middle = median(figures)
    return middle, SPREAD * median(abs(figure - middle) for figure in figures)


def norm(kind: Kind, figures: Sequence[float]) -> Norm | None:
    """What is usual, of the figures of the weeks before; None as long as there are too few of them."""
    measure = MEASURES[kind]
    if len(figures) < measure.enough:
        return None
    ordinary = sorted(figures)[(len(figures) - 1) * 3 // 4]  # three of four days do not exceed it
    if measure.on_a_scale:
        middle, spread = middle_and_spread([math.log1p(figure) for figure in figures])
        bound = math.expm1(middle + max(CLEARLY * spread, math.log(measure.times)))
        common = math.expm1(middle + COMMON * spread)
    else:
        middle, spread = middle_and_spread(figures)
        bound = max(middle + CLEARLY * spread, middle * measure.times + measure.more)
        common = middle + COMMON * spread
    usual = math.floor(
        max(ordinary, common) + 1e-9
    )  # what is twice and half as much as whole numbers is one again
    return Norm(min(usual, MOST_PER_CENT) if measure.is_share else usual, bound)


def stands_out(kind: Kind, figure: float, usual: Norm | None) -> bool:
    """Whether a figure is clearly above what is usual, or without a norm above what is usual nowhere."""
    measure = MEASURES[kind]
    if usual is None:
        return measure.unknown is not None and figure >= measure.unknown
    return figure >= measure.least and figure >= usual.bound


def has_grown(kind: Kind, figure: float, before: float) -> bool:
    """Whether a figure is clearly more than one of which somebody said that it is fine."""
    measure = MEASURES[kind]
    if measure.is_share:  # of which there is an end
        return figure >= before + min(measure.more, (MOST_PER_CENT - before) / 2) and figure > before
    return figure >= before * 1.5 and figure > before
