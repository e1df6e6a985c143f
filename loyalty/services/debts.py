"""Debts: what is owed on a card - given back after it had been spent - let go by a manager, or by time."""

from groundwork.idempotency.once import exactly_once
from loyalty.errors import NothingOwed
from loyalty.models import LoyaltyCard, TransactionType
from loyalty.services import operation
from loyalty.services.operation import Posting
from tenancy.actor import Actor
from tenancy.models import Store


@exactly_once
def forgive(*, store: Store, card_id: int, actor: Actor, reason: str) -> Posting:
    """Let go all that is owed on a card; a manager's, with a reason.

    Raises ManagerRequired, NothingOwed, Invalid without a reason, and what `operation.begin` raises.
    """
    actor.require_manager()
    reason = operation.require_reason(reason)
    call = operation.begin(store=store, card_id=card_id, actor=actor, asks_for_pin=False, even_inactive=True)
    if not owes(call.card):
        raise NothingOwed()
    line = call.post(
        TransactionType.DEBT_FORGIVEN,
        stamps_delta=call.card.stamps_owed,
        points_delta=call.card.points_owed,
        notes=reason,
    )
    return Posting(line, call.card)


def owes(card: LoyaltyCard) -> bool:
    """Whether anything is owed on a card."""
    return bool(card.stamps_owed or card.points_owed)
