"""Cards switched off and on, and replaced when a phone is lost."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from groundwork.errors import Invalid
from loyalty import finding, selectors
from loyalty.errors import CardAlreadyActive, CardAlreadyInactive, CardInactive, CardNotFound
from loyalty.models import LoyaltyTransaction
from loyalty.services import cards
from loyalty.tokens import ALPHABET
from tenancy.errors import ManagerRequired
from tests import factories
from tests.refusals import refused

STAFF, MANAGER = factories.actor("staff"), factories.actor("manager")
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def test_a_card_that_is_switched_off_keeps_its_balance() -> None:
    shop = factories.shop()
    card = factories.card(shop.store, stamps=3, cents=450)
    cards.deactivate(store=shop.store, card_id=card.pk, actor=MANAGER, reason="asked to")
    line = LoyaltyTransaction.objects.filter(card=card).latest("id")
    assert (line.transaction_type, line.notes, line.store) == ("card_deactivated", "asked to", shop.store)
    assert (line.stamps_delta, line.stamps_balance_after, line.points_balance_after) == (0, 3, 45)
    after = factories.fresh(card)
    assert (after.is_active, after.stamp_count, after.points_balance) == (False, 3, 45)


def test_switching_off_is_no_activity() -> None:
    shop = factories.shop()
    with time_machine.travel(NOON, tick=False) as clock:
        card = factories.card(shop.store, stamps=1)
        clock.shift(timedelta(days=3))
        cards.deactivate(store=shop.store, card_id=card.pk, actor=MANAGER)
        cards.reactivate(store=shop.store, card_id=card.pk, actor=MANAGER)
    assert factories.fresh(card).last_activity_at == NOON


def test_a_card_is_switched_on_again_with_14_days_of_grace() -> None:
    shop = factories.shop(points_expiration_days=90)
    card = factories.card(shop.store, cents=450)
    cards.deactivate(store=shop.store, card_id=card.pk, actor=MANAGER)
    with time_machine.travel(NOON, tick=False):
        cards.reactivate(store=shop.store, card_id=card.pk, actor=MANAGER)
    after = factories.fresh(card)
    assert (after.is_active, after.expiry_not_before) == (True, NOON + timedelta(days=14))
    assert LoyaltyTransaction.objects.filter(card=card).latest("id").transaction_type == "card_reactivated"


@pytest.mark.parametrize("terms", [{"points_expiration_days": None}, {"loyalty_type": "stamps"}])
def test_where_nothing_expires_there_is_nothing_to_hold_off(terms: dict[str, object]) -> None:
    shop = factories.shop(**{"points_expiration_days": 90} | terms)
    card = factories.card(shop.store)
    cards.deactivate(store=shop.store, card_id=card.pk, actor=MANAGER)
    assert cards.reactivate(store=shop.store, card_id=card.pk, actor=MANAGER).expiry_not_before is None


def test_doing_it_twice_is_refused_both_ways() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    with refused(CardAlreadyActive):
        cards.reactivate(store=shop.store, card_id=card.pk, actor=MANAGER)
    cards.deactivate(store=shop.store, card_id=card.pk, actor=MANAGER)
    with refused(CardAlreadyInactive):
        cards.deactivate(store=shop.store, card_id=card.pk, actor=MANAGER)


def test_a_replaced_card_has_new_secrets_and_the_old_ones_open_nothing() -> None:
    shop = factories.shop()
    old = factories.card(shop.store, stamps=3)
    new = cards.replace(store=shop.store, card_id=old.pk, actor=MANAGER, reason="lost phone")
    assert new.qr_code_data != old.qr_code_data
    assert new.access_token != old.access_token
    assert (new.card_number, new.stamp_count) == (old.card_number, 3)
    assert len(new.qr_code_data) == len(new.access_token) == 30
    assert set(new.qr_code_data + new.access_token) <= set(ALPHABET)
    with refused(CardNotFound):
        finding.find_card(shop.store, old.qr_code_data)
    with refused(CardNotFound):
        selectors.card_of_page(access_token=old.access_token)
    assert finding.find_card(shop.store, new.qr_code_data).pk == old.pk
    line = LoyaltyTransaction.objects.filter(card=old).latest("id")
    assert (line.transaction_type, line.notes) == ("card_replaced", "lost phone")


def test_a_replaced_card_gets_a_new_number_only_if_asked() -> None:
    shop = factories.shop()
    old = factories.card(shop.store)
    new = cards.replace(
        store=shop.store, card_id=old.pk, actor=MANAGER, reason="number leaked", new_number=True
    )
    assert new.card_number != old.card_number
    assert finding.find_card(shop.store, new.card_number).pk == old.pk
    with refused(CardNotFound):
        finding.find_card(shop.store, old.card_number)


def test_a_number_that_is_taken_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = factories.shop()
    taken, card = factories.card(shop.store), factories.card(shop.store)
    numbers = iter([taken.card_number, "100000000008"])
    monkeypatch.setattr("loyalty.tokens.card_number", lambda: next(numbers))
    new = cards.replace(store=shop.store, card_id=card.pk, actor=MANAGER, reason="leaked", new_number=True)
    assert factories.fresh(card).card_number == new.card_number == "100000000008"


def test_replacing_needs_a_reason() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    with refused(Invalid) as refusal:
        cards.replace(store=shop.store, card_id=card.pk, actor=MANAGER, reason=" ")
    assert refusal.fields == ["reason"]


def test_a_card_that_is_switched_off_can_be_replaced_and_stays_off() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    cards.deactivate(store=shop.store, card_id=card.pk, actor=MANAGER)
    assert not cards.replace(store=shop.store, card_id=card.pk, actor=MANAGER, reason="lost").is_active


@pytest.mark.parametrize("operation", [cards.deactivate, cards.reactivate, cards.replace, cards.merge])
class TestWhoAndWhere:
    @staticmethod
    def more(operation: object) -> dict[str, object]:
        extra = {cards.replace: {"reason": "r"}, cards.merge: {"reason": "r", "into_card_id": 10**9}}
        return extra.get(operation, {})

    def test_staff_do_not_decide_about_cards(self, operation: object) -> None:
        shop = factories.shop()
        card = factories.card(shop.store)
        with refused(ManagerRequired):
            operation(store=shop.store, card_id=card.pk, actor=STAFF, **self.more(operation))

    def test_another_merchants_card_is_not_found(self, operation: object) -> None:
        shop, rival = factories.shop(), factories.shop()
        card = factories.card(rival.store)
        with refused(CardNotFound):
            operation(store=shop.store, card_id=card.pk, actor=MANAGER, **self.more(operation))


def test_a_merged_card_stays_closed() -> None:
    shop = factories.shop()
    gone, kept = factories.card(shop.store), factories.card(shop.store)
    cards.merge(store=shop.store, card_id=gone.pk, into_card_id=kept.pk, actor=MANAGER, reason="one person")
    with refused(CardInactive):
        cards.reactivate(store=shop.store, card_id=gone.pk, actor=MANAGER)
    with refused(CardInactive):
        cards.replace(store=shop.store, card_id=gone.pk, actor=MANAGER, reason="lost")
