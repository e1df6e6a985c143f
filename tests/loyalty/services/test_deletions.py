"""Deleted and restored: the passes of the cards follow, and nothing expires on the day they come back."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from groundwork import deletion
from loyalty.errors import CardNotFound, ProgramNotFound
from loyalty.models import LoyaltyCard
from loyalty.services import deletions, stamps
from tests import factories
from tests.announcements import announced
from tests.refusals import refused

STAFF = factories.actor("staff")
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize("what", ["merchant", "program", "customer", "card"])
def test_cards_that_go_and_come_back_are_announced(what: str) -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    row = {
        "merchant": shop.merchant,
        "program": shop.program,
        "customer": card.customer,
        "card": card,
    }[what]
    with announced() as events:
        deletion.soft_delete(row, by=None)
    assert [(event.name, event.card_ids) for event in events] == [("loyalty.card_state_changed", [card.pk])]
    with announced() as events:
        deletion.restore(row)
    assert [(event.name, event.card_ids) for event in events] == [("loyalty.card_state_changed", [card.pk])]


def test_many_cards_are_announced_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletions, "BATCH", 2)
    shop = factories.shop()
    made = [factories.card(shop.store).pk for _number in range(5)]
    with announced() as events:
        deletion.soft_delete(shop.program, by=None)
    assert [event.card_ids for event in events] == [made[:2], made[2:4], made[4:]]


def test_a_deleted_program_and_its_cards_are_not_found() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    deletion.soft_delete(shop.program, by=None)
    with refused(ProgramNotFound):
        stamps.give(store=shop.store, card_id=card.pk, actor=STAFF)


def test_a_restored_card_has_its_balance_and_14_days_of_grace() -> None:
    shop = factories.shop(points_expiration_days=30)
    card = factories.card(shop.store, stamps=4, cents=450)
    with time_machine.travel(NOON, tick=False) as clock:
        deletion.soft_delete(card, by=shop.owner)
        with refused(CardNotFound):
            stamps.give(store=shop.store, card_id=card.pk, actor=STAFF)
        clock.shift(timedelta(days=90))
        deletion.restore(card)
    after = LoyaltyCard.objects.get(pk=card.pk)
    assert (after.stamp_count, after.points_balance) == (4, 45)
    assert after.expiry_not_before == NOON + timedelta(days=104)


def test_where_nothing_expires_a_restored_card_needs_no_grace() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    deletion.soft_delete(card, by=None)
    deletion.restore(card)
    assert factories.fresh(card).expiry_not_before is None


def test_cards_merely_enrolled_at_a_deleted_store_go_on_elsewhere() -> None:
    shop = factories.shop()
    card = factories.card(shop.store, stamps=2)
    deletion.soft_delete(shop.store, by=None)
    done = stamps.give(store=shop.other_store, card_id=card.pk, actor=STAFF)
    assert (done.card.stamp_count, factories.fresh(card).enrolled_at_store_id) == (3, shop.store.pk)


def test_cards_valid_only_at_a_deleted_store_go_with_it() -> None:
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    here, there = factories.card(shop.store), factories.card(shop.other_store)
    counts = deletion.soft_delete(shop.store, by=None)
    assert counts["loyalty.LoyaltyCard"] == 1
    assert [factories.fresh(card).is_deleted for card in (here, there)] == [True, False]
