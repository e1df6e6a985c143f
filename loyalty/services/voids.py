"""Voids: undoing a line of the ledger by its opposite, once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from groundwork import clock
from groundwork.errors import DomainError
from groundwork.idempotency.once import exactly_once
from loyalty import rules, selectors
from loyalty.errors import (
    AlreadyVoided,
    CardNotFound,
    NotVoidable,
    TransactionNotFound,
    VoidDisabled,
    VoidOtherStore,
    VoidWindowPassed,
)
from loyalty.models import (
    LoyaltyCard,
    LoyaltyTransaction,
    MerchantLoyaltySettings,
    OrderReference,
    TransactionType,
)
from loyalty.services import operation
from loyalty.services.operation import Operation
from tenancy.actor import Actor
from tenancy.models import Store


@dataclass(frozen=True)
class Voiding:
    """What undoing did: the opposite line, the card after it, and how many stamps or points were gone already."""

    transaction: LoyaltyTransaction
    card: LoyaltyCard
    shortfall: int = 0
    usage: rules.StampUsage | None = None


@exactly_once
def void(
    *, store: Store, transaction_id: int, actor: Actor, reason: str, asks_for_pin: bool = True
) -> Voiding:
    """Undo a line of the ledger with the opposite one.

    What was earned and is partly spent is taken back as far as it is there; `shortfall` (stamps or points) is the
    rest. Managers may also put right what happened on a card or under a program that is switched off now, staff
    may not. `asks_for_pin` is False in the console, where nobody shares a terminal. Raises TransactionNotFound, what
    `refusal` returns, and what `operation.begin` raises.
    """
    reason = operation.require_reason(reason)
    call = _begin(store, transaction_id, actor, asks_for_pin=asks_for_pin)
    line = selectors.transaction_of(store, transaction_id)  # read under the card's lock
    refused = refusal(line, store=store, actor=actor, settings=call.settings, now=call.now)
    if refused is not None:
        raise refused
    stamps, points, shortfall = opposite(line, call.card)
    kind = TransactionType.POINTS_VOIDED
    if line.transaction_type in (TransactionType.STAMP_EARNED, TransactionType.STAMP_REDEEMED):
        kind = TransactionType.STAMP_VOIDED
    if line.transaction_type == TransactionType.STAMP_EARNED:
        call.card.last_stamp_at = _last_stamp_without(line)
    undone = _post(call, kind, line, stamps_delta=stamps, points_delta=points, notes=reason)
    if line.order_reference:
        OrderReference.objects.filter(transaction=line).delete()  # the receipt may earn again
    return Voiding(undone, call.card, shortfall)


def _begin(store: Store, transaction_id: int, actor: Actor, *, asks_for_pin: bool) -> Operation:
    """Lock the card of a line; the line itself is looked at afterwards."""
    found = LoyaltyTransaction.objects.filter(pk=transaction_id, merchant_id=store.merchant_id)
    card_id = found.values_list("card_id", flat=True).first() or 0
    try:
        return operation.begin(
            store=store,
            card_id=card_id,
            actor=actor,
            asks_for_pin=asks_for_pin,
            even_inactive=actor.is_manager,
        )
    except CardNotFound:
        raise TransactionNotFound() from None


def refusal(
    line: LoyaltyTransaction,
    *,
    store: Store,
    actor: Actor,
    settings: MerchantLoyaltySettings,
    now: datetime | None = None,
) -> DomainError | None:
    """Why somebody at a store may not undo a line, or None if they may. Reads `line.card` and `line.voided_by`."""
    if line.transaction_type not in rules.VOIDABLE:
        return NotVoidable()
    if line.card.merged_into_id is not None:
        return NotVoidable(_("This card was merged into another one. Adjust that one instead."))
    if hasattr(line, "voided_by"):
        return AlreadyVoided()
    if not settings.allow_void_transactions:
        return VoidDisabled()
    age = (now or clock.now()) - line.transaction_at
    if age > timedelta(hours=settings.void_window_hours) and not actor.is_manager:
        return VoidWindowPassed()
    if line.store_id != store.pk and not actor.is_owner:
        return VoidOtherStore()
    return None


def opposite(line: LoyaltyTransaction, card: LoyaltyCard) -> tuple[int, int, int]:
    """The stamps and points that undo a line, never below 0, and what could not be taken back."""
    stamps = max(-line.stamps_delta, -card.stamp_count)
    points = max(-line.points_delta, -card.points_balance)
    return stamps, points, stamps + line.stamps_delta + points + line.points_delta


def _last_stamp_without(line: LoyaltyTransaction) -> datetime | None:
    stamps = LoyaltyTransaction.objects.filter(
        card_id=line.card_id, transaction_type=TransactionType.STAMP_EARNED, voided_by__isnull=True
    )
    return stamps.exclude(pk=line.pk).aggregate(newest=Max("transaction_at"))["newest"]


def _post(
    call: Operation,
    kind: str,
    line: LoyaltyTransaction,
    *,
    stamps_delta: int,
    points_delta: int,
    notes: str,
) -> LoyaltyTransaction:
    try:
        with transaction.atomic():
            return call.post(
                kind, stamps_delta=stamps_delta, points_delta=points_delta, voids=line, notes=notes
            )
    except IntegrityError as error:  # the database knows it too, whatever was locked
        if LoyaltyTransaction.objects.filter(voids=line).exists():
            raise AlreadyVoided() from error
        raise
