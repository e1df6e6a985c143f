"""What has no line in the ledger becomes an event here. A handler runs in the relay's transaction, in the merchant's
scope; raising means it is tried again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from customers.models import Customer
from loyalty.models import LoyaltyProgram
from loyalty.outputs import told
from loyalty.outputs.customer import customer
from tenancy.former import Former
from webhooks.services import log
from webhooks.services.sources import Draft


def on_card_state_changed(event: Mapping[str, Any]) -> None:
    """Cards that were deleted, restored or made valid everywhere; what has a line is told with it."""
    if event["transaction_ids"]:
        return
    at = event["announced_at"]
    drafts = [
        Draft("card.updated", at, {"card": card}, card["customer"]["id"])
        for card in told.cards_told_at(event["card_ids"], at=at)
    ]
    _append(event["merchant_id"], drafts)


def on_program_changed(event: Mapping[str, Any]) -> None:
    """A program as it was when somebody changed it."""
    row = LoyaltyProgram.objects.select_related(*told.OF_PROGRAM).filter(pk=event["program_id"]).first()
    if row is not None:
        at = event["announced_at"]
        program = told.program_told(row, at=at)
        _append(event["merchant_id"], [Draft("program.updated", at, {"program": program})])


def on_customer_changed(event: Mapping[str, Any]) -> None:
    """A person, as they were known then."""
    _about_customer("customer.updated", event)


def on_customer_erased(event: Mapping[str, Any]) -> None:
    """A person of whom only the id is left."""
    _about_customer("customer.erased", event)


def _about_customer(kind: str, event: Mapping[str, Any]) -> None:
    row = Customer.all_objects.filter(pk=event["customer_id"]).first()
    if row is not None:
        at = event["announced_at"]
        then = Former.of([row], since=at).at(row, at)
        _append(event["merchant_id"], [Draft(kind, at, {"customer": customer(then)}, row.pk)])


def _append(merchant_id: int, drafts: Sequence[Draft]) -> None:
    if drafts:
        log.append(log.locked(merchant_id), drafts)
