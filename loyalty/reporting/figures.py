"""What statistics say: the figures of a program or of a store, and of each day."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import TypedDict

from groundwork.formats import wire
from loyalty.models import LoyaltyProgram
from loyalty.models.figures import FIGURES
from loyalty.reporting.cards_then import Amount


class Day(TypedDict):
    """The figures of one day, in the merchant's time zone."""

    date: wire.Day
    new_cards: int
    stamps: int
    stamps_redeemed: int
    points_issued: int
    points_redeemed: int
    points_expired: int


class Statistics(TypedDict):
    """The figures of a program or of a store; `daily` is the last days, one by one.

    `is_rebuilding`: the merchant's time zone was changed, and the days that are over are being made anew. Every figure
    is right meanwhile, and takes longer.
    """

    is_rebuilding: bool
    total_cards: int
    active_cards: int
    total_stamps_issued: int
    total_stamps_redeemed: int
    stamps_this_month: int
    redemptions_this_month: int
    total_points_issued: int
    total_points_redeemed: int
    total_points_expired: int
    total_points_voided: int
    points_this_month: int
    points_redemptions_this_month: int
    cards_with_activity_30d: int
    average_stamps_per_card: float
    average_points_per_card: float
    redemption_rate: float
    estimated_liability_cents: int
    daily: list[Day]


class StoreStatistics(TypedDict):
    """The figures of a store beside those of the whole program."""

    store: Statistics
    program: Statistics


def of_day(on: date, counted: Mapping[str, int]) -> Day:
    """A day's figures, 0 where nothing was counted."""
    return {
        "date": wire.day(on),
        "new_cards": counted.get("new_cards", 0),
        "stamps": counted.get("stamps", 0),
        "stamps_redeemed": counted.get("stamps_redeemed", 0),
        "points_issued": counted.get("points_issued", 0),
        "points_redeemed": counted.get("points_redeemed", 0),
        "points_expired": counted.get("points_expired", 0),
    }


def of_period(
    program: LoyaltyProgram,
    by_day: Mapping[date, Mapping[str, int]],
    amount: Amount,
    *,
    recently_active: int,
    today: date,
    days: int,
    is_rebuilding: bool,
) -> Statistics:
    """The figures of a program or of a store, from those of every day (`by_day`) and what its cards amount to now."""
    totals = _added(by_day.values())
    month = _added(
        figures for day, figures in by_day.items() if (day.year, day.month) == (today.year, today.month)
    )
    first = today - timedelta(days=days - 1)
    return {
        "is_rebuilding": is_rebuilding,
        "total_cards": amount.cards,
        "active_cards": amount.active,
        "total_stamps_issued": totals["stamps"],
        "total_stamps_redeemed": totals["stamps_redeemed"],
        "stamps_this_month": month["stamps"],
        "redemptions_this_month": month["stamps_redeemed"],
        "total_points_issued": totals["points_issued"],
        "total_points_redeemed": totals["points_redeemed"],
        "total_points_expired": totals["points_expired"],
        "total_points_voided": totals["points_voided"],
        "points_this_month": month["points_issued"],
        "points_redemptions_this_month": month["points_redemptions"],
        "cards_with_activity_30d": recently_active,
        "average_stamps_per_card": _ratio(totals["stamps"], amount.cards, 2),
        "average_points_per_card": _ratio(totals["points_issued"], amount.cards, 2),
        "redemption_rate": _redemption_rate(program, totals),
        "estimated_liability_cents": amount.liability,
        "daily": [of_day(on, by_day.get(on, {})) for on in _days(first, today)],
    }


def _added(days: Iterable[Mapping[str, int]]) -> Counter:
    total: Counter = Counter(dict.fromkeys(FIGURES, 0))
    for figures in days:
        for name in FIGURES:
            total[name] += figures[name]
    return total


def _redemption_rate(program: LoyaltyProgram, totals: Mapping[str, int]) -> float:
    if program.has_stamps:
        return _ratio(totals["stamps_redeemed"], totals["stamps"], 4)
    return _ratio(totals["points_redeemed"], totals["points_issued"], 4)


def _ratio(part: int, whole: int, decimals: int) -> float:
    return float(round(Decimal(part) / whole, decimals)) if whole > 0 else 0.0


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
