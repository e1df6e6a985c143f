"""The heart's tables: the program and its rewards, cards, the ledger, staff PINs and a merchant's settings."""

from loyalty.models.card import LoyaltyCard
from loyalty.models.figures import CardSnapshot, DailyFigures, MerchantCalendar
from loyalty.models.program import LoyaltyProgram, LoyaltyType, PointsReward
from loyalty.models.settings import MerchantLoyaltySettings
from loyalty.models.staff_pin import StaffPin, StaffToken, TokenEnd
from loyalty.models.transaction import LoyaltyTransaction, OrderReference, TransactionType

__all__ = [
    "CardSnapshot",
    "DailyFigures",
    "LoyaltyCard",
    "LoyaltyProgram",
    "LoyaltyTransaction",
    "LoyaltyType",
    "MerchantCalendar",
    "MerchantLoyaltySettings",
    "OrderReference",
    "PointsReward",
    "StaffPin",
    "StaffToken",
    "TokenEnd",
    "TransactionType",
]
