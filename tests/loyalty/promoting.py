"""A shop with promotions, for the stories about them: what is bought and brought back, and what cards have then."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from loyalty.models import LoyaltyCard, LoyaltyTransaction, Promotion, PromotionUse
from loyalty.reporting import fairness, verification
from loyalty.services import purchases, returns, voids
from loyalty.services.purchases import Recorded
from tenancy import scope
from tests import factories
from tests.factories import Shop
from tests.loyalty.books import assert_the_rules_give_the_ledger

STAFF, OWNER = factories.actor("staff"), factories.actor("owner")
# A Tuesday in May, 15:00 in Luxembourg.
TUESDAY = datetime(2026, 5, 12, 13, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("stories of one shop"), time_machine.travel(TUESDAY, tick=False):
        yield


def buy(shop: Shop, card: LoyaltyCard, cents: int, **more: object) -> Recorded:
    return purchases.record(
        store=shop.store, card_id=card.pk, actor=STAFF, purchase_amount_cents=cents, **more
    )


def bring_back(shop: Shop, bought: Recorded, cents: int | None = None) -> returns.Returned:
    assert bought.purchase
    return returns.give_back(
        store=shop.store, purchase_id=bought.purchase.pk, actor=STAFF, amount_cents=cents, reason="too small"
    )


def undo(shop: Shop, line: LoyaltyTransaction) -> None:
    voids.void(store=shop.store, transaction_id=line.pk, actor=STAFF, reason="a mistake")


def has(card: LoyaltyCard) -> tuple[int, int]:
    """Stamps and points; every promise is kept and the ledger says the same."""
    assert [str(each) for each in (*verification.differences(), *fairness.violations())] == []
    assert_the_rules_give_the_ledger()
    row = factories.fresh(card)
    return row.stamp_count - row.stamps_owed, row.points_balance - row.points_owed


def of(promotion: Promotion) -> tuple[int, int]:
    """What a promotion has given: ten-thousandths of a point, and stamps."""
    uses = PromotionUse.objects.filter(promotion=promotion)
    return sum(use.points for use in uses), sum(use.stamps for use in uses)
