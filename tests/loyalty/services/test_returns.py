"""Returns: what is brought back takes back what it gave, and what is spent already is owed."""

import itertools
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from loyalty.errors import (
    NothingOwed,
    OrderReferenceUsed,
    ReturnExceedsPurchase,
    StaffPinRequired,
    VoidOtherStore,
    VoidWindowPassed,
)
from loyalty.reporting import fairness
from loyalty.services import cards, debts, expiry, programs, returns, stamps
from tests import factories
from tests.loyalty.services.receipts import (
    MANAGER,
    NOON,
    OWNER,
    STAFF,
    bring_back,
    buy,
    figures,
    redeem,
    undo,
)
from tests.refusals import refused

pytestmark = pytest.mark.django_db


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


def test_a_mistaken_part_is_undone_after_the_rest_came_back_and_the_stamp_comes_with_it() -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    bought = buy(shop, card, 900, "R-1")
    part, rest = bring_back(shop, bought, 400), bring_back(shop, bought)
    assert figures(card) == (0, 0, 0, 0, 0)
    done = undo(shop, part.transactions[0])
    assert [(line.transaction_type, line.voids_id) for line in done.transactions] == [
        ("points_voided", part.transactions[0].pk),
        ("stamp_voided", rest.transactions[1].pk),
    ]
    assert (figures(card), factories.fresh(card).total_stamps_voided) == ((1, 0, 40, 0, 0), 0)
    assert factories.fresh(card).last_stamp_at == bought.transactions[1].transaction_at
    undo(shop, rest.transactions[0])
    assert figures(card) == (1, 0, 90, 0, 0)
    bring_back(shop, bought)
    assert figures(card) == (0, 0, 0, 0, 0)
    assert list(fairness.violations()) == []


def test_a_return_is_undone_where_its_cents_make_a_whole_point_with_those_of_another_purchase() -> None:
    shop = factories.shop(points_per_euro=1)
    card = factories.card(shop.store)
    part = bring_back(shop, buy(shop, card, 70, stamps=0), 60)
    buy(shop, card, 50, stamps=0)
    assert figures(card) == (0, 0, 0, 0, 6000)
    undo(shop, part.transactions[0])
    assert figures(card) == (0, 0, 1, 0, 2000)
    row = factories.fresh(card)
    assert (row.total_points_earned, row.total_points_voided) == (0, -1), "it came whole with what was undone"


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


def test_a_return_goes_by_the_terms_of_its_purchase() -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    bought = buy(shop, card, 1000, stamps=0)
    programs.change(program_id=shop.program.pk, actor=OWNER, points_per_euro=Decimal(1), confirm=True)
    bring_back(shop, bought, 400)
    assert figures(card)[2] == 60


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


def test_what_a_person_at_the_till_lets_go_is_theirs() -> None:
    shop = factories.shop(points_per_euro=10, rewards=[("Croissant", 500)])
    card = factories.card(shop.store)
    bought = buy(shop, card, 5000)
    redeem(shop, card)
    bring_back(shop, bought)
    lea = factories.staff_pin(shop.store, name="Léa")
    programs.change(program_id=shop.program.pk, actor=OWNER, require_staff_pin=True)
    at = {"store": shop.store, "card_id": card.pk, "reason": "as a favour"}
    with refused(StaffPinRequired):
        debts.forgive(**at, actor=factories.actor(staff_token="of nobody any more"))
    assert figures(card)[3] == 500
    token = factories.staff_token(shop.store, lea)
    assert debts.forgive(**at, actor=factories.actor(staff_token=token)).transaction.staff_pin == lea


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
