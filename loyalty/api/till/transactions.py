"""The store's ledger, and undoing a line of it."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.errors import NotFound
from groundwork.idempotency.once import Answer
from loyalty import selectors
from loyalty.api.base import StoreView, answer
from loyalty.api.documentation import documented
from loyalty.api.fields import AskedId, AskedMoment, Reason
from loyalty.errors import (
    AlreadyVoided,
    CardInactive,
    NotVoidable,
    ProgramInactive,
    ProgramNotFound,
    StaffPinRequired,
    TransactionNotFound,
    VoidDisabled,
    VoidOtherStore,
    VoidWindowPassed,
)
from loyalty.models import TransactionType
from loyalty.outputs.transaction import Ledger, Transaction, Voided, with_people
from loyalty.services import voids
from loyalty.services.voids import Voiding
from tenancy.models import Scope

TAGS = ["transactions"]
FILTERS = {"card": "card_id", "type": "transaction_type", "since": "transaction_at__gte"}


class LedgerFilterInput(serializers.Serializer):
    card = AskedId(required=False)
    type = serializers.ChoiceField(required=False, choices=TransactionType.values)
    since = AskedMoment(required=False)


class VoidTransactionInput(serializers.Serializer):
    reason = Reason()


class Transactions(StoreView):
    """What was done at the store."""

    @documented(
        "The store's ledger",
        scope=Scope.READ,
        query=LedgerFilterInput,
        answers={200: Transaction},
        refusals=[NotFound],
        paged=True,
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """Newest first; `since` is a day or a time, in the store's time zone if it has no offset."""
        asked = self.query(LedgerFilterInput)
        lines = with_people(selectors.transactions_at(self.store))
        lines = lines.filter(**{FILTERS[name]: value for name, value in asked.items()})
        return self.page(lines, Ledger(self.store, self.actor).lines)


class VoidTransaction(StoreView):
    """A line is undone by the opposite one, once."""

    @documented(
        "Undo a transaction",
        scope=Scope.VOID,
        body=VoidTransactionInput,
        answers={201: Voided},
        refusals=[
            StaffPinRequired,
            ProgramNotFound,
            ProgramInactive,
            CardInactive,
            TransactionNotFound,
            NotVoidable,
            AlreadyVoided,
            VoidDisabled,
            VoidWindowPassed,
            VoidOtherStore,
        ],
        staff_token=True,
        exactly_once=True,
        tags=TAGS,
    )
    def post(self, request: Request, transaction_id: int) -> Response:
        """`shortfall`: stamps or points that could not be taken back because they are spent."""
        given = self.read(VoidTransactionInput)
        return self.perform(voids.void, self._voided, transaction_id=transaction_id, **given)

    def _voided(self, voiding: Voiding) -> Answer:
        return answer(201, Ledger(self.store, self.actor).voided(voiding))
