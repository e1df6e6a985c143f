"""The store's ledger, and undoing a line of it."""

from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.errors import NotFound
from groundwork.idempotency.once import Answer
from loyalty import selectors
from loyalty.api import requests, shapes
from loyalty.api.base import StoreView, answer
from loyalty.api.documentation import documented
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
from loyalty.outputs.transaction import Ledger, with_people
from loyalty.services import voids
from loyalty.services.voids import Voiding

TAGS = ["transactions"]
FILTERS = {"card": "card_id", "type": "transaction_type", "since": "transaction_at__gte"}


class Transactions(StoreView):
    """What was done at the store."""

    @documented(
        "The store's ledger",
        query=requests.LedgerFilter,
        answers={200: shapes.Transaction},
        refusals=[NotFound],
        paged=True,
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """Newest first; `since` is a day or a time, in the store's time zone if it has no offset."""
        asked = self.query(requests.LedgerFilter)
        lines = with_people(selectors.transactions_at(self.store))
        lines = lines.filter(**{FILTERS[name]: value for name, value in asked.items()})
        return self.page(lines, Ledger(self.store, self.actor).lines)


class VoidTransaction(StoreView):
    """A line is undone by the opposite one, once."""

    @documented(
        "Undo a transaction",
        body=requests.VoidTransaction,
        answers={201: shapes.Voided},
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
        given = self.read(requests.VoidTransaction)
        return self.perform(voids.void, self._voided, transaction_id=transaction_id, **given)

    def _voided(self, voiding: Voiding) -> Answer:
        said = Ledger(self.store, self.actor).posted(voiding)
        return answer(201, said | {"shortfall": voiding.shortfall})
