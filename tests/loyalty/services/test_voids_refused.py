"""What cannot be undone, by whom, where and when."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from groundwork.deletion import soft_delete
from groundwork.errors import Invalid
from loyalty.errors import (
    AlreadyVoided,
    CardInactive,
    NotVoidable,
    ProgramInactive,
    StaffPinRequired,
    TransactionNotFound,
    VoidDisabled,
    VoidOtherStore,
    VoidWindowPassed,
)
from loyalty.models import LoyaltyTransaction, MerchantLoyaltySettings
from loyalty.services import cards, programs, stamps, voids
from loyalty.services.voids import Voiding
from tenancy.actor import Actor
from tenancy.models import Store
from tests import factories
from tests.refusals import refused

STAFF, MANAGER, OWNER = (factories.actor(role) for role in ("staff", "manager", "owner"))
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def undo(at: Store, line: LoyaltyTransaction, actor: Actor = STAFF, reason: str = "slip") -> Voiding:
    return voids.void(store=at, transaction_id=line.pk, actor=actor, reason=reason)


def a_stamp(shop: factories.Shop) -> LoyaltyTransaction:
    card = factories.card(shop.store)
    return stamps.give(store=shop.store, card_id=card.pk, actor=STAFF).transaction


def test_nothing_is_undone_twice() -> None:
    shop = factories.shop()
    line = a_stamp(shop)
    undo(shop.store, line)
    with refused(AlreadyVoided):
        undo(shop.store, line, OWNER)


def test_undoing_is_not_undone() -> None:
    shop = factories.shop()
    undone = undo(shop.store, a_stamp(shop)).transaction
    with refused(NotVoidable):
        undo(shop.store, undone, OWNER)


def test_what_a_card_went_through_is_not_undone() -> None:
    shop = factories.shop()
    card, other = factories.card(shop.store, stamps=2), factories.card(shop.store)
    act = {"store": shop.store, "actor": MANAGER}
    cards.deactivate(card_id=card.pk, **act)
    cards.reactivate(card_id=card.pk, **act)
    cards.replace(card_id=card.pk, reason="lost", **act)
    cards.merge(card_id=other.pk, into_card_id=card.pk, reason="one person", **act)
    kinds = ["card_created", "card_deactivated", "card_reactivated", "card_replaced", "merge_in"]
    for kind in kinds:
        line = LoyaltyTransaction.objects.get(card=card, transaction_type=kind)
        with refused(NotVoidable):
            undo(shop.store, line, OWNER)


def test_a_card_that_was_merged_into_another_is_put_right_there() -> None:
    shop = factories.shop()
    line, into = a_stamp(shop), factories.card(shop.store)
    cards.merge(
        store=shop.store, card_id=line.card_id, into_card_id=into.pk, actor=MANAGER, reason="one person"
    )
    with refused(NotVoidable):
        undo(shop.store, line, OWNER)


def test_a_merchant_may_allow_no_undoing_at_all() -> None:
    shop = factories.shop(settings={"allow_void_transactions": False})
    line = a_stamp(shop)
    for actor in (STAFF, MANAGER, OWNER):
        with refused(VoidDisabled):
            undo(shop.store, line, actor)


def test_staff_may_undo_for_as_long_as_the_merchant_says_and_managers_longer() -> None:
    shop = factories.shop(settings={"void_window_hours": 2})
    with time_machine.travel(NOON, tick=False) as clock:
        line, late = a_stamp(shop), a_stamp(shop)
        clock.shift(timedelta(hours=2))
        undo(shop.store, line)
        clock.shift(timedelta(seconds=1))
        with refused(VoidWindowPassed):
            undo(shop.store, late)
        clock.shift(timedelta(days=90))
        assert undo(shop.store, late, MANAGER).card.stamp_count == 0


def test_only_owners_undo_what_happened_at_another_store() -> None:
    shop = factories.shop()
    line = a_stamp(shop)
    for actor in (STAFF, MANAGER):
        with refused(VoidOtherStore):
            undo(shop.other_store, line, actor)
    assert undo(shop.other_store, line, OWNER).card.stamp_count == 0


def test_another_merchants_transaction_is_not_found() -> None:
    shop, rival = factories.shop(), factories.shop()
    line = a_stamp(rival)
    with refused(TransactionNotFound):
        undo(shop.store, line, OWNER)
    with refused(TransactionNotFound):
        voids.void(store=shop.store, transaction_id=line.pk + 1000, actor=OWNER, reason="slip")


def test_a_transaction_of_a_card_that_is_not_valid_here_is_not_found() -> None:
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    line = a_stamp(shop)
    with refused(TransactionNotFound):
        undo(shop.other_store, line, OWNER)


def test_a_transaction_of_a_deleted_card_is_not_found() -> None:
    shop = factories.shop()
    line = a_stamp(shop)
    soft_delete(line.card, by=None)
    with refused(TransactionNotFound):
        undo(shop.store, line, OWNER)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_undoing_needs_a_reason_of_a_reasonable_length(reason: str) -> None:
    shop = factories.shop()
    line = a_stamp(shop)
    with refused(Invalid) as refusal:
        undo(shop.store, line, reason=reason)
    assert refusal.fields == ["reason"]


def test_undoing_asks_for_a_pin_where_stamping_does() -> None:
    shop = factories.shop()
    line = a_stamp(shop)
    programs.change(program_id=shop.program.pk, actor=MANAGER, require_staff_pin=True)
    lea = factories.staff_pin(shop.store)
    actor = factories.actor("staff", staff_token=factories.staff_token(shop.store, lea))
    with refused(StaffPinRequired):
        undo(shop.store, line, MANAGER)
    assert undo(shop.store, line, actor).transaction.staff_pin == lea


def test_in_the_console_the_manager_is_known_without_a_pin() -> None:
    shop = factories.shop()
    line = a_stamp(shop)
    programs.change(program_id=shop.program.pk, actor=MANAGER, require_staff_pin=True)
    done = voids.void(
        store=shop.store, transaction_id=line.pk, actor=MANAGER, reason="slip", asks_for_pin=False
    )
    assert done.card.stamp_count == 0


def test_on_a_card_that_is_switched_off_only_managers_put_things_right() -> None:
    shop = factories.shop()
    line = a_stamp(shop)
    cards.deactivate(store=shop.store, card_id=line.card_id, actor=MANAGER)
    with refused(CardInactive):
        undo(shop.store, line)
    assert undo(shop.store, line, MANAGER).card.stamp_count == 0


def test_under_a_program_that_is_switched_off_only_managers_put_things_right() -> None:
    shop = factories.shop()
    line = a_stamp(shop)
    programs.deactivate(program_id=shop.program.pk, actor=MANAGER)
    with refused(ProgramInactive):
        undo(shop.store, line)
    assert undo(shop.store, line, MANAGER).card.stamp_count == 0


def test_the_terminal_learns_beforehand_what_may_be_undone() -> None:
    shop = factories.shop()
    line = a_stamp(shop)
    settings = MerchantLoyaltySettings.objects.get(merchant=shop.merchant)

    def answer(at: Store, actor: Actor, now: datetime) -> type | None:
        refusal = voids.refusal(line, store=at, actor=actor, settings=settings, now=now)
        return None if refusal is None else type(refusal)

    then, later = line.transaction_at, line.transaction_at + timedelta(hours=25)
    assert answer(shop.store, STAFF, then) is None
    assert answer(shop.store, STAFF, later) is VoidWindowPassed
    assert answer(shop.store, MANAGER, later) is None
    assert answer(shop.other_store, MANAGER, then) is VoidOtherStore
    undo(shop.store, line)
    line = LoyaltyTransaction.objects.get(pk=line.pk)
    assert answer(shop.store, OWNER, then) is AlreadyVoided
