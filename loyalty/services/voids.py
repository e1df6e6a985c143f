"""Voids: undoing a line of the ledger by its opposite, once."""

import dataclasses
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from groundwork import clock
from groundwork.errors import DomainError
from groundwork.idempotency.once import exactly_once
from loyalty import ledger, receipts, rules, selectors
from loyalty.earning import Breakdown, Part
from loyalty.errors import AlreadyVoided, CardNotFound, NotVoidable, TransactionNotFound
from loyalty.ledger import Entry
from loyalty.models import (
    LoyaltyCard,
    LoyaltyTransaction,
    MerchantLoyaltySettings,
    Purchase,
    PurchaseReturn,
    TransactionType,
)
from loyalty.services import operation, returns
from loyalty.services.adjustments import in_hindsight
from loyalty.services.operation import Operation
from tenancy.actor import Actor
from tenancy.models import Store

STAMPS = (TransactionType.STAMP_EARNED, TransactionType.STAMP_REDEEMED, TransactionType.STAMPS_RETURNED)


@dataclass(frozen=True)
class Voiding:
    """What undoing did: the line that undoes, those that were written with it, and the card after them."""

    transaction: LoyaltyTransaction
    card: LoyaltyCard
    transactions: list[LoyaltyTransaction]
    usage: rules.StampUsage | None = None

    @property
    def shortfall(self) -> int:
        """How many stamps or points are owed by it, because they were spent already."""
        return operation.shortfall(self.transactions)


@exactly_once
def void(
    *, store: Store, transaction_id: int, actor: Actor, reason: str, asks_for_pin: bool = True
) -> Voiding:
    """Undo a line of the ledger, once.

    What was earned is taken back whole, and what of it is spent already is owed; what was redeemed comes back whole,
    and pays first what is owed. A line of a purchase is undone by valuing anew what is left of it (`returns.worth`), a
    return with all its lines. Managers may also put right what happened on a card or under a program that is switched
    off now, staff may not. `asks_for_pin` is False in the console, where nobody shares a terminal. Raises
    TransactionNotFound, what `refusal` returns, OrderReferenceUsed for a return whose receipt has earned again since,
    and what `operation.begin` raises.
    """
    reason = operation.require_reason(reason)
    call, line = begin(store, transaction_id, actor, asks_for_pin=asks_for_pin)
    refused = refusal(line, store=store, actor=actor, settings=call.settings, now=call.now)
    if refused is not None:
        raise refused
    entries = _of_purchase(call, line, line.purchase_id) if line.purchase_id else [_opposite(call, line)]
    if any(entry.stamps_delta for entry in entries):
        call.card.last_stamp_at = returns.last_stamp(call.card, undone=[line.pk])
    entries = [dataclasses.replace(entry, notes=reason) for entry in entries]
    written = _post(call, line, in_hindsight(call, entries, notes=reason))
    undone = next(row for row in written if row.voids_id == line.pk)
    return Voiding(undone, call.card, written)


@transaction.atomic
def void_openings(
    *, store: Store, cards: Sequence[LoyaltyCard], line_ids: Collection[int], actor: Actor, reason: str
) -> set[int]:
    """Undo opening balances of an import that is taken back, whatever staff may undo; each once.

    `cards` are theirs, and locked. What is spent already is owed. Returns the cards whose balances stay: those that
    were merged into another one, or are not valid at the store.
    """
    actor.require_manager()
    reason, settings, now = (
        operation.require_reason(reason),
        selectors.settings_of(store.merchant),
        clock.now(),
    )
    valid = {
        card.pk: operation.of_locked(card, store=store, actor=actor, settings=settings, now=now)
        for card in cards
        if card.merged_into_id is None and card.scope_store_id in (None, store.pk)
    }
    adjusted = receipts.bounded(valid)
    lines = LoyaltyTransaction.objects.filter(
        pk__in=line_ids, card__in=valid, transaction_type=TransactionType.OPENING_BALANCE, voided_by=None
    )
    together: list[Entry] = []
    for line in lines.order_by("card", "stamps_delta", "pk"):
        call = valid[line.card_id]
        entry = dataclasses.replace(_opposite(call, line), notes=reason)
        if line.card_id in adjusted:
            _post(call, line, in_hindsight(call, [entry], notes=reason))
        else:
            together.append(entry)
    if together:
        ledger.post(together, now=now)
    return {card.pk for card in cards} - valid.keys()


def _opposite(call: Operation, line: LoyaltyTransaction) -> Entry:
    stamps, points = -line.stamps_delta, -line.points_exactly
    return _undoing(call, line, stamps=stamps, points=points, promotions=opposite(line.parts))


def opposite(parts: Iterable[Part]) -> tuple[Part, ...]:
    """What promotions gave, taken back."""
    return tuple(Part(part.promotion_id, -part.points, -part.stamps) for part in parts)


def _undoing(
    call: Operation, line: LoyaltyTransaction, *, stamps: int = 0, points: int = 0, **more: Any
) -> Entry:
    is_of_stamps = line.transaction_type in STAMPS or (
        line.transaction_type == TransactionType.OPENING_BALANCE and line.stamps_delta != 0
    )
    return call.entry(
        TransactionType.STAMP_VOIDED if is_of_stamps else TransactionType.POINTS_VOIDED,
        stamps_delta=stamps,
        points_units=points,
        voids=line,
        terms_id=line.terms_id,
        **more,
    )


def _of_purchase(call: Operation, line: LoyaltyTransaction, purchase_id: int) -> list[Entry]:
    """The lines that undo one of a purchase: a stamp or the points it earned, or a return with all its lines."""
    purchase = returns.locked(call, purchase_id)
    lines = returns.lines_of(purchase)
    undone = [line]
    if line.purchase_return_id:
        part = PurchaseReturn.objects.get(pk=line.purchase_return_id)
        part.undone_at = call.now
        part.save(update_fields=["undone_at", "updated_at"])
        purchase.returned_cents -= part.amount_cents
        undone = [row for row in lines if row.purchase_return_id == part.pk and not hasattr(row, "voided_by")]
    ids = [row.pk for row in undone]
    returns.settle(purchase, lines, undone=ids)
    change = returns.worth(purchase, lines, call, undone=ids)
    if _moves_stamps(change) and not any(row.transaction_type in STAMPS for row in undone):
        undone += _that_took_the_stamps(lines)
    entries = [_valued(call, row, purchase, change) for row in undone]
    if _moves_stamps(change) and not any(row.transaction_type in STAMPS for row in undone):
        entries.append(_now_less(call, purchase, change))
    return entries


def _valued(call: Operation, row: LoyaltyTransaction, purchase: Purchase, change: Breakdown) -> Entry:
    """The line that undoes one of a purchase, and puts right what the purchase gives of its kind."""
    if row.transaction_type in STAMPS:
        return _undoing(call, row, stamps=change.stamps, promotions=change.stamp_parts, purchase=purchase)
    return _undoing(call, row, points=change.points, promotions=change.point_parts, purchase=purchase)


def _moves_stamps(change: Breakdown) -> bool:
    return bool(change.stamps or change.stamp_parts)


def _now_less(call: Operation, purchase: Purchase, change: Breakdown) -> Entry:
    """The stamps of a promotion that yields to another one again, now that more of the purchase is left."""
    return call.entry(
        TransactionType.STAMPS_RETURNED,
        stamps_delta=change.stamps,
        promotions=change.stamp_parts,
        purchase=purchase,
        order_reference=purchase.order_reference,
        terms_id=purchase.terms_id,
    )


def _that_took_the_stamps(lines: list[LoyaltyTransaction]) -> list[LoyaltyTransaction]:
    """The line of another return, if there is one, which took the stamps: something is left again."""
    taken = (
        row
        for row in lines
        if row.transaction_type == TransactionType.STAMPS_RETURNED and not hasattr(row, "voided_by")
    )
    return list(islice(taken, 1))


def begin(
    store: Store, transaction_id: int, actor: Actor, *, asks_for_pin: bool = False
) -> tuple[Operation, LoyaltyTransaction]:
    """Lock the card of a line, and read the line under its lock. Raises TransactionNotFound."""
    found = LoyaltyTransaction.objects.filter(pk=transaction_id, merchant_id=store.merchant_id)
    card_id = found.values_list("card_id", flat=True).first() or 0
    try:
        call = operation.begin(
            store=store,
            card_id=card_id,
            actor=actor,
            asks_for_pin=asks_for_pin,
            even_inactive=actor.is_manager,
        )
    except CardNotFound:
        raise TransactionNotFound() from None
    return call, selectors.transaction_of(store, transaction_id)


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
    return returns.refusal(line, store=store, actor=actor, settings=settings, now=now)


def _post(call: Operation, line: LoyaltyTransaction, entries: list[Entry]) -> list[LoyaltyTransaction]:
    try:
        with transaction.atomic():
            return ledger.post(entries, now=call.now)
    except IntegrityError as error:  # the database knows it too, whatever was locked
        if LoyaltyTransaction.objects.filter(voids=line).exists():
            raise AlreadyVoided() from error
        raise
