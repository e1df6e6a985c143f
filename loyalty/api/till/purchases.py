"""Purchases: one receipt in one call, what it would give, and what is brought back of it."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.errors import NotFound
from groundwork.idempotency.once import Answer
from loyalty import receipts, rules
from loyalty.api.base import StoreView, answer
from loyalty.api.documentation import documented
from loyalty.api.fields import AskedId, Moment, Notes, Reason, Text, Whole
from loyalty.errors import (
    CardInactive,
    CardNotFound,
    OrderReferenceRequired,
    OrderReferenceUsed,
    ProgramInactive,
    ProgramNotFound,
    PurchaseNotFound,
    ReturnExceedsPurchase,
    StaffPinRequired,
    VoidDisabled,
    VoidOtherStore,
    VoidWindowPassed,
)
from loyalty.outputs import purchase as shown
from loyalty.rules import LARGEST_AMOUNT_CENTS
from loyalty.services import purchases, returns
from loyalty.services.purchases import Recorded
from loyalty.services.returns import Returned
from tenancy.errors import ManagerRequired
from tenancy.models import Scope

TAGS = ["purchases"]
MOST_ITEMS = 200
REFUSALS = [
    ProgramNotFound,
    ProgramInactive,
    CardNotFound,
    CardInactive,
    ManagerRequired,
    OrderReferenceRequired,
    OrderReferenceUsed,
]
RETURN_REFUSALS = [
    ProgramNotFound,
    ProgramInactive,
    CardInactive,
    PurchaseNotFound,
    ReturnExceedsPurchase,
    VoidDisabled,
    VoidWindowPassed,
    VoidOtherStore,
]


class ItemInput(serializers.Serializer):
    sku = Text(required=False, allow_blank=True, max_length=64)
    category = Text(required=False, allow_blank=True, max_length=64)
    quantity = Whole(min_value=1, max_value=1_000_000)
    amount_cents = Whole(min_value=0, max_value=LARGEST_AMOUNT_CENTS)


class PurchaseInput(serializers.Serializer):
    purchase_amount_cents = Whole(min_value=1, max_value=LARGEST_AMOUNT_CENTS)
    order_reference = Text(required=False, allow_blank=True, max_length=64)
    stamps = Whole(required=False, allow_null=True, min_value=0, max_value=rules.MAXIMUM_STAMPS_AT_ONCE)
    items = serializers.ListField(required=False, child=ItemInput(), max_length=MOST_ITEMS)
    notes = Notes()
    occurred_at = Moment(required=False, allow_null=True)


class PurchaseFilterInput(serializers.Serializer):
    order_reference = serializers.CharField(required=False, max_length=64)
    card = AskedId(required=False)


class ReturnInput(serializers.Serializer):
    amount_cents = Whole(required=False, allow_null=True, min_value=1, max_value=LARGEST_AMOUNT_CENTS)
    reason = Reason()


class ReturnQuoteInput(ReturnInput):
    reason = Reason(required=False, allow_blank=True)


class RecordPurchase(StoreView):
    """A receipt is recorded."""

    @documented(
        "Record a purchase",
        scope=Scope.EARN,
        body=PurchaseInput,
        answers={201: shown.PurchaseRecorded},
        refusals=[StaffPinRequired, *REFUSALS],
        staff_token=True,
        exactly_once=True,
        tags=TAGS,
    )
    def post(self, request: Request, card_id: int) -> Response:
        """Points and a stamp in one call. One that is refused says why, and refuses nothing else."""
        given = self.read(PurchaseInput)
        return self.perform(purchases.record, self._recorded, card_id=card_id, **given)

    def _recorded(self, done: Recorded) -> Answer:
        return answer(201, shown.Receipts(self.store, self.actor).recorded(done))


class QuotePurchase(StoreView):
    """What a receipt would give."""

    @documented(
        "Ask what a purchase would give",
        scope=Scope.EARN,
        body=PurchaseInput,
        answers={200: shown.Quote},
        refusals=REFUSALS,
        tags=TAGS,
    )
    def post(self, request: Request, card_id: int) -> Response:
        """Writes nothing, and needs neither a PIN nor an Idempotency-Key."""
        given = self.read(PurchaseInput)
        done = purchases.quote(store=self.store, actor=self.actor, card_id=card_id, **given)
        return Response(shown.Receipts(self.store, self.actor).quote(done))


class Purchases(StoreView):
    """The receipts of the cards that are valid at the store."""

    @documented(
        "Find purchases",
        scope=Scope.READ,
        query=PurchaseFilterInput,
        answers={200: shown.Purchase},
        refusals=[NotFound],
        paged=True,
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """Newest first. A receipt number is compared without case, spaces and dashes."""
        asked = self.query(PurchaseFilterInput)
        rows = receipts.purchases_at(
            self.store, order_reference=asked.get("order_reference", ""), card_id=asked.get("card")
        )
        return self.page(rows, shown.Receipts(self.store, self.actor).purchases)


class OnePurchase(StoreView):
    """One receipt."""

    @documented(
        "A purchase with its returns",
        scope=Scope.READ,
        answers={200: shown.PurchaseWithReturns},
        refusals=[PurchaseNotFound],
        tags=TAGS,
    )
    def get(self, request: Request, purchase_id: int) -> Response:
        row = receipts.purchase_at(self.store, purchase_id)
        return Response(shown.Receipts(self.store, self.actor).whole(row))


class ReturnPurchase(StoreView):
    """Something of a purchase is brought back."""

    @documented(
        "Return something of a purchase",
        scope=Scope.VOID,
        body=ReturnInput,
        answers={201: shown.PurchaseReturned},
        refusals=[StaffPinRequired, *RETURN_REFUSALS],
        staff_token=True,
        exactly_once=True,
        tags=TAGS,
    )
    def post(self, request: Request, purchase_id: int) -> Response:
        """All that is left, if no amount is given. What was spent already is owed (`shortfall`)."""
        given = self.read(ReturnInput)
        return self.perform(returns.give_back, self._returned, purchase_id=purchase_id, **given)

    def _returned(self, done: Returned) -> Answer:
        return answer(201, shown.Receipts(self.store, self.actor).returned(done))


class QuoteReturn(StoreView):
    """What bringing something back would take."""

    @documented(
        "Ask what a return would take back",
        scope=Scope.VOID,
        body=ReturnQuoteInput,
        answers={200: shown.ReturnQuote},
        refusals=RETURN_REFUSALS,
        tags=TAGS,
    )
    def post(self, request: Request, purchase_id: int) -> Response:
        """Writes nothing, and needs neither a PIN nor an Idempotency-Key."""
        given = self.read(ReturnQuoteInput)
        given.pop("reason", None)  # it is asked for when something is brought back
        quoted = returns.quote(
            shown.Receipts(self.store, self.actor).return_quote,
            store=self.store,
            actor=self.actor,
            purchase_id=purchase_id,
            **given,
        )
        return Response(quoted)
