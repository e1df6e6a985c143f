"""Returns: what is brought back takes back what it gave, and what is spent already is owed."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from loyalty.errors import (
    NothingOwed,
    OrderReferenceUsed,
    ReturnExceedsPurchase,
    StampCooldown,
    VoidOtherStore,
    VoidWindowPassed,
)
from loyalty.models import LoyaltyCard, LoyaltyTransaction, Purchase
from loyalty.reporting import verification
from loyalty.services import cards, debts, expiry, points, programs, purchases, returns, stamps, voids
from loyalty.services.purchases import Recorded
from tenancy.actor import Actor
from tests import factories
from tests.factories import Shop
from tests.refusals import refused

pytestmark = pytest.mark.django_db
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


def test_one_receipt_gives_points_and_a_stamp_in_one_go() -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    bought = buy(shop, card, 450, "R-1")
    assert [line.transaction_type for line in bought.transactions] == ["points_earned", "stamp_earned"]
    assert (bought.points.given, bought.stamp.given) == (45, 1)
    assert figures(card) == (1, 0, 45, 0, 0)


def test_a_stamp_that_is_refused_refuses_no_points() -> None:
    shop = factories.shop(points_per_euro=10, cooldown_minutes=15)
    card = factories.card(shop.store)
    buy(shop, card, 450)
    again = buy(shop, card, 450)
    assert (again.points.given, again.stamp.given, again.stamp.code) == (45, 0, StampCooldown.code)
    assert again.stamp.retry_after == pytest.approx(900, abs=5)
    assert figures(card) == (1, 0, 90, 0, 0)


def test_below_the_minimum_a_purchase_is_recorded_and_earns_no_points() -> None:
    shop = factories.shop(points_per_euro=10, minimum_purchase_cents=500)
    card = factories.card(shop.store)
    bought = buy(shop, card, 499, "R-1")
    assert (bought.points.given, bought.points.code) == (0, "purchase_below_minimum")
    assert bought.purchase
    assert bought.purchase.amount_cents == 499
    assert figures(card) == (1, 0, 0, 0, 0)
    with refused(OrderReferenceUsed):
        buy(shop, card, 900, "R-1")


def test_a_quote_says_what_would_happen_and_writes_nothing() -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    said = purchases.quote(store=shop.store, card_id=card.pk, actor=STAFF, purchase_amount_cents=450)
    assert (said.points.given, said.stamp.given, said.card.points_balance) == (45, 1, 45)
    assert figures(card) == (0, 0, 0, 0, 0)
    assert not Purchase.objects.exists()


def test_buy_50_take_the_reward_and_bring_10_back() -> None:
    shop = factories.shop(points_per_euro=10, rewards=[("Croissant", 500)])
    card = factories.card(shop.store)
    bought = buy(shop, card, 5000, "R-1")
    redeem(shop, card)
    done = bring_back(shop, bought, 1000)
    assert (done.shortfall, done.purchase.returned_cents, done.purchase.is_open) == (100, 1000, True)
    assert figures(card) == (1, 0, 0, 100, 0)
    settled = buy(shop, card, 3000)
    assert settled.transactions[0].settled.points == 100
    assert figures(card)[2:4] == (200, 0)


def test_one_receipt_never_earns_without_end() -> None:
    shop = factories.shop(points_per_euro=10, rewards=[("Croissant", 500)])
    card = factories.card(shop.store)
    for _round in range(4):
        line = buy(shop, card, 5000, "R-1", stamps=0).transactions[0]
        if factories.fresh(card).points_balance:
            redeem(shop, card)
        undo(shop, line)
    assert figures(card) == (0, 0, 0, 500, 0)
    assert factories.fresh(card).points_redeemed == 500


@pytest.mark.parametrize("order", list(itertools.permutations(["purchase", "reward"])))
def test_undoing_a_purchase_and_its_reward_gives_the_same_in_either_order(order: tuple[str, str]) -> None:
    shop = factories.shop(points_per_euro=10, stamps_target=1, rewards=[("Croissant", 500)])
    card = factories.card(shop.store)
    bought = buy(shop, card, 5000)
    points_reward = redeem(shop, card)
    stamp_reward = stamps.redeem(store=shop.store, card_id=card.pk, actor=STAFF).transaction
    lines = {"purchase": bought.transactions, "reward": [points_reward, stamp_reward]}
    for what in order:
        for line in lines[what]:
            undo(shop, line)
    assert figures(card) == (0, 0, 0, 0, 0)
    row = factories.fresh(card)
    assert (row.points_redeemed, row.stamps_redeemed, row.total_stamps_spent) == (0, 0, 0)


def test_a_rest_below_the_minimum_earns_nothing() -> None:
    shop = factories.shop(points_per_euro=10, minimum_purchase_cents=500)
    card = factories.card(shop.store)
    bought = buy(shop, card, 900)
    assert bring_back(shop, bought, 500).transactions[0].points_delta == -90
    assert figures(card) == (1, 0, 0, 0, 0)


def test_the_stamp_goes_back_with_the_last_cent() -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    bought = buy(shop, card, 900, "R-1")
    bring_back(shop, bought, 899)
    assert figures(card) == (1, 0, 0, 0, 1000)
    done = bring_back(shop, bought)
    assert [line.transaction_type for line in done.transactions] == ["points_returned", "stamps_returned"]
    assert figures(card) == (0, 0, 0, 0, 0)
    assert factories.fresh(card).last_stamp_at is None
    assert buy(shop, card, 900, "R-1").stamp.given == 1


def test_more_than_was_bought_does_not_come_back() -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    bought = buy(shop, card, 900)
    bring_back(shop, bought, 500)
    with refused(ReturnExceedsPurchase) as refusal:
        bring_back(shop, bought, 401)
    assert refusal.extra == {"left_cents": 400}
    bring_back(shop, bought, 400)
    with refused(ReturnExceedsPurchase):
        bring_back(shop, bought)


def test_a_mistaken_return_is_undone_and_what_is_left_is_valued_anew() -> None:
    shop = factories.shop(points_per_euro=1, minimum_purchase_cents=6000)
    card = factories.card(shop.store)
    bought = buy(shop, card, 10_000)
    first = bring_back(shop, bought, 5000)
    bring_back(shop, bought, 2000)
    assert figures(card)[2] == 0
    done = undo(shop, first.transactions[0])
    assert done.transaction.points_delta == 80
    assert figures(card)[2] == 80
    assert factories.fresh(bought.purchase).returned_cents == 2000


def test_a_whole_return_is_undone_with_its_stamp() -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    bought = buy(shop, card, 900, "R-1")
    back = bring_back(shop, bought)
    undo(shop, back.transactions[1])
    assert figures(card) == (1, 0, 90, 0, 0)
    with refused(OrderReferenceUsed):
        buy(shop, card, 900, "R-1")


def test_a_return_is_not_undone_once_its_receipt_has_earned_again() -> None:
    shop = factories.shop(points_per_euro=10)
    card, right = factories.card(shop.store), factories.card(shop.store)
    back = bring_back(shop, buy(shop, card, 900, "R-1"))
    buy(shop, right, 900, "r - 1")
    with refused(OrderReferenceUsed):
        undo(shop, back.transactions[0])
    assert (figures(card)[2], figures(right)[2]) == (0, 90)


def test_undoing_only_the_stamp_frees_no_receipt() -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    bought = buy(shop, card, 900, "R-1")
    undo(shop, bought.transactions[1])
    with refused(OrderReferenceUsed):
        buy(shop, card, 900, "R-1")
    undo(shop, bought.transactions[0])
    assert buy(shop, card, 900, "R-1").points.given == 90


@pytest.mark.parametrize("spelled", ["r-1", "R - 1", "R\u20111", " R1 ", "\uff32\u22121", "R\u200b\u00ad-1"])
def test_a_receipt_is_the_same_however_it_is_spelled(spelled: str) -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    kept = buy(shop, card, 900, "R-1").purchase
    with refused(OrderReferenceUsed):
        buy(shop, card, 900, spelled)
    assert kept
    assert kept.order_reference == "R-1"


def test_cents_that_make_no_whole_point_are_kept_until_they_do() -> None:
    shop = factories.shop(points_per_euro=1)
    card = factories.card(shop.store)
    bought = [buy(shop, card, 250, stamps=0) for _visit in range(3)]
    assert [one.points.given for one in bought] == [2, 3, 2]
    assert figures(card) == (0, 0, 7, 0, 5000)
    bring_back(shop, bought[1])
    assert figures(card) == (0, 0, 5, 0, 0)


def test_a_program_may_let_them_go() -> None:
    shop = factories.shop(points_per_euro=1, carry_remainders=False)
    card = factories.card(shop.store)
    for _visit in range(3):
        buy(shop, card, 250, stamps=0)
    assert figures(card) == (0, 0, 6, 0, 0)


def test_a_return_goes_by_the_terms_of_its_purchase() -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    bought = buy(shop, card, 1000, stamps=0)
    programs.change(program_id=shop.program.pk, actor=OWNER, points_per_euro=Decimal(1), confirm=True)
    bring_back(shop, bought, 400)
    assert figures(card)[2] == 60


def test_what_was_bought_offline_before_a_change_earns_by_the_old_terms() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        shop = factories.shop(points_per_euro=10)
        card = factories.card(shop.store)
        clock.shift(timedelta(hours=1))
        programs.change(program_id=shop.program.pk, actor=OWNER, points_per_euro=Decimal(1), confirm=True)
        clock.shift(timedelta(hours=1))
        bought = buy(shop, card, 1000, occurred_at=NOON + timedelta(minutes=30))
        assert (bought.points.given, buy(shop, card, 1000).points.given) == (100, 10)


def test_a_manager_lets_go_what_is_owed() -> None:
    shop = factories.shop(points_per_euro=10, rewards=[("Croissant", 500)])
    card = factories.card(shop.store)
    bought = buy(shop, card, 5000)
    redeem(shop, card)
    with refused(NothingOwed):
        debts.forgive(store=shop.store, card_id=card.pk, actor=MANAGER, reason="as a favour")
    bring_back(shop, bought)
    done = debts.forgive(store=shop.store, card_id=card.pk, actor=MANAGER, reason="as a favour")
    assert (done.transaction.transaction_type, done.transaction.points_delta) == ("debt_forgiven", 500)
    assert figures(card) == (0, 0, 0, 0, 0)


def test_what_is_owed_moves_with_a_merge() -> None:
    shop = factories.shop(points_per_euro=10, rewards=[("Croissant", 500)])
    old, new = factories.card(shop.store), factories.card(shop.store)
    bought = buy(shop, old, 5000, stamps=0)
    redeem(shop, old)
    bring_back(shop, bought, 2005)
    buy(shop, new, 3000, stamps=0)
    cards.merge(store=shop.store, card_id=old.pk, into_card_id=new.pk, actor=MANAGER, reason="one person")
    assert (figures(old)[2:], figures(new)[2:]) == ((0, 0, 0), (99, 0, 5000))
    bring_back(shop, bought, 2995)
    assert figures(new)[2:] == (0, 200, 0)


def test_the_window_of_a_return_runs_from_the_recording() -> None:
    shop = factories.shop(points_per_euro=10, settings={"void_window_hours": 1})
    card = factories.card(shop.store)
    with time_machine.travel(NOON, tick=False) as clock:
        bought = buy(shop, card, 900, occurred_at=NOON - timedelta(hours=2))
        clock.shift(timedelta(minutes=59))
        bring_back(shop, bought, 100)
        clock.shift(timedelta(minutes=2))
        with refused(VoidWindowPassed):
            bring_back(shop, bought, 100)
        bring_back(shop, bought, 100, actor=MANAGER)


def test_a_return_is_made_where_it_was_bought_or_by_an_owner() -> None:
    shop = factories.shop(points_per_euro=10)
    bought = buy(shop, factories.card(shop.store), 900)
    assert bought.purchase
    elsewhere = {"store": shop.other_store, "purchase_id": bought.purchase.pk, "reason": "too small"}
    with refused(VoidOtherStore):
        returns.give_back(actor=STAFF, **elsewhere)
    assert returns.give_back(actor=OWNER, **elsewhere).purchase.returned_cents == 900


@pytest.mark.parametrize(("days", "owed"), [(30, 500), (31, 0)])
def test_what_is_owed_is_let_go_once_a_card_was_inactive_for_as_long_as_points_stay(
    days: int, owed: int
) -> None:
    shop = factories.shop(points_per_euro=10, points_expiration_days=30, rewards=[("Croissant", 500)])
    with time_machine.travel(NOON, tick=False):
        card = factories.card(shop.store)
        bought = buy(shop, card, 5000)
        redeem(shop, card)
        bring_back(shop, bought)
    expiry.expire(now=NOON + timedelta(days=days))
    assert figures(card) == (0, 0, 0, owed, 0)
    assert factories.fresh(card).last_activity_at == NOON
