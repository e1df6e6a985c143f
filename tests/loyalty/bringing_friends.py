"""A shop whose customers bring friends, for the stories about them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from groundwork.messaging import outbox
from loyalty.models import (
    LoyaltyCard,
    LoyaltyTransaction,
    Promotion,
)
from loyalty.reporting import fairness, verification
from loyalty.services import (
    enrollment,
    friends,
    purchases,
    returns,
    voids,
)
from loyalty.services.purchases import Recorded
from tenancy import scope
from tests import factories
from tests.factories import Shop
from tests.loyalty.books import assert_the_rules_give_the_ledger

STAFF, MANAGER, OWNER = factories.actor("staff"), factories.actor("manager"), factories.actor("owner")
NOON = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("stories of one shop"), time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def shop() -> Shop:
    return factories.shop(loyalty_type="points", points_per_euro=1)


def bring_a_friend(shop: Shop, **fields: object) -> Promotion:
    """50 points for the newcomer, 30 for whoever brought them, from a purchase of 10 on."""
    given: dict[str, object] = {"effect": "points", "amount": 50, "friend_amount": 30, "least_cents": 1000}
    return factories.promotion(shop.program, "Bring a friend", audience="brought_by_friend", **given | fields)


def newcomer(shop: Shop, by: LoyaltyCard, email: str = "", **more: object) -> LoyaltyCard:
    """Somebody opens the invitation of a card, and gets a card of their own."""
    made = enrollment.enroll(
        store=shop.store,
        actor=factories.actor(""),
        email=email or f"friend{factories.number()}@example.com",
        self_service=True,
        brought_by=friends.code_of(by),
        **more,
    )
    return made.card


def buy(shop: Shop, card: LoyaltyCard, cents: int, **more: object) -> Recorded:
    done = purchases.record(
        store=shop.store, card_id=card.pk, actor=STAFF, purchase_amount_cents=cents, **more
    )
    outbox.relay()
    return done


def bring_back(shop: Shop, bought: Recorded, cents: int | None = None) -> returns.Returned:
    assert bought.purchase
    done = returns.give_back(
        store=shop.store, purchase_id=bought.purchase.pk, actor=STAFF, amount_cents=cents, reason="too small"
    )
    outbox.relay()
    return done


def undo(shop: Shop, line: LoyaltyTransaction) -> None:
    voids.void(store=shop.store, transaction_id=line.pk, actor=STAFF, reason="a mistake")
    outbox.relay()


def has(*of: LoyaltyCard) -> list[int]:
    """The points of cards; every promise is kept and the ledger says the same."""
    assert [str(each) for each in (*verification.differences(), *fairness.violations())] == []
    assert_the_rules_give_the_ledger()
    rows = [factories.fresh(card) for card in of]
    return [row.points_balance - row.points_owed for row in rows]
