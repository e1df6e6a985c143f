"""Restoring: what was undone is written again, as long as nothing else has happened to it since.

The opposite of an undoing is no deletion: the ledger gets a line like the one that was undone, which names the undoing
(`restores`) and may be undone itself. It counts on its own day, as the undoing did (decision 0006).
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from loyalty import friends, ledger, rules
from loyalty.errors import NotVoidable
from loyalty.ledger import Entry
from loyalty.models import LoyaltyTransaction, Purchase, PurchaseReturn
from loyalty.services import operation, returns, voids
from loyalty.services.adjustments import in_hindsight
from loyalty.services.operation import Operation
from loyalty.services.voids import Voiding
from loyalty.undo_errors import AlreadyRestored, ChangedSince
from tenancy.actor import Actor
from tenancy.models import Store


@transaction.atomic
def restore(*, store: Store, undoing_id: int, written: Sequence[int], actor: Actor, reason: str) -> Voiding:
    """Write again what an undoing took or gave, once.

    `written`: the lines that were written for it, with itself among them (ids); what put an expiry right is reckoned
    anew. Raises AlreadyRestored, ChangedSince, NotVoidable, OrderReferenceUsed, NotEnoughStamps, NotEnoughPoints, what
    `returns.refusal` returns, and what `operation.begin` raises.
    """
    reason = operation.require_reason(reason)
    call, undoing = voids.begin(store, undoing_id, actor)
    rows = LoyaltyTransaction.objects.filter(card=call.card, pk__in=written)
    group = list(rows.select_related("voids__reward").order_by("-pk"))
    purchase = returns.locked(call, undoing.purchase_id) if undoing.purchase_id else None
    _refuse(call, undoing, group, purchase)
    part = _brought_back_again(group, purchase, call.now)
    entries = [_again(call, row, purchase, part, reason) for row in group if _is_copied(row)]
    moment = undoing.voids.transaction_at if undoing.voids and undoing.voids.restores_id is None else None
    if moment and any(entry.kind == "stamp_earned" for entry in entries):
        call.card.last_stamp_at = max(filter(None, (call.card.last_stamp_at, moment)))
    lines = ledger.post(in_hindsight(call, entries, notes=reason), now=call.now)
    if purchase is not None:
        returns.settle(purchase, returns.lines_of(purchase))
    again = next(line for line in lines if line.restores_id == undoing.pk)
    return Voiding(again, call.card, lines)


def _is_copied(row: LoyaltyTransaction) -> bool:
    return row.transaction_type not in rules.ADJUSTMENTS


def _refuse(
    call: Operation,
    undoing: LoyaltyTransaction,
    group: Sequence[LoyaltyTransaction],
    purchase: Purchase | None,
) -> None:
    if undoing.voids is None or undoing not in group or undoing.card.merged_into_id is not None:
        raise NotVoidable()
    refused = returns.refusal(
        undoing, store=call.store, actor=call.actor, settings=call.settings, now=call.now
    )
    if refused is not None:
        raise refused
    if LoyaltyTransaction.objects.filter(restores__in=group).exists():
        raise AlreadyRestored()
    if purchase is not None and _has_moved_since(purchase, group):
        raise ChangedSince()
    if purchase is not None and purchase.offers and friends.has_another_welcome(purchase):
        raise ChangedSince()
    if not all(_can_be(row) for row in group if _is_copied(row)):
        raise ChangedSince()


def _can_be(undoing: LoyaltyTransaction) -> bool:
    """Whether a line of the kind that was undone can move what an undoing moved."""
    kind, stamps, points = _kind(undoing), -undoing.stamps_delta, -undoing.points_delta
    return (not stamps or (kind, rules.sign(stamps)) in rules.STAMP_COUNTERS) and (
        not points or (kind, rules.sign(points)) in rules.POINTS_COUNTERS
    )


def _has_moved_since(purchase: Purchase, group: Sequence[LoyaltyTransaction]) -> bool:
    """Whether anything was written about a purchase after an undoing but undoings that were taken back since."""
    later = LoyaltyTransaction.objects.filter(purchase=purchase, pk__gt=group[0].pk)
    balanced = later.filter(restored_by__isnull=False) | later.filter(
        restores__isnull=False, restores__pk__gt=group[0].pk, voided_by__isnull=True
    )
    return later.exclude(pk__in=balanced.values("pk")).exists()


def _brought_back_again(
    group: Sequence[LoyaltyTransaction], purchase: Purchase | None, now: datetime
) -> PurchaseReturn | None:
    """The return that was undone, once more."""
    of_returns = {row.voids.purchase_return_id for row in group if row.voids} - {None}
    if purchase is None or not of_returns:
        return None
    undone = PurchaseReturn.objects.filter(pk__in=of_returns, undone_at__isnull=False).first()
    if undone is None:
        return None
    purchase.returned_cents += undone.amount_cents
    return PurchaseReturn.objects.create(
        merchant_id=purchase.merchant_id,
        purchase=purchase,
        amount_cents=undone.amount_cents,
        returned_at=now,
    )


def _kind(row: LoyaltyTransaction) -> str:
    """The kind of the line that takes one of an undoing back."""
    return row.voids.transaction_type if row.voids else row.transaction_type


def _again(
    call: Operation,
    row: LoyaltyTransaction,
    purchase: Purchase | None,
    part: PurchaseReturn | None,
    reason: str,
) -> Entry:
    undone = row.voids or row
    return call.entry(
        _kind(row),
        stamps_delta=-row.stamps_delta,
        points_units=-row.points_exactly,
        promotions=voids.opposite(row.parts),
        purchase=purchase,
        purchase_return=part if undone.purchase_return_id else None,
        purchase_amount_cents=undone.purchase_amount_cents,
        order_reference=undone.order_reference,
        terms_id=undone.terms_id,
        reward=undone.reward,
        reward_name=undone.reward_name,
        reward_points_cost=undone.reward_points_cost,
        restores=row,
        notes=reason,
    )
