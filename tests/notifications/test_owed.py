"""Where a return leaves something owed, the customer gets one e-mail that says what and since when."""

from datetime import UTC, datetime

import pytest
import time_machine

from groundwork.messaging import outbox
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.services import cards, debts, stamps, voids
from notifications import codes, sandbox, variables
from notifications.errors import NothingToSay
from notifications.models import EmailLog
from notifications.services import texts
from tests import factories
from tests.buying import bring_back, buy, spend
from tests.factories import Shop

pytestmark = pytest.mark.django_db
BOUGHT, RETURNED = "2026-05-11T10:00:00Z", "2026-05-12T10:00:00Z"


@pytest.fixture
def shop() -> Shop:
    return factories.shop(stamps_target=2)


def mailed(card: LoyaltyCard) -> list[EmailLog]:
    """The e-mails about what is owed, after all that was announced is delivered."""
    outbox.relay()
    with factories.inside(card.merchant):
        return list(EmailLog.objects.filter(card=card, code="loyalty_owed").order_by("pk"))


def said(log: EmailLog) -> dict[str, object]:
    card = factories.fresh(log.card)
    with factories.inside(card.merchant):
        values = variables.of(card, code=log.code, language="en", context=log.context, now=datetime.now(UTC))
    return {name: values[name] for name in ("owed_points", "owed_stamps", "taken_back_on", "receipt_number")}


def test_what_is_returned_after_it_was_spent_is_told_by_email(shop: Shop) -> None:
    card = factories.card(shop.store)
    with time_machine.travel(BOUGHT, tick=False):
        bought = buy(card, shop, receipt="R-1", stamps=0)
        spend(card, shop)
    with time_machine.travel(RETURNED, tick=False):
        bring_back(bought, shop, 2000)

    (log,) = mailed(card)

    assert said(log) == {
        "owed_points": 200,
        "owed_stamps": 0,
        "taken_back_on": "12 May 2026",
        "receipt_number": "R-1",
    }


def test_a_return_that_leaves_nothing_owed_brings_no_email(shop: Shop) -> None:
    card = factories.card(shop.store)
    bring_back(buy(card, shop, stamps=0), shop)

    assert mailed(card) == []


def test_stamps_and_points_owed_by_one_return_are_one_email(shop: Shop) -> None:
    card = factories.card(shop.store)
    bought = buy(card, shop, stamps=2)
    spend(card, shop)
    with factories.inside(shop):
        stamps.redeem(store=shop.store, card_id=card.pk, actor=factories.actor())
    bring_back(bought, shop)

    (log,) = mailed(card)

    assert (said(log)["owed_points"], said(log)["owed_stamps"]) == (500, 2)


def test_a_second_return_that_owes_more_is_told_anew_and_one_that_does_not_is_not(shop: Shop) -> None:
    card = factories.card(shop.store)
    bought = buy(card, shop, stamps=0)
    spend(card, shop)
    bring_back(bought, shop, 2000)
    assert len(mailed(card)) == 1

    other = buy(card, shop, 4000, stamps=0)  # settles 200, and 200 stay
    bring_back(other, shop, 1000)
    assert len(mailed(card)) == 1

    bring_back(bought, shop, 3000)
    assert len(mailed(card)) == 2


def test_an_earning_undone_after_it_was_spent_is_told_too(shop: Shop) -> None:
    card = factories.card(shop.store)
    buy(card, shop, stamps=0)
    spend(card, shop)
    with factories.inside(shop):
        line = LoyaltyTransaction.objects.get(card=card, transaction_type="points_earned")
        voids.void(store=shop.store, transaction_id=line.pk, actor=factories.actor(), reason="Wrong card")

    (log,) = mailed(card)

    assert said(log)["owed_points"] == 500


def test_a_merge_owes_nothing_anew(shop: Shop) -> None:
    card, other = factories.card(shop.store), factories.card(shop.store)
    bought = buy(card, shop, stamps=0)
    spend(card, shop)
    bring_back(bought, shop)
    with factories.inside(shop):
        cards.merge(
            store=shop.store,
            card_id=card.pk,
            into_card_id=other.pk,
            actor=factories.actor(),
            reason="Same person",
        )

    assert factories.fresh(other).points_owed == 500
    assert mailed(other) == []


def test_what_was_let_go_before_the_email_went_out_is_not_told(shop: Shop) -> None:
    card = factories.card(shop.store)
    bought = buy(card, shop, stamps=0)
    spend(card, shop)
    bring_back(bought, shop)
    (log,) = mailed(card)
    with factories.inside(shop):
        debts.forgive(store=shop.store, card_id=card.pk, actor=factories.actor(), reason="Good customer")

    with pytest.raises(NothingToSay):
        said(log)


def test_a_purchase_that_fills_the_card_is_announced_once(shop: Shop) -> None:
    card = factories.card(shop.store)
    buy(card, shop, stamps=2)

    outbox.relay()
    with factories.inside(shop):
        assert EmailLog.objects.filter(card=card, code="loyalty_reward_ready").count() == 1


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "so your card owes 200 points and 1 stamp now."),
        ("fr", "votre carte doit donc 200 points et 1 tampon."),
        ("de", "Auf Ihrer Karte offen: 200 Punkte und 1 Stempel."),
        ("lb", "Op Ärer Kaart oppen: 200 Punkten an 1 Stempel."),
    ],
)
def test_the_text_says_it_in_each_language(language: str, sentence: str) -> None:
    values = codes.example("loyalty_owed")

    assert sentence in sandbox.render_body(texts.shipped("loyalty_owed")[f"body_{language}"], values)
