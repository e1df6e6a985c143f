"""A card's balances at a moment of its past, as its ledger says."""

from datetime import datetime
from typing import TypedDict

from groundwork.formats.wire import Moment, moment
from loyalty import receipts
from loyalty.models import LoyaltyCard


class CardThen(TypedDict):
    """What a card had at a moment, as its ledger says."""

    id: int
    card_number: str
    at: Moment
    stamp_count: int
    stamps_owed: int
    points_balance: int
    points_owed: int
    points_fraction: int


def card_at(row: LoyaltyCard, at: datetime) -> CardThen:
    """What a card had at a moment (UTC). Raises CardNotFound for one before it was made."""
    then = receipts.balances_at(row, at)
    return {
        "id": row.pk,
        "card_number": row.display_number,
        "at": moment(at),
        "stamp_count": then["stamp_count"],
        "stamps_owed": then["stamps_owed"],
        "points_balance": then["points_balance"],
        "points_owed": then["points_owed"],
        "points_fraction": then["points_fraction"],
    }
