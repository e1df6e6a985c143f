"""The ledger is recomputed, and what differs is named."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from loyalty.models import LoyaltyCard
from loyalty.reporting import verification
from loyalty.services import cards, points, stamps, voids
from tests import factories
from tests.raw_sql import rolled_back, update

pytestmark = pytest.mark.django_db


@pytest.fixture
def card() -> LoyaltyCard:
    """A card to which everything has happened."""
    shop = factories.shop(welcome_bonus_points=50)
    boss = factories.actor("owner")
    card = factories.card(shop.store, stamps=12, cents=9000)
    other = factories.card(shop.store, stamps=3, cents=1000)
    at = {"store": shop.store, "actor": boss}
    with factories.inside(shop):
        full = stamps.redeem(card_id=card.pk, **at).transaction
        voids.void(transaction_id=full.pk, reason="wrong button", **at)
        spent = points.redeem(card_id=card.pk, reward_id=shop.program.rewards.first().pk, **at).transaction
        voids.void(transaction_id=spent.pk, reason="sold out", **at)
        up = points.adjust(card_id=card.pk, points_delta=20, reason="sorry", **at).transaction
        down = points.adjust(card_id=card.pk, points_delta=-15, reason="miscounted", **at).transaction
        for line in (up, down):
            voids.void(transaction_id=line.pk, reason="after all not", **at)
        cards.merge(card_id=other.pk, into_card_id=card.pk, reason="one person", **at)
    return factories.fresh(card)


def verify() -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_ledger", stdout=out, stderr=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_a_ledger_in_order_is_said_to_be(card):
    assert verify() == (0, "The ledger and all cards agree.\n")


@pytest.mark.parametrize(
    ("changed", "figure"),
    [
        ("stamp_count = stamp_count + 1, total_stamps_earned = total_stamps_earned + 1", "stamp_count"),
        ("points_balance = points_balance - 7, points_redeemed = points_redeemed + 7", "points_balance"),
        ("stamps_redeemed = stamps_redeemed + 1", "stamps_redeemed"),
    ],
)
def test_a_card_that_differs_is_named_and_the_command_fails(card, changed, figure):
    with rolled_back():
        update(card, changed)
        code, said = verify()
    assert code == 1
    assert f"card {card.pk} ({card.display_number}): {figure} is " in said
    assert "1 cards differ from the ledger." in said


def test_a_broken_chain_is_found(card):
    with connection.cursor() as cursor:  # as only somebody with the database's keys could
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE loyalty_loyaltytransaction SET points_balance_after = points_balance_after + 1 "
            "WHERE id = (SELECT MIN(id) FROM loyalty_loyaltytransaction WHERE card_id = %s)",
            [card.pk],
        )
    assert [(wrong.card_id, wrong.figure) for wrong in verification.differences()] == [(card.pk, "chain")]
