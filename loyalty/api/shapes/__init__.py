"""The shapes of answers, for the OpenAPI document. The answers themselves are made in `loyalty.outputs`."""

from loyalty.api.shapes.cards import Card, Enrolled, KnownAlready, SelfEnrolled
from loyalty.api.shapes.common import Problem, page, restored
from loyalty.api.shapes.programs import Program, PublicProgram, Statistics, StoreStatistics
from loyalty.api.shapes.rows import CardRow, CustomerRow, MerchantRow, ProgramRow, StoreRow, UserRow
from loyalty.api.shapes.stores import StaffName, StaffPin, Store, UnlockedTerminal
from loyalty.api.shapes.transactions import Posted, Stamped, Transaction, Voided

__all__ = [
    "Card",
    "CardRow",
    "CustomerRow",
    "Enrolled",
    "KnownAlready",
    "MerchantRow",
    "Posted",
    "Problem",
    "Program",
    "ProgramRow",
    "PublicProgram",
    "SelfEnrolled",
    "StaffName",
    "StaffPin",
    "Stamped",
    "Statistics",
    "Store",
    "StoreRow",
    "StoreStatistics",
    "Transaction",
    "UnlockedTerminal",
    "UserRow",
    "Voided",
    "page",
    "restored",
]
