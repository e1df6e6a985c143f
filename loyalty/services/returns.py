"""Returns: something of a purchase is brought back, and what is left is worth what it would have earned alone.

What was spent already is owed. `worth` is the one place that values what is left of a purchase, for returns and for
whatever undoes one of its lines (`loyalty.services.voids`).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Max

from groundwork import clock
from groundwork.errors import DomainError
from groundwork.idempotency.once import exactly_once
from loyalty import ledger, promoted, receipts, selectors
from loyalty.earning import Breakdown
from loyalty.errors import (
    CardNotFound,
    OrderReferenceUsed,
    PurchaseNotFound,
    ReturnExceedsPurchase,
    VoidDisabled,
    VoidOtherStore,
    VoidWindowPassed,
)
from loyalty.ledger import Entry
from loyalty.models import (
    LoyaltyCard,
    LoyaltyTransaction,
    MerchantLoyaltySettings,
    Purchase,
    PurchaseReturn,
    TransactionType,
)
from loyalty.services import friends, operation
from loyalty.services.adjustments import in_hindsight
from loyalty.services.operation import Operation
from tenancy.actor import Actor
from tenancy.models import Store

Shown = TypeVar("Shown")


@dataclass(frozen=True)
class Returned:
    """What bringing back did."""

    purchase: Purchase
    transactions: list[LoyaltyTransaction]
    card: LoyaltyCard

    @property
    def shortfall(self) -> int:
        """How many stamps or points are owed by it, because they were spent already."""
        return operation.shortfall(self.transactions)


@exactly_once
def give_back(
    *,
    store: Store,
    purchase_id: int,
    actor: Actor,
    reason: str,
    amount_cents: int | None = None,
    asks_for_pin: bool = True,
) -> Returned:
    """Bring something of a purchase back: `amount_cents`, or all that is left.

    Takes back so that what remains is exactly what buying only the rest would have given, under the terms of that
    purchase; of a purchase that is wholly returned, its stamps too. Raises PurchaseNotFound, ReturnExceedsPurchase
    with `left_cents`, what `refusal` returns, and what `operation.begin` raises.
    """
    reason = operation.require_reason(reason)
    call, purchase = _begin(store, purchase_id, actor, asks_for_pin=asks_for_pin)
    part = _part(call, purchase, amount_cents)
    part.save()
    lines = lines_of(purchase)
    purchase.returned_cents += part.amount_cents
    settle(purchase, lines)
    entries = _entries(call, purchase, part, worth(purchase, lines, call), reason)
    call.card.last_stamp_at = last_stamp(call.card)
    return Returned(purchase, ledger.post(entries, now=call.now), call.card)


def quote(
    show: Callable[[Returned], Shown],
    *,
    store: Store,
    purchase_id: int,
    actor: Actor,
    amount_cents: int | None = None,
) -> Shown:
    """What `show` says of a return that is undone before anybody sees it; asks for no PIN, and writes nothing.

    Done in earnest, as a card reads much of what it says of itself from its lines: whether a stamp may be given again,
    which promotions have something left for it.
    """
    with transaction.atomic():
        done = give_back(
            store=store,
            purchase_id=purchase_id,
            actor=actor,
            amount_cents=amount_cents,
            reason="?",
            asks_for_pin=False,
        )
        shown = show(done)
        transaction.set_rollback(True)
    return shown


def _part(call: Operation, purchase: Purchase, amount_cents: int | None) -> PurchaseReturn:
    """What is brought back, not saved yet. Raises what `refusal` returns, and ReturnExceedsPurchase."""
    refused = refusal(purchase, store=call.store, actor=call.actor, settings=call.settings, now=call.now)
    if refused is not None:
        raise refused
    left = purchase.kept_cents if purchase.is_open else 0
    amount = left if amount_cents is None else amount_cents
    if not 1 <= amount <= left:
        raise ReturnExceedsPurchase(left_cents=left)
    return PurchaseReturn(
        merchant_id=purchase.merchant_id, purchase=purchase, amount_cents=amount, returned_at=call.now
    )


def _begin(store: Store, purchase_id: int, actor: Actor, *, asks_for_pin: bool) -> tuple[Operation, Purchase]:
    """Lock the card that has a purchase now, and then the purchase."""
    card_id = receipts.purchase_at(store, purchase_id).card_id
    try:
        call = operation.begin(
            store=store,
            card_id=selectors.remaining_card_id(store.merchant_id, card_id),
            actor=actor,
            asks_for_pin=asks_for_pin,
            even_inactive=actor.is_manager,
        )
    except CardNotFound:
        raise PurchaseNotFound() from None
    return call, locked(call, purchase_id)


def locked(call: Operation, purchase_id: int) -> Purchase:
    """A purchase of a locked card, and before it the budgets that it was offered, locked until the transaction ends."""
    rows = Purchase.objects.filter(pk=purchase_id)
    if call.program.has_promotions:
        promoted.hold_budgets_of(rows)
    rows = rows.select_for_update(no_key=True, of=("self",)).select_related("terms", "store")
    return rows.get()


def refusal(
    bought: Purchase | LoyaltyTransaction,
    *,
    store: Store,
    actor: Actor,
    settings: MerchantLoyaltySettings,
    now: datetime | None = None,
) -> DomainError | None:
    """Why somebody at a store may not take back what was recorded; None if they may.

    The window runs from the recording: what was bought offline is known only since then.
    """
    if not settings.allow_void_transactions:
        return VoidDisabled()
    age = (now or clock.now()) - bought.recorded_at
    if age > timedelta(hours=settings.void_window_hours) and not actor.is_manager:
        return VoidWindowPassed()
    if bought.store_id != store.pk and not actor.is_owner:
        return VoidOtherStore()
    return None


def lines_of(purchase: Purchase) -> list[LoyaltyTransaction]:
    """All that the ledger says of a purchase, in order."""
    rows = LoyaltyTransaction.objects.filter(purchase=purchase).select_related("voided_by")
    return list(rows.order_by("pk"))


def worth(
    purchase: Purchase,
    lines: Sequence[LoyaltyTransaction],
    call: Operation,
    *,
    undone: Collection[int] = (),
) -> Breakdown:
    """What has to be given (or, below 0, taken back) so that a purchase has given what is left of it is worth.

    `undone`: lines that are being undone besides those that are.
    """
    return receipts.missing(purchase, lines, program=call.program, digits=call.digits, undone=undone)


def settle(purchase: Purchase, lines: Sequence[LoyaltyTransaction], *, undone: Collection[int] = ()) -> None:
    """Save whether anything of a purchase is left, and have the gift to whoever brought a friend with it looked at.

    Raises OrderReferenceUsed if its receipt has earned again since.
    """
    earned = [line for line in lines if line.transaction_type in promoted.EARNED]
    is_undone = bool(earned) and not receipts.living(lines, undone)
    purchase.is_open = purchase.kept_cents > 0 and not is_undone
    try:
        purchase.save(update_fields=["returned_cents", "is_open", "updated_at"])
    except IntegrityError as error:
        if "one_receipt_earns_once" not in str(error):
            raise
        raise OrderReferenceUsed() from error
    friends.changed(purchase)


def last_stamp(card: LoyaltyCard, *, undone: Collection[int] = ()) -> datetime | None:
    """When the newest stamp of a card was given that is neither undone nor brought back."""
    stamps = selectors.living_stamps([card.pk]).exclude(pk__in=undone)
    return stamps.aggregate(newest=Max("transaction_at"))["newest"]


def _entries(
    call: Operation, purchase: Purchase, part: PurchaseReturn, change: Breakdown, reason: str
) -> list[Entry]:
    """A line for the points, if the purchase could earn any; one for its stamps if they go back, or stand alone."""
    fields: dict[str, Any] = {"purchase": purchase, "purchase_return": part, "notes": reason}
    fields |= {"order_reference": purchase.order_reference, "terms_id": purchase.terms_id}
    amount = {"purchase_amount_cents": part.amount_cents}
    entries: list[Entry] = []
    if purchase.terms.rules().has_points:
        kind = TransactionType.POINTS_RETURNED
        given = {"points_units": change.points, "promotions": change.point_parts}
        entries.append(call.entry(kind, **given, **fields, **amount))
    if change.stamps or change.stamp_parts or not entries:
        kind = TransactionType.STAMPS_RETURNED
        given = {"stamps_delta": change.stamps, "promotions": change.stamp_parts}
        entries.append(call.entry(kind, **given, **fields, **({} if entries else amount)))
    return in_hindsight(call, entries, notes=reason)
