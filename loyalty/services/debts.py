"""Debts: what is owed on a card - given back after it had been spent - let go by a manager, or by time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from groundwork.idempotency.once import exactly_once
from loyalty import ledger
from loyalty.errors import NothingOwed
from loyalty.ledger import Entry
from loyalty.models import LoyaltyCard, TransactionType
from loyalty.services import operation
from loyalty.services.operation import Posting
from tenancy.actor import Actor
from tenancy.models import Store


@exactly_once
def forgive(*, store: Store, card_id: int, actor: Actor, reason: str) -> Posting:
    """Let go all that is owed on a card; a manager's, with a reason. Who typed a PIN on the terminal for it, did it.

    Raises ManagerRequired, NothingOwed, Invalid without a reason, and what `operation.begin` raises.
    """
    actor.require_manager()
    reason = operation.require_reason(reason)
    at_the_terminal = bool(actor.staff_token)
    call = operation.begin(
        store=store, card_id=card_id, actor=actor, asks_for_pin=at_the_terminal, even_inactive=True
    )
    if not owes(call.card):
        raise NothingOwed()
    line = call.post(**_forgiven(call.card), notes=reason)
    return Posting(line, call.card)


def let_go(card_ids: Sequence[int], *, note: str, now: datetime) -> None:
    """Let go what cards owe, in the name of the system and in the caller's transaction, which has them locked."""
    cards = LoyaltyCard.objects.filter(pk__in=card_ids).select_related("program").order_by("pk")
    ledger.post([Entry(card=card, **_forgiven(card), notes=note) for card in cards], now=now)


def _forgiven(card: LoyaltyCard) -> dict[str, Any]:
    return {
        "kind": TransactionType.DEBT_FORGIVEN,
        "stamps_delta": card.stamps_owed,
        "points_delta": card.points_owed,
    }


def owes(card: LoyaltyCard) -> bool:
    """Whether anything is owed on a card."""
    return bool(card.stamps_owed or card.points_owed)
