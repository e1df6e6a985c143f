"""What a card is told of promotions that are for some: till, page, quote and e-mail say the same."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from loyalty import showing
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction
from loyalty.outputs.card import card as at_till
from loyalty.outputs.then import Moment, cards_told
from loyalty.services import cards, purchases, returns
from loyalty.services.purchases import Recorded
from tests import factories
from tests.factories import Shop
from tests.loyalty.being_told import MORNING, everything, happy_hour, said, till_card, told

__all__ = ["everything"]
pytestmark = pytest.mark.django_db
NO, YES = [False] * 4, [True] * 4


def test_nobody_hears_of_what_is_for_others() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    happy_hour(shop, audience="with_tag", tag="VIP")
    happy_hour(shop, audience="birthday", days=1)
    assert said(shop, card) == []

    card.customer.tags = ["vip"]
    card.customer.birth_date = date(1990, 5, 11)
    card.customer.save()

    assert said(shop, card) == [
        "Today until 11:00: points count double for customers with the tag “VIP”",
        "Today until 11:00: points count double on a birthday and up to 1 day before and after it",
    ]
    program = LoyaltyProgram.objects.get(pk=shop.program.pk)
    assert showing.for_everybody(showing.at_store(program, shop.store, now=MORNING)) == []


def test_what_is_for_newcomers_is_said_until_the_first_purchase() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    happy_hour(shop, audience="first_purchase")
    assert len(said(shop, card)) == 1

    purchases.record(
        store=shop.store, card_id=card.pk, actor=factories.actor("staff"), purchase_amount_cents=500
    )

    assert said(shop, card) == []


def on(day: int, hour: int = 9) -> Any:
    """A morning of May, and the following days."""
    return time_machine.travel(MORNING.replace(day=day) + timedelta(hours=hour - 9), tick=False)


def comes(shop: Shop, card: LoyaltyCard, cents: int = 500) -> Recorded:
    return purchases.record(
        store=shop.store, card_id=card.pk, actor=factories.actor("staff"), purchase_amount_cents=cents
    )


def test_every_third_visit_is_told_on_the_third_day_and_all_day_long() -> None:
    shop = factories.shop(cooldown_minutes=0)
    card, other = factories.card(shop.store), factories.card(shop.store)
    factories.promotion(shop.program, audience="every_nth_visit", every=3)
    seen = []
    for day in (12, 13, 14, 15):
        with on(day):
            seen.append(told(shop, card))
            comes(shop, card)
            seen.append(told(shop, card))

    assert seen == [NO, NO, NO, NO, YES, YES, NO, NO]
    with on(14):
        assert told(shop, other) == NO
        sentences = {said(shop, card)[0], *at_till(till_card(card), shop.store)["promotions"]}
        assert sentences == {"Points count double with this visit, one in every 3"}


def test_whoever_is_back_after_ten_days_is_told_once_the_tenth_day_has_come() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    factories.promotion(shop.program, audience="back_after", days=10)
    assert told(shop, card) == NO  # who was never here does not come back
    comes(shop, card)

    seen = []
    for day, hour in ((12, 20), (21, 23), (22, 0), (22, 12)):
        with on(day, hour):
            seen.append(told(shop, card))

    assert seen == [NO, NO, YES, YES]


def test_a_card_that_has_had_all_that_its_bounds_leave_is_told_no_more_until_the_next_day() -> None:
    shop = factories.shop(points_per_euro=10, cooldown_minutes=0)
    card = factories.card(shop.store)
    factories.promotion(shop.program, card_day_limit=60, card_limit=100)
    seen = []
    for day in (12, 12, 13):
        with on(day):
            seen.append(told(shop, card))
            comes(shop, card)
    with on(14):
        seen.append(told(shop, card))

    assert seen == [YES, YES, YES, NO]


def test_a_birthday_that_was_celebrated_is_over_for_this_year() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    card.customer.birth_date = date(1990, 5, 11)
    card.customer.save()
    factories.promotion(shop.program, audience="birthday", days=1)
    assert told(shop, card) == YES

    done = comes(shop, card)

    assert done.promotions
    assert told(shop, card) == NO


def test_an_undone_or_returned_visit_was_none_and_a_merged_card_brings_its_own() -> None:
    shop = factories.shop(loyalty_type="points")
    card, other = factories.card(shop.store), factories.card(shop.store)
    factories.promotion(shop.program, audience="every_nth_visit", every=2)
    done = comes(shop, card)
    comes(shop, other)
    with on(13):
        assert [told(shop, card), told(shop, other)] == [YES, YES]

        assert done.purchase
        returns.give_back(
            store=shop.store, purchase_id=done.purchase.pk, actor=factories.actor("owner"), reason="cold"
        )
        assert told(shop, card) == NO

        cards.merge(
            store=shop.store,
            card_id=other.pk,
            into_card_id=card.pk,
            actor=factories.actor("manager"),
            reason="one person",
        )
        assert told(shop, card) == YES


def test_a_page_of_cards_asks_once_for_all_what_promotions_want_to_know(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    shop = factories.shop()
    some = [factories.card(shop.store) for _each in range(4)]
    comes(shop, some[1])
    factories.promotion(shop.program, audience="every_nth_visit", every=2)
    factories.promotion(shop.program, effect="points", amount=5, audience="first_purchase")
    factories.promotion(shop.program, effect="stamps", amount=1, card_limit=3)
    program = LoyaltyProgram.objects.get(pk=shop.program.pk)
    rows = list(LoyaltyCard.objects.select_related("customer").filter(pk__in=[card.pk for card in some]))
    with on(13):
        shown = showing.at_store(program, shop.store, now=datetime.now(UTC))
        with django_assert_num_queries(1):
            found = showing.for_cards(shown, rows, now=datetime.now(UTC))

    audiences = {card.pk: {each.promotion.audience for each in found[card.pk]} for card in some}
    newcomer = {"first_purchase", "everybody"}
    assert [audiences[card.pk] for card in some] == [
        newcomer,
        {"every_nth_visit", "everybody"},
        newcomer,
        newcomer,
    ]


def test_what_was_told_then_is_told_again_afterwards() -> None:
    """Events are made afterwards: they say of a card what the till was answered, whatever has happened since."""
    shop = factories.shop(points_per_euro=10, cooldown_minutes=0)
    card, other = factories.card(shop.store), factories.card(shop.store)
    factories.promotion(shop.program, audience="every_nth_visit", every=2)
    factories.promotion(shop.program, effect="points", amount=60, card_limit=100)
    with on(12):
        comes(shop, other)
    answered, moments, dones = [], [], []
    for day in (12, 13, 13, 14):
        with on(day):
            done = comes(shop, card)
            answered.append(at_till(done.card, shop.store, known=done.known)["promotions"])
            line = LoyaltyTransaction.objects.filter(card=card).latest("pk")
            moments.append(Moment(line, line.transaction_at, shop.store))
            dones.append(done)
    with on(14, 12):
        for done in dones[:2]:
            assert done.purchase
            returns.give_back(
                store=shop.store, purchase_id=done.purchase.pk, actor=factories.actor("owner"), reason="cold"
            )
        cards.merge(
            store=shop.store,
            card_id=other.pk,
            into_card_id=card.pk,
            actor=factories.actor("manager"),
            reason="one person",
        )

    assert [len(sentences) for sentences in answered] == [1, 1, 1, 0]
    assert [each["promotions"] for each in cards_told(moments)] == answered
