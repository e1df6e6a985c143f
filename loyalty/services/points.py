"""Points: earning them with a purchase, spending them on a reward, adjusting them by hand."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from groundwork.errors import Invalid
from groundwork.formats.currencies import minor_digits
from groundwork.formats.money import money
from groundwork.idempotency.once import exactly_once
from loyalty import rules
from loyalty.errors import (
    NotEnoughPoints,
    OrderReferenceRequired,
    OrderReferenceUsed,
    PurchaseBelowMinimum,
    RewardBelowMinimum,
    RewardNotFound,
)
from loyalty.models import LoyaltyProgram, LoyaltyTransaction, OrderReference, PointsReward, TransactionType
from loyalty.services import operation
from loyalty.services.operation import Posting
from tenancy.actor import Actor
from tenancy.models import Store


@exactly_once
def earn(
    *,
    store: Store,
    card_id: int,
    actor: Actor,
    purchase_amount_cents: int,
    order_reference: str = "",
    notes: str = "",
    occurred_at: datetime | None = None,
) -> Posting:
    """Give the points of a purchase, rounded down to whole ones; one receipt earns once.

    `purchase_amount_cents`: in the currency's minor unit, 1 to the largest purchase of the program. `occurred_at`
    (UTC) for a purchase recorded offline. Raises Invalid, PurchaseBelowMinimum, OrderReferenceRequired or
    OrderReferenceUsed, besides what `operation.begin` raises.
    """
    currency = store.merchant.currency
    call = operation.begin(
        store=store,
        card_id=card_id,
        actor=actor,
        occurred_at=occurred_at,
        program_must=operation.require_points,
    )
    _require_amount(purchase_amount_cents, call.program, currency)
    if call.settings.require_order_reference and not order_reference:
        raise OrderReferenceRequired()
    if purchase_amount_cents < call.program.minimum_purchase_cents:
        raise PurchaseBelowMinimum(minimum_purchase_cents=call.program.minimum_purchase_cents)
    line = call.post(
        TransactionType.POINTS_EARNED,
        points_delta=rules.points_for_purchase(
            purchase_amount_cents, call.program.points_per_euro, digits=minor_digits(currency)
        ),
        purchase_amount_cents=purchase_amount_cents,
        order_reference=order_reference,
        notes=notes,
        at=occurred_at,
    )
    if order_reference:
        _claim_receipt(order_reference, line)
    return Posting(line, call.card)


def _require_amount(cents: int, program: LoyaltyProgram, currency: str) -> None:
    most = rules.largest_purchase_cents(program.maximum_purchase_cents, currency)
    if not 1 <= cents <= most:
        text = _("The amount must be between %(least)s and %(most)s.")
        amounts = {"least": money(1, currency), "most": money(most, currency)}
        raise Invalid.field("purchase_amount_cents", text % amounts)


def _claim_receipt(reference: str, line: LoyaltyTransaction) -> None:
    try:
        with transaction.atomic():
            OrderReference.objects.create(merchant_id=line.merchant_id, reference=reference, transaction=line)
    except IntegrityError as error:
        raise OrderReferenceUsed() from error


@exactly_once
def redeem(*, store: Store, card_id: int, actor: Actor, reward_id: int, notes: str = "") -> Posting:
    """Hand out a reward of the program for its points.

    Raises RewardNotFound, RewardBelowMinimum, or NotEnoughPoints with `missing`, besides what `operation.begin`
    raises.
    """
    call = operation.begin(store=store, card_id=card_id, actor=actor, program_must=operation.require_points)
    reward = PointsReward.objects.filter(pk=reward_id, program=call.program, is_active=True).first()
    if reward is None:
        raise RewardNotFound()
    if reward.points_cost < call.program.minimum_redemption_points:
        raise RewardBelowMinimum(minimum_redemption_points=call.program.minimum_redemption_points)
    if call.card.points_balance < reward.points_cost:
        raise NotEnoughPoints(missing=reward.points_cost - call.card.points_balance)
    line = call.post(
        TransactionType.POINTS_REDEEMED, points_delta=-reward.points_cost, reward=reward, notes=notes
    )
    return Posting(line, call.card)


@exactly_once
def adjust(*, store: Store, card_id: int, actor: Actor, points_delta: int, reason: str) -> Posting:
    """Put a balance right by hand, up or down but never below 0; a manager's, with a reason.

    Raises ManagerRequired, or NotEnoughPoints with `missing`, besides what `operation.begin` raises.
    """
    actor.require_manager()
    reason = operation.require_reason(reason)
    if points_delta == 0 or abs(points_delta) > rules.MAXIMUM_ADJUSTMENT_POINTS:
        raise Invalid.field("points_delta", _("Enter a number of points other than 0, at most 1,000,000."))
    call = operation.begin(
        store=store, card_id=card_id, actor=actor, asks_for_pin=False, program_must=operation.require_points
    )
    line = call.post(TransactionType.POINTS_ADJUSTMENT, points_delta=points_delta, notes=reason)
    return Posting(line, call.card)
