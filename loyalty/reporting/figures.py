"""What statistics say: the figures of a program or of a store, and of each day."""

from collections.abc import Mapping
from datetime import date
from typing import TypedDict

from groundwork.formats import wire


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
    """The figures of a program or of a store; `daily` is the last days, one by one."""

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
