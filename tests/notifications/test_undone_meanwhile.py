"""An e-mail about a moment says what is true when it goes out, and not what was undone by then."""

import re
from collections.abc import Callable

import pytest
from django.db.models.functions import Now

from groundwork.messaging import outbox
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.services import cards, programs, voids
from notifications.models import EmailLog
from notifications.services import delivery, texts
from tenancy import scope
from tests import factories
from tests.buying import bring_back, buy, spend
from tests.factories import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mailoutbox")]


@pytest.fixture(autouse=True)
def shipped_texts(db: None) -> None:
    with scope.everything("the texts are the platform's"):
        texts.load()


def sent(code: str) -> list[EmailLog]:
    """The e-mails of a kind that went out, once all that waits is due."""
    outbox.relay()
    with scope.everything("the queue holds all merchants' e-mails"):
        EmailLog.objects.filter(status="queued").update(next_attempt_at=Now())
    delivery.sweep()
    with scope.everything("the queue holds all merchants' e-mails"):
        return list(EmailLog.objects.filter(code=code, status="sent").order_by("pk"))


def undo(shop: Shop, kind: str) -> None:
    """Undo the newest line of a kind."""
    with factories.inside(shop):
        line = LoyaltyTransaction.objects.filter(transaction_type=kind).latest("pk")
        voids.void(store=shop.store, transaction_id=line.pk, actor=factories.actor(), reason="Mistake")


def switch_off_the_card(shop: Shop, card: LoyaltyCard) -> None:
    cards.deactivate(store=shop.store, card_id=card.pk, actor=factories.actor(), reason="Lost")


def end_the_program(shop: Shop, card: LoyaltyCard) -> None:
    programs.deactivate(program_id=shop.program.pk, actor=factories.actor("owner"))


def take_the_stamps_out(shop: Shop, card: LoyaltyCard) -> None:
    type(shop.program).objects.update(loyalty_type="points")


def close_the_business(shop: Shop, card: LoyaltyCard) -> None:
    type(shop.merchant).objects.filter(pk=shop.merchant.pk).update(is_active=False)


@pytest.mark.parametrize(
    "what", [switch_off_the_card, end_the_program, take_the_stamps_out, close_the_business]
)
def test_a_reward_that_nobody_can_have_any_more_is_not_announced(what: Callable) -> None:
    shop = factories.shop(stamps_target=2)
    card, other = factories.card(shop.store), factories.card(factories.shop(stamps_target=2).store)
    for each in (card, other):
        factories.give_stamps(each, each.enrolled_at_store, 2)
    outbox.relay()
    with factories.inside(shop):
        what(shop, card)

    assert [log.card_id for log in sent("loyalty_reward_ready")] == [other.pk]


def test_a_return_that_was_undone_is_not_told_to_who_owes_from_another() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    bought = buy(card, shop, stamps=0)
    spend(card, shop)
    bring_back(bought, shop, 2000)
    assert len(sent("loyalty_owed")) == 1

    bring_back(bought, shop, 1000)
    undo(shop, "points_returned")

    assert factories.fresh(card).points_owed == 200
    assert len(sent("loyalty_owed")) == 1


def test_a_return_is_told_although_the_next_one_was_undone() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    first, second = buy(card, shop, receipt="R-1", stamps=0), buy(card, shop, receipt="R-2", stamps=0)
    for _time in range(2):
        spend(card, shop)
    bring_back(first, shop, 2000)
    bring_back(second, shop, 1000)
    undo(shop, "points_returned")

    factories.card(shop.store)  # whose welcome goes out first, so that the others are taken up together
    (log,) = sent("loyalty_owed")
    assert "R\\-1" in log.body
    assert "owes 200 points now" in log.body


def test_a_card_that_was_full_twice_is_announced_once_also_where_both_letters_are_taken_up_together() -> None:
    shop = factories.shop(stamps_target=2)
    card = factories.card(shop.store)  # whose welcome goes out first
    factories.give_stamps(card, shop.store, 2)
    undo(shop, "stamp_earned")
    factories.give_stamps(card, shop.store, 2)

    assert len(sent("loyalty_reward_ready")) == 1


def test_a_welcome_bonus_that_was_undone_leaves_the_welcome() -> None:
    shop = factories.shop(welcome_bonus_points=50)
    factories.card(shop.store)
    undo(shop, "welcome_bonus")

    (log,) = sent("loyalty_welcome_bonus")
    assert not re.search(r"\b50\b", log.subject + log.body.replace(str(shop.merchant), ""))
    assert log.subject == f"Your card at {shop.merchant.name}"
