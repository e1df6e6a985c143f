"""Points: earned with a purchase, spent on a reward, adjusted by hand."""

from datetime import UTC, datetime

import pytest
import time_machine

from groundwork.deletion import soft_delete
from groundwork.errors import Invalid
from loyalty.errors import (
    CardInactive,
    CardNotFound,
    NotEnoughPoints,
    OrderReferenceRequired,
    OrderReferenceUsed,
    ProgramInactive,
    ProgramTypeMismatch,
    PurchaseBelowMinimum,
    RewardBelowMinimum,
    RewardNotFound,
    StaffPinRequired,
)
from loyalty.models import LoyaltyCard, PointsReward
from loyalty.services import cards, points, programs, voids
from loyalty.services.operation import Posting
from tenancy.actor import Actor
from tenancy.errors import ManagerRequired
from tenancy.models import Store
from tests import factories
from tests.refusals import refused

STAFF, MANAGER = factories.actor("staff"), factories.actor("manager")
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def buy(at: Store, card: LoyaltyCard, cents: int, actor: Actor = STAFF, **more: object) -> Posting:
    return points.earn(store=at, card_id=card.pk, actor=actor, purchase_amount_cents=cents, **more)


def take(at: Store, card: LoyaltyCard, reward: PointsReward, actor: Actor = STAFF) -> Posting:
    return points.redeem(store=at, card_id=card.pk, actor=actor, reward_id=reward.pk)


def adjust(at: Store, card: LoyaltyCard, delta: int, actor: Actor = MANAGER, reason: str = "why") -> Posting:
    return points.adjust(store=at, card_id=card.pk, actor=actor, points_delta=delta, reason=reason)


def reward_of(shop: factories.Shop, cost: int) -> PointsReward:
    return PointsReward.objects.get(program=shop.program, points_cost=cost)


# --- Earning ----------------------------------------------------------------------------------------------


def test_a_purchase_of_4_50_at_ten_points_a_euro_earns_45() -> None:
    shop = factories.shop(points_per_euro=10)
    with time_machine.travel(NOON, tick=False):
        card = factories.card(shop.store)
        line = buy(shop.store, card, 450, order_reference="R-17", notes="cake").transaction
    assert (line.transaction_type, line.points_delta, line.points_balance_after) == ("points_earned", 45, 45)
    assert (line.purchase_amount_cents, line.order_reference, line.notes) == (450, "R-17", "cake")
    card = factories.fresh(card)
    assert (card.points_balance, card.total_points_earned, card.last_points_at) == (45, 45, NOON)
    assert card.last_activity_at == NOON


def test_a_purchase_too_small_for_a_point_is_noted_all_the_same() -> None:
    shop = factories.shop(points_per_euro=1)
    card = factories.card(shop.store)
    assert buy(shop.store, card, 99).transaction.points_delta == 0


@pytest.mark.parametrize("cents", [-5, 0, 1_000_001])
def test_an_amount_that_no_till_would_send_is_refused(cents: int) -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    with refused(Invalid) as refusal:
        buy(shop.store, card, cents)
    assert refusal.fields == ["purchase_amount_cents"]


def test_a_purchase_below_the_minimum_earns_nothing() -> None:
    shop = factories.shop(minimum_purchase_cents=500)
    card = factories.card(shop.store)
    with refused(PurchaseBelowMinimum) as refusal:
        buy(shop.store, card, 499)
    assert refusal.extra == {"minimum_purchase_cents": 500}
    assert buy(shop.store, card, 500).card.points_balance == 50


def test_a_receipt_number_can_be_required() -> None:
    shop = factories.shop(settings={"require_order_reference": True})
    card = factories.card(shop.store)
    with refused(OrderReferenceRequired):
        buy(shop.store, card, 450)
    assert buy(shop.store, card, 450, order_reference="R-1").card.points_balance == 45


def test_one_receipt_earns_once_on_any_card_in_any_store() -> None:
    shop = factories.shop()
    card, another = factories.card(shop.store), factories.card(shop.store)
    buy(shop.store, card, 450, order_reference="R-1")
    for where, whose in [(shop.store, card), (shop.other_store, another)]:
        with refused(OrderReferenceUsed):
            buy(where, whose, 450, order_reference="R-1")


def test_another_merchant_may_have_the_same_receipt_number() -> None:
    for shop in (factories.shop(), factories.shop()):
        card = factories.card(shop.store)
        assert buy(shop.store, card, 450, order_reference="R-1").card.points_balance == 45


def test_a_receipt_whose_points_were_undone_may_earn_again() -> None:
    shop = factories.shop()
    wrong, right = factories.card(shop.store), factories.card(shop.store)
    line = buy(shop.store, wrong, 450, order_reference="R-1").transaction
    voids.void(store=shop.store, transaction_id=line.pk, actor=STAFF, reason="wrong card")
    assert buy(shop.store, right, 450, order_reference="R-1").card.points_balance == 45
    with refused(OrderReferenceUsed):
        buy(shop.store, right, 450, order_reference="R-1")


# --- Redeeming --------------------------------------------------------------------------------------------


def test_a_reward_costs_its_points_and_is_remembered_as_it_was_then() -> None:
    shop = factories.shop(rewards=[("Croissant", 40)])
    card = factories.card(shop.store, cents=450)
    reward = reward_of(shop, 40)
    line = take(shop.store, card, reward).transaction
    dearer = [{"id": reward.pk, "points_cost": 90}]
    programs.change(program_id=shop.program.pk, actor=MANAGER, confirm=True, rewards=dearer)
    line.refresh_from_db()
    assert (line.transaction_type, line.points_delta, line.points_balance_after) == (
        "points_redeemed",
        -40,
        5,
    )
    assert (line.reward, line.reward_name, line.reward_points_cost) == (reward, "Croissant", 40)
    card = factories.fresh(card)
    assert (card.points_balance, card.points_redeemed, card.total_points_earned) == (5, 40, 45)


def test_a_reward_that_costs_one_point_too_many_is_refused() -> None:
    shop = factories.shop(rewards=[("Breakfast", 46)])
    card = factories.card(shop.store, cents=450)
    with refused(NotEnoughPoints) as refusal:
        take(shop.store, card, reward_of(shop, 46))
    assert refusal.extra == {"missing": 1}


def test_a_reward_below_the_smallest_redemption_is_refused() -> None:
    shop = factories.shop(rewards=[("Bookmark", 40)], minimum_redemption_points=100)
    card = factories.card(shop.store, cents=2000)
    with refused(RewardBelowMinimum) as refusal:
        take(shop.store, card, reward_of(shop, 40))
    assert refusal.extra == {"minimum_redemption_points": 100}


def test_only_rewards_on_offer_here_can_be_taken() -> None:
    shop, rival = factories.shop(rewards=[("Old", 10), ("Gone", 11)]), factories.shop(rewards=[("Rival", 12)])
    card = factories.card(shop.store, cents=2000)
    old, gone = reward_of(shop, 10), reward_of(shop, 11)
    PointsReward.objects.filter(pk=old.pk).update(is_active=False)
    soft_delete(gone, by=None)
    for reward in (old, gone, reward_of(rival, 12)):
        with refused(RewardNotFound):
            take(shop.store, card, reward)


# --- Adjusting --------------------------------------------------------------------------------------------


def test_a_manager_puts_a_balance_right_with_a_reason() -> None:
    shop = factories.shop()
    card = factories.card(shop.store, cents=450)
    up = adjust(shop.store, card, 30, reason=" forgotten receipt ")
    assert (up.transaction.transaction_type, up.transaction.notes) == (
        "points_adjustment",
        "forgotten receipt",
    )
    down = adjust(shop.store, card, -25)
    assert down.transaction.points_balance_after == 50
    card = factories.fresh(card)
    assert (card.points_balance, card.total_points_earned, card.total_points_voided) == (50, 75, 25)


def test_no_adjustment_goes_below_zero() -> None:
    shop = factories.shop()
    card = factories.card(shop.store, cents=450)
    with refused(NotEnoughPoints) as refusal:
        adjust(shop.store, card, -46)
    assert refusal.extra == {"missing": 1}


def test_staff_do_not_adjust() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    with refused(ManagerRequired):
        adjust(shop.store, card, 10, STAFF)


@pytest.mark.parametrize(
    ("delta", "reason", "field"),
    [
        (0, "why", "points_delta"),
        (1_000_001, "why", "points_delta"),
        (5, "  ", "reason"),
        (5, "x" * 501, "reason"),
    ],
)
def test_an_adjustment_by_nothing_or_without_a_reason_is_refused(delta: int, reason: str, field: str) -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    with refused(Invalid) as refusal:
        adjust(shop.store, card, delta, reason=reason)
    assert refusal.fields == [field]


def test_adjusting_asks_a_manager_for_no_pin() -> None:
    shop = factories.shop(require_staff_pin=True)
    card = factories.card(shop.store)
    assert adjust(shop.store, card, 10).card.points_balance == 10


# --- Where nothing is to be had ---------------------------------------------------------------------------


def _buy_something(shop: factories.Shop, card: LoyaltyCard) -> None:
    buy(shop.store, card, 450)


def _take_something(shop: factories.Shop, card: LoyaltyCard) -> None:
    take(shop.store, card, reward_of(shop, 500))


@pytest.mark.parametrize("attempt", [_buy_something, _take_something])
class TestWhereNoPointsMove:
    def test_under_a_program_of_stamps_only(self, attempt: object) -> None:
        shop = factories.shop(loyalty_type="stamps")
        card = factories.card(shop.store)
        with refused(ProgramTypeMismatch):
            attempt(shop, card)

    def test_under_a_program_that_is_switched_off(self, attempt: object) -> None:
        shop = factories.shop()
        card = factories.card(shop.store, cents=9000)
        programs.deactivate(program_id=shop.program.pk, actor=MANAGER)
        with refused(ProgramInactive):
            attempt(shop, card)

    def test_on_a_card_that_is_switched_off(self, attempt: object) -> None:
        shop = factories.shop()
        card = factories.card(shop.store, cents=9000)
        cards.deactivate(store=shop.store, card_id=card.pk, actor=MANAGER)
        with refused(CardInactive):
            attempt(shop, card)

    def test_on_another_merchants_card_which_is_not_found(self, attempt: object) -> None:
        shop, rival = factories.shop(), factories.shop()
        card = factories.card(rival.store, cents=9000)
        with refused(CardNotFound):
            attempt(shop, card)

    def test_without_a_pin_where_the_program_asks_for_one(self, attempt: object) -> None:
        shop = factories.shop()
        card = factories.card(shop.store, cents=9000)
        programs.change(program_id=shop.program.pk, actor=MANAGER, require_staff_pin=True)
        with refused(StaffPinRequired):
            attempt(shop, card)
