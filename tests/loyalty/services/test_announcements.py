"""Who hears of what: each operation announces what happened, once, with ids only."""

from typing import Any

import pytest

from loyalty.errors import NotEnoughStamps
from loyalty.models import LoyaltyTransaction
from loyalty.services import cards, enrollment, points, programs, stamps, voids
from tenancy.models import OutboxMessage
from tests import factories
from tests.announcements import announced

STAFF, MANAGER = factories.actor("staff"), factories.actor("manager")


def names(events: list[Any]) -> list[str]:
    return [event.name.removeprefix("loyalty.") for event in events]


def test_a_new_card_is_announced_with_its_line() -> None:
    shop = factories.shop()
    with announced() as events:
        card = factories.card(shop.store)
    (event,) = events
    line = LoyaltyTransaction.objects.get(card=card)
    assert (event.name, event.merchant_id) == ("loyalty.cards_enrolled", shop.merchant.pk)
    assert (event.card_ids, event.transaction_ids) == ([card.pk], [line.pk])


def test_a_welcome_bonus_is_announced_beside_the_card() -> None:
    shop = factories.shop(welcome_bonus_points=50)
    with announced() as events:
        card = factories.card(shop.store)
    assert names(events) == ["balances_changed", "cards_enrolled", "welcome_bonus_given"]
    created, bonus = LoyaltyTransaction.objects.filter(card=card).order_by("id")
    assert [event.transaction_ids for event in events] == [[bonus.pk], [created.pk], [bonus.pk]]


def test_who_has_a_card_already_is_not_announced_again() -> None:
    shop = factories.shop(welcome_bonus_points=50)
    card = factories.card(shop.store, "anna@example.com")
    with announced() as events:
        enrollment.enroll(store=shop.store, actor=STAFF, email="anna@example.com")
    assert events == []
    with announced() as events:
        enrollment.enroll(
            store=shop.store, actor=STAFF, email="anna@example.com", name="X", self_service=True
        )
    assert [(event.name, event.card_ids) for event in events] == [("loyalty.card_link_requested", [card.pk])]


def test_a_reward_is_announced_as_ready_once_and_again_only_after_the_card_fell_below() -> None:
    shop = factories.shop(stamps_target=3)
    card = factories.card(shop.store, stamps=2)
    call = {"store": shop.store, "card_id": card.pk, "actor": MANAGER}
    with announced() as events:
        third = stamps.give(**call)
    assert names(events) == ["balances_changed", "reward_ready"]
    assert events[1].transaction_ids == [third.transaction.pk]
    with announced() as events:
        stamps.give(**call)
        stamps.redeem(**call)
    assert names(events) == ["balances_changed", "balances_changed"]
    with announced() as events:
        stamps.give(count=2, **call)
    assert names(events) == ["balances_changed", "reward_ready"]


def test_every_change_of_points_is_announced() -> None:
    shop = factories.shop(rewards=[("Croissant", 40)])
    card = factories.card(shop.store)
    call = {"store": shop.store, "card_id": card.pk, "actor": MANAGER}
    with announced() as events:
        earned = points.earn(purchase_amount_cents=450, **call).transaction
        points.redeem(reward_id=shop.program.rewards.get().pk, **call)
        points.adjust(points_delta=3, reason="why", **call)
        voids.void(store=shop.store, actor=MANAGER, transaction_id=earned.pk, reason="why")
    assert names(events) == ["balances_changed"] * 4 + ["owed_anew"]
    assert events[-1].transaction_ids == events[-2].transaction_ids


def test_a_purchase_without_a_point_changes_nothing_worth_telling() -> None:
    shop = factories.shop(points_per_euro=1)
    card = factories.card(shop.store)
    with announced() as events:
        points.earn(store=shop.store, card_id=card.pk, actor=STAFF, purchase_amount_cents=50)
    assert events == []


@pytest.mark.parametrize("replaces", [False, True])
def test_what_a_card_goes_through_is_announced(replaces: bool) -> None:
    shop = factories.shop()
    card = factories.card(shop.store, stamps=1)
    call = {"store": shop.store, "card_id": card.pk, "actor": MANAGER}
    with announced() as events:
        if replaces:
            cards.replace(reason="lost", **call)
        else:
            cards.deactivate(**call)
            cards.reactivate(**call)
    lines = list(LoyaltyTransaction.objects.filter(card=card).order_by("id").values_list("pk", flat=True))[2:]
    assert names(events) == ["card_state_changed"] * len(lines)
    assert [event.transaction_ids for event in events] == [[line] for line in lines]


def test_a_merge_is_announced_for_both_cards() -> None:
    shop = factories.shop()
    old, new = factories.card(shop.store, stamps=1), factories.card(shop.store)
    with announced() as events:
        cards.merge(store=shop.store, card_id=old.pk, into_card_id=new.pk, actor=MANAGER, reason="one person")
    assert names(events) == ["balances_changed", "card_state_changed"]
    assert [event.card_ids for event in events] == [[old.pk, new.pk]] * 2


def test_a_changed_program_is_announced_and_one_that_stayed_the_same_is_not() -> None:
    shop = factories.shop(card_color="#112233")
    change = {"program_id": shop.program.pk, "actor": MANAGER}
    with announced() as events:
        programs.change(card_color="#112233", **change)
    assert events == []
    with announced() as events:
        programs.change(card_color="#445566", **change)
        programs.change(rewards=[{"name": "Juice", "points_cost": 5}], **change)
        programs.deactivate(**change)
        programs.activate(**change)
    assert [(event.name, event.program_id) for event in events] == [
        ("loyalty.program_changed", shop.program.pk)
    ] * 4


def test_a_refused_operation_has_announced_nothing() -> None:
    shop = factories.shop()
    card = factories.card(shop.store, stamps=1)
    before = OutboxMessage.objects.count()
    with announced() as events, pytest.raises(NotEnoughStamps):
        stamps.redeem(store=shop.store, card_id=card.pk, actor=STAFF)
    assert events == []
    assert OutboxMessage.objects.count() == before
