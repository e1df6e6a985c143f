"""The heart's tables: the program, its terms and rewards, cards, purchases, the ledger, staff PINs and settings."""

from loyalty.models.batch import CardBatch, CardDesign, PrintedCard
from loyalty.models.card import LoyaltyCard
from loyalty.models.code import CardCode
from loyalty.models.figures import CardSnapshot, DailyFigures, MerchantCalendar, VisitFigures
from loyalty.models.friend import Friend, FriendGift, FriendLink
from loyalty.models.imported import ImportBatch, ImportedPerson
from loyalty.models.kinds import TransactionType
from loyalty.models.observation import Observation, ObservationKind
from loyalty.models.program import LoyaltyProgram, LoyaltyType, PointsReward
from loyalty.models.promotion import Audience, Effect, Promotion, PromotionState
from loyalty.models.promotion_use import PromotionUse
from loyalty.models.purchase import Purchase, PurchaseReturn
from loyalty.models.settings import MerchantLoyaltySettings
from loyalty.models.staff_pin import StaffPin, StaffToken, TokenEnd
from loyalty.models.standing import CardStanding, CardVisits, CustomerStanding
from loyalty.models.terms import ProgramTerms
from loyalty.models.transaction import LoyaltyTransaction
from loyalty.models.undo import UndoBatch, UndoneLine, UndoState

__all__ = [
    "Audience",
    "CardBatch",
    "CardCode",
    "CardDesign",
    "CardSnapshot",
    "CardStanding",
    "CardVisits",
    "CustomerStanding",
    "DailyFigures",
    "Effect",
    "Friend",
    "FriendGift",
    "FriendLink",
    "ImportBatch",
    "ImportedPerson",
    "LoyaltyCard",
    "LoyaltyProgram",
    "LoyaltyTransaction",
    "LoyaltyType",
    "MerchantCalendar",
    "MerchantLoyaltySettings",
    "Observation",
    "ObservationKind",
    "PointsReward",
    "PrintedCard",
    "ProgramTerms",
    "Promotion",
    "PromotionState",
    "PromotionUse",
    "Purchase",
    "PurchaseReturn",
    "StaffPin",
    "StaffToken",
    "TokenEnd",
    "TransactionType",
    "UndoBatch",
    "UndoState",
    "UndoneLine",
    "VisitFigures",
]
