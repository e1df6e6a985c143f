"""Points: earning them with a purchase, spending them on a reward, adjusting them by hand."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from groundwork.errors import Invalid
from groundwork.idempotency.once import exactly_once
from loyalty import rules
from loyalty.errors import NotEnoughPoints, RewardBelowMinimum, RewardNotFound
from loyalty.models import PointsReward, TransactionType
from loyalty.services import operation, purchases
from loyalty.services.operation import Posting
from loyalty.services.purchases import Receipt
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
    """Give the points of a purchase, and no stamp; one receipt earns once.

    `purchase_amount_cents`: in the currency's minor unit. `occurred_at` (UTC) for a purchase recorded offline. Raises
    PurchaseBelowMinimum, OrderReferenceRequired or OrderReferenceUsed, besides what `operation.begin` raises.
    """
    receipt = Receipt(purchase_amount_cents, order_reference, stamps=0, notes=notes, occurred_at=occurred_at)
    return purchases.record_points(store=store, card_id=card_id, actor=actor, receipt=receipt)


@exactly_once
def redeem(*, store: Store, card_id: int, actor: Actor, reward_id: int, notes: str = "") -> Posting:
    """Hand out a reward of the program for its points.

    Raises RewardNotFound, RewardBelowMinimum, or NotEnoughPoints with `missing`, besides what `operation.begin`
    raises.
    """
    call = operation.begin(store=store, card_id=card_id, actor=actor, terms_must=operation.require_points)
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
        store=store, card_id=card_id, actor=actor, asks_for_pin=False, terms_must=operation.require_points
    )
    line = call.post(TransactionType.POINTS_ADJUSTMENT, points_delta=points_delta, notes=reason)
    return Posting(line, call.card)
