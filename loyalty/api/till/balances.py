"""What changes a balance: stamps and points given, rewards handed out, points adjusted."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.idempotency.once import Answer, exactly_once
from loyalty.api.base import StoreView, answer
from loyalty.api.documentation import documented
from loyalty.api.fields import Id, Moment, Notes, Reason, Text, Whole
from loyalty.errors import (
    CardInactive,
    CardNotFound,
    DailyStampLimit,
    NotEnoughPoints,
    NotEnoughStamps,
    NothingOwed,
    OrderReferenceRequired,
    OrderReferenceUsed,
    ProgramInactive,
    ProgramNotFound,
    ProgramTypeMismatch,
    PurchaseBelowMinimum,
    RewardBelowMinimum,
    RewardNotFound,
    StaffPinRequired,
    StampCooldown,
)
from loyalty.outputs.transaction import Ledger, Posted, Stamped
from loyalty.rules import LARGEST_AMOUNT_CENTS
from loyalty.services import debts, points, stamps
from loyalty.services.operation import Posting
from tenancy.errors import ManagerRequired
from tenancy.models import Scope

WITHOUT_PIN = (ProgramNotFound, ProgramTypeMismatch, ProgramInactive, CardNotFound, CardInactive)
ALWAYS = (StaffPinRequired, *WITHOUT_PIN)


class GiveStampsInput(serializers.Serializer):
    count = Whole(required=False, default=1, min_value=1, max_value=10)
    notes = Notes()
    occurred_at = Moment(required=False, allow_null=True)


class RedeemStampsInput(serializers.Serializer):
    notes = Notes()


class EarnPointsInput(serializers.Serializer):
    purchase_amount_cents = Whole(
        min_value=1,
        max_value=LARGEST_AMOUNT_CENTS,
        help_text="In the currency's minor unit; at most the program's `largest_purchase_cents`.",
    )
    order_reference = Text(required=False, allow_blank=True, max_length=64)
    notes = Notes()
    occurred_at = Moment(required=False, allow_null=True)


class RedeemPointsInput(serializers.Serializer):
    reward_id = Id()
    notes = Notes()


class AdjustPointsInput(serializers.Serializer):
    points_delta = Whole(min_value=-1_000_000, max_value=1_000_000)
    reason = Reason()


class ForgiveDebtInput(serializers.Serializer):
    reason = Reason()


class BalanceView(StoreView):
    """A call that writes a line of the ledger; the answer is the line and the card after it."""

    def post_line(self, service: exactly_once, card_id: int, given: dict[str, Any]) -> Response:
        return self.perform(service, self._posted, card_id=card_id, **given)

    def _posted(self, posting: Posting) -> Answer:
        return answer(201, Ledger(self.store, self.actor).posted(posting))


class Stamps(BalanceView):
    """Stamps are given."""

    @documented(
        "Give stamps",
        scope=Scope.EARN,
        body=GiveStampsInput,
        answers={201: Stamped},
        refusals=[*ALWAYS, ManagerRequired, StampCooldown, DailyStampLimit],
        staff_token=True,
        exactly_once=True,
        tags=["stamps"],
    )
    def post(self, request: Request, card_id: int) -> Response:
        """More than one at once is for managers. `reward_ready`: this call has filled the card."""
        return self.post_line(stamps.give, card_id, self.read(GiveStampsInput))

    def _posted(self, posting: Posting) -> Answer:
        return answer(201, Ledger(self.store, self.actor).stamped(posting))


class RedeemStamps(BalanceView):
    """The reward of a full card is handed out; surplus stamps stay."""

    @documented(
        "Redeem a full card",
        scope=Scope.REDEEM,
        body=RedeemStampsInput,
        answers={201: Posted},
        refusals=[*ALWAYS, NotEnoughStamps],
        staff_token=True,
        exactly_once=True,
        tags=["stamps"],
    )
    def post(self, request: Request, card_id: int) -> Response:
        return self.post_line(stamps.redeem, card_id, self.read(RedeemStampsInput))


class Points(BalanceView):
    """A purchase earns points."""

    @documented(
        "Give points for a purchase",
        scope=Scope.EARN,
        body=EarnPointsInput,
        answers={201: Posted},
        refusals=[*ALWAYS, PurchaseBelowMinimum, OrderReferenceRequired, OrderReferenceUsed],
        staff_token=True,
        exactly_once=True,
        tags=["points"],
    )
    def post(self, request: Request, card_id: int) -> Response:
        """Whole points, rounded down; one receipt (`order_reference`) earns once."""
        return self.post_line(points.earn, card_id, self.read(EarnPointsInput))


class RedeemPoints(BalanceView):
    """A reward is handed out for points."""

    @documented(
        "Redeem a reward",
        scope=Scope.REDEEM,
        body=RedeemPointsInput,
        answers={201: Posted},
        refusals=[*ALWAYS, RewardNotFound, RewardBelowMinimum, NotEnoughPoints],
        staff_token=True,
        exactly_once=True,
        tags=["points"],
    )
    def post(self, request: Request, card_id: int) -> Response:
        return self.post_line(points.redeem, card_id, self.read(RedeemPointsInput))


class AdjustPoints(BalanceView):
    """A balance is put right by hand, up or down but never below 0."""

    for_managers = frozenset({"POST"})

    @documented(
        "Adjust points",
        scope=Scope.MANAGE,
        body=AdjustPointsInput,
        answers={201: Posted},
        refusals=[*WITHOUT_PIN, NotEnoughPoints],
        exactly_once=True,
        tags=["points"],
    )
    def post(self, request: Request, card_id: int) -> Response:
        return self.post_line(points.adjust, card_id, self.read(AdjustPointsInput))


class ForgiveDebt(BalanceView):
    """What is owed on a card is let go."""

    for_managers = frozenset({"POST"})

    @documented(
        "Let go what is owed",
        scope=Scope.MANAGE,
        body=ForgiveDebtInput,
        answers={201: Posted},
        refusals=[StaffPinRequired, ProgramNotFound, CardNotFound, NothingOwed],
        exactly_once=True,
        tags=["cards"],
    )
    def post(self, request: Request, card_id: int) -> Response:
        return self.post_line(debts.forgive, card_id, self.read(ForgiveDebtInput))
