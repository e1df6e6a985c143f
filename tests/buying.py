"""A customer who buys, spends and brings back, at a shop's first till."""

from typing import Any

from loyalty.models import LoyaltyCard, Purchase
from loyalty.services import points, purchases, returns
from tests import factories
from tests.factories import Shop


def buy(card: LoyaltyCard, shop: Shop, cents: int = 5000, receipt: str = "", **more: Any) -> Purchase:
    """Record a receipt; without more ado it gives a stamp as well."""
    with factories.inside(shop):
        done = purchases.record(
            store=shop.store,
            card_id=card.pk,
            actor=factories.actor(),
            purchase_amount_cents=cents,
            order_reference=receipt,
            **more,
        )
    assert done.purchase is not None
    return done.purchase


def bring_back(purchase: Purchase, shop: Shop, cents: int | None = None) -> None:
    """Bring something of a purchase back, or all that is left."""
    with factories.inside(shop):
        returns.give_back(
            store=shop.store,
            purchase_id=purchase.pk,
            actor=factories.actor(),
            reason="Too small",
            amount_cents=cents,
        )


def spend(card: LoyaltyCard, shop: Shop, reward: str = "Croissant") -> None:
    """Redeem a reward for points."""
    with factories.inside(shop):
        wanted = shop.program.rewards.get(name=reward)
        points.redeem(store=shop.store, card_id=card.pk, actor=factories.actor(), reward_id=wanted.pk)
