"""What a shopkeeper tells of receipts, returns, rewards and offline tills, worked out to the last figure."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from groundwork.errors import Invalid
from loyalty.errors import (
    CardInactive,
    DailyStampLimit,
    OrderReferenceUsed,
    ReturnExceedsPurchase,
    StampCooldown,
    VoidWindowPassed,
)
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.reporting import fairness, verification
from loyalty.services import cards, debts, points, purchases, returns, stamps, voids
from loyalty.services.purchases import Recorded
from tenancy import scope
from tenancy.errors import ManagerRequired
from tests import factories
from tests.factories import Shop
from tests.refusals import refused

pytestmark = pytest.mark.django_db
STAFF, MANAGER = factories.actor("staff"), factories.actor("manager")
NOON = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)
EVERY_ORDER = list(itertools.permutations(["purchase", "reward"]))


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("stories of one shop"):
        yield


def buy(shop: Shop, card: LoyaltyCard, cents: int, receipt: str = "", **more: object) -> Recorded:
    about = {"store": shop.store, "card_id": card.pk, "actor": STAFF, "order_reference": receipt}
    return purchases.record(purchase_amount_cents=cents, **about | more)


def bring_back(shop: Shop, bought: Recorded, cents: int | None = None) -> returns.Returned:
    assert bought.purchase
    return returns.give_back(
        store=shop.store,
        purchase_id=bought.purchase.pk,
        actor=STAFF,
        amount_cents=cents,
        reason="too small",
    )


def undo(shop: Shop, line: LoyaltyTransaction, **more: object) -> voids.Voiding:
    about = {"store": shop.store, "actor": STAFF, "reason": "a mistake"}
    return voids.void(transaction_id=line.pk, **about | more)


def take_reward(shop: Shop, card: LoyaltyCard) -> LoyaltyTransaction:
    reward = shop.program.rewards.get()
    return points.redeem(store=shop.store, card_id=card.pk, actor=STAFF, reward_id=reward.pk).transaction


def merge(shop: Shop, card: LoyaltyCard, into: LoyaltyCard) -> None:
    cards.merge(store=shop.store, card_id=card.pk, into_card_id=into.pk, actor=MANAGER, reason="one person")


def has(card: LoyaltyCard) -> tuple[int, int, int, int]:
    """Stamps, stamps owed, points, points owed; every promise is kept and the ledger says the same."""
    assert [str(each) for each in (*verification.differences(), *fairness.violations())] == []
    row = factories.fresh(card)
    return row.stamp_count, row.stamps_owed, row.points_balance, row.points_owed


# --- 1: one receipt earns once ----------------------------------------------------------------------------


def test_the_same_receipt_undone_four_times_over_pays_for_one_reward_and_that_is_owed() -> None:
    shop = factories.shop(points_per_euro=10, rewards=[("Croissant", 500)])
    card = factories.card(shop.store)
    balances, rewards = [], 0
    for _round in range(4):
        line = buy(shop, card, 5000, "R-1", stamps=0).transactions[0]
        if factories.fresh(card).points_balance:
            take_reward(shop, card)
            rewards += 1
        undo(shop, line)
        balances.append(has(card)[2:])
    assert (rewards, balances) == (1, [(0, 500)] * 4)
    assert factories.fresh(card).points_redeemed == 500


def test_buy_50_take_the_reward_bring_10_back_and_the_next_visit_settles_it() -> None:
    shop = factories.shop(points_per_euro=10, rewards=[("Croissant", 500)])
    card = factories.card(shop.store)
    bought = buy(shop, card, 5000, "R-1")
    take_reward(shop, card)
    assert bring_back(shop, bought, 1000).shortfall == 100
    assert has(card) == (1, 0, 0, 100)
    line = buy(shop, card, 3000, "R-2").transactions[0]
    assert (line.points_delta, line.settled.points) == (300, 100)
    assert has(card) == (2, 0, 200, 0)


def test_what_is_undone_cannot_be_brought_back_as_well() -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    bought = buy(shop, card, 5000, "R-1", stamps=0)
    undo(shop, bought.transactions[0])
    with refused(ReturnExceedsPurchase) as refusal:
        bring_back(shop, bought, 1)
    assert refusal.extra == {"left_cents": 0}
    assert has(card) == (0, 0, 0, 0)


# --- 2: in either order -----------------------------------------------------------------------------------


@pytest.mark.parametrize("order", EVERY_ORDER)
def test_a_purchase_and_its_reward_undone_in_either_order_leave_nothing(order: tuple[str, str]) -> None:
    shop = factories.shop(points_per_euro=10, rewards=[("Croissant", 500)])
    card = factories.card(shop.store)
    lines = {"purchase": buy(shop, card, 5000, stamps=0).transactions[0], "reward": take_reward(shop, card)}
    owed = [undo(shop, lines[what]).shortfall for what in order]
    assert owed == ([500, 0] if order[0] == "purchase" else [0, 0])
    assert has(card) == (0, 0, 0, 0)


@pytest.mark.parametrize("order", EVERY_ORDER)
def test_a_stamp_and_the_coffee_it_was_for_undone_in_either_order_leave_nothing(
    order: tuple[str, str],
) -> None:
    shop = factories.shop(stamps_target=1)
    card = factories.card(shop.store)
    stamp = stamps.give(store=shop.store, card_id=card.pk, actor=STAFF).transaction
    coffee = stamps.redeem(store=shop.store, card_id=card.pk, actor=STAFF).transaction
    owed = [undo(shop, {"purchase": stamp, "reward": coffee}[what]).shortfall for what in order]
    assert owed == ([1, 0] if order[0] == "purchase" else [0, 0])
    assert has(card) == (0, 0, 0, 0)


# --- 8: what comes in late for a card that was merged -----------------------------------------------------


def test_what_an_offline_till_recorded_for_a_card_merged_since_lands_on_the_one_that_remains() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        shop = factories.shop(points_per_euro=10)
        old, new = (factories.card(shop.store) for _card in range(2))
        buy(shop, old, 1000)
        clock.shift(timedelta(hours=2))
        merge(shop, old, new)
        clock.shift(timedelta(hours=1))
        at = {"occurred_at": NOON + timedelta(hours=1)}
        assert stamps.give(store=shop.store, card_id=old.pk, actor=STAFF, **at).card.pk == new.pk
        assert buy(shop, old, 500, **at).card.pk == new.pk
        assert (has(old), has(new)) == ((0, 0, 0, 0), (3, 0, 150, 0))
        with refused(CardInactive):
            buy(shop, old, 500)


def test_what_is_owed_moves_to_an_empty_card_whole() -> None:
    shop = factories.shop(points_per_euro=10, stamps_target=1, rewards=[("Croissant", 500)])
    old, new = (factories.card(shop.store) for _card in range(2))
    bought = buy(shop, old, 5000)
    take_reward(shop, old)
    stamps.redeem(store=shop.store, card_id=old.pk, actor=STAFF)
    bring_back(shop, bought)
    assert has(old) == (0, 1, 0, 500)
    merge(shop, old, new)
    assert (has(old), has(new)) == ((0, 0, 0, 0), (0, 1, 0, 500))


# --- 9: cooldown, daily limit and receipts ----------------------------------------------------------------


def test_a_merge_takes_the_cooldown_along() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        shop = factories.shop(cooldown_minutes=15)
        old, new = (factories.card(shop.store) for _card in range(2))
        stamps.give(store=shop.store, card_id=old.pk, actor=STAFF)
        merge(shop, old, new)
        clock.shift(timedelta(minutes=14))
        with refused(StampCooldown) as refusal:
            stamps.give(store=shop.store, card_id=new.pk, actor=STAFF)
        assert refusal.extra["retry_after"] == 60
        clock.shift(timedelta(minutes=1))
        stamps.give(store=shop.store, card_id=new.pk, actor=STAFF)
        assert has(new) == (2, 0, 0, 0)


def test_a_merge_takes_the_days_stamps_along() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        shop = factories.shop(max_daily_stamps=3)
        old, new = (factories.card(shop.store) for _card in range(2))
        factories.give_stamps(old, shop.store, 2)
        factories.give_stamps(new, shop.store, 1)
        merge(shop, old, new)
        with refused(DailyStampLimit):
            stamps.give(store=shop.store, card_id=new.pk, actor=STAFF)
        clock.shift(timedelta(days=1))
        stamps.give(store=shop.store, card_id=new.pk, actor=STAFF)
        assert has(new) == (4, 0, 0, 0)


def test_four_spellings_of_a_receipt_earn_once_and_a_quote_says_so() -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    buy(shop, card, 450, "R-1", stamps=0)
    for spelled in ("R-1", "r-1", "R - 1", "R\u20111"):
        with refused(OrderReferenceUsed):
            buy(shop, card, 450, spelled)
        with refused(OrderReferenceUsed):
            purchases.quote(
                store=shop.store,
                card_id=card.pk,
                actor=STAFF,
                purchase_amount_cents=450,
                order_reference=spelled,
            )
    assert has(card) == (0, 0, 45, 0)
    buy(shop, card, 450, "R-2", stamps=0)
    assert has(card) == (0, 0, 90, 0)


# --- 10: the window runs from the recording ---------------------------------------------------------------


def test_what_was_synced_two_hours_late_can_be_undone_within_an_hour_of_that() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        shop = factories.shop(points_per_euro=10, settings={"void_window_hours": 1})
        card = factories.card(shop.store)
        late = {"store": shop.store, "card_id": card.pk, "actor": STAFF}
        first = stamps.give(occurred_at=NOON - timedelta(hours=2), **late).transaction
        second = stamps.give(occurred_at=NOON - timedelta(hours=3), **late).transaction
        clock.shift(timedelta(minutes=60))
        undo(shop, first)
        clock.shift(timedelta(seconds=1))
        with refused(VoidWindowPassed):
            undo(shop, second)
        assert has(card) == (1, 0, 0, 0)
        undo(shop, second, actor=MANAGER)
        assert has(card) == (0, 0, 0, 0)


# --- Who may ----------------------------------------------------------------------------------------------


def test_staff_let_nothing_go_and_a_manager_does() -> None:
    shop = factories.shop(points_per_euro=10, rewards=[("Croissant", 500)])
    card = factories.card(shop.store)
    bought = buy(shop, card, 5000, stamps=0)
    take_reward(shop, card)
    bring_back(shop, bought, 1000)
    with refused(ManagerRequired):
        debts.forgive(store=shop.store, card_id=card.pk, actor=STAFF, reason="as a favour")
    assert has(card) == (0, 0, 0, 100)
    debts.forgive(store=shop.store, card_id=card.pk, actor=MANAGER, reason="as a favour")
    assert has(card) == (0, 0, 0, 0)


@pytest.mark.parametrize("count", [-1, 11])
def test_a_receipt_gives_no_stamps_or_up_to_ten_and_more_than_one_by_a_manager(count: int) -> None:
    shop = factories.shop(loyalty_type="stamps")
    card = factories.card(shop.store)
    with refused(Invalid):
        buy(shop, card, 450, stamps=count, actor=MANAGER)
    with refused(ManagerRequired):
        buy(shop, card, 450, stamps=2)
    assert has(card) == (0, 0, 0, 0)
    assert buy(shop, card, 450, stamps=0).stamp.given == 0
    assert buy(shop, card, 450, stamps=10, actor=MANAGER).stamp.given == 10
    assert has(card) == (10, 0, 0, 0)
