"""A shop where things are bought and brought back, and the figures of a card after it."""

from datetime import UTC, datetime

from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.reporting import verification
from loyalty.services import points, purchases, returns, voids
from loyalty.services.purchases import Recorded
from tenancy.actor import Actor
from tests import factories
from tests.factories import Shop

STAFF, MANAGER, OWNER = factories.actor("staff"), factories.actor("manager"), factories.actor("owner")
NOON = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)


def buy(shop: Shop, card: LoyaltyCard, cents: int, receipt: str = "", **more: object) -> Recorded:
    return purchases.record(
        store=shop.store,
        card_id=card.pk,
        actor=STAFF,
        purchase_amount_cents=cents,
        order_reference=receipt,
        **more,
    )


def bring_back(
    shop: Shop, bought: Recorded, cents: int | None = None, actor: Actor = STAFF
) -> returns.Returned:
    assert bought.purchase
    return returns.give_back(
        store=shop.store, purchase_id=bought.purchase.pk, actor=actor, amount_cents=cents, reason="too small"
    )


def undo(shop: Shop, line: LoyaltyTransaction, actor: Actor = STAFF) -> voids.Voiding:
    return voids.void(store=shop.store, transaction_id=line.pk, actor=actor, reason="a mistake")


def redeem(shop: Shop, card: LoyaltyCard) -> LoyaltyTransaction:
    reward = shop.program.rewards.get()
    return points.redeem(store=shop.store, card_id=card.pk, actor=STAFF, reward_id=reward.pk).transaction


def figures(card: LoyaltyCard) -> tuple[int, int, int, int, int]:
    """Stamps, stamps owed, points, points owed, ten-thousandths; and the ledger says the same."""
    row = factories.fresh(card)
    assert list(verification.differences()) == []
    return row.stamp_count, row.stamps_owed, row.points_balance, row.points_owed, row.points_fraction
