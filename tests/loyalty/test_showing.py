"""What is shown of promotions before anybody pays: now, or later today, and to whom."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from loyalty import showing
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, Promotion
from loyalty.outputs.card import card as at_till
from loyalty.outputs.then import Moment, cards_told
from loyalty.services import cards, promotions, purchases, returns
from loyalty.services.purchases import Recorded
from notifications import variables
from tenancy import scope
from tests import factories
from tests.factories import Shop

pytestmark = pytest.mark.django_db
# A Tuesday in May, 9:30 in Luxembourg.
MORNING = datetime(2026, 5, 12, 7, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("stories of one shop"), time_machine.travel(MORNING, tick=False):
        yield


def happy_hour(shop: Shop, begins: int = 9, ends: int = 11, **fields: Any) -> Promotion:
    return factories.promotion(
        shop.program, weekdays=[2], from_time=time(begins), until_time=time(ends), **fields
    )


def said(shop: Shop, card: LoyaltyCard) -> list[str]:
    return showing.of_card(factories.fresh(card), now=datetime.now(UTC))


def test_a_card_says_what_counts_today_until_when() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    assert said(shop, card) == []

    happy_hour(shop)

    assert said(shop, card) == ["Today until 11:00: points count double"]
    with time_machine.travel(MORNING + timedelta(days=1), tick=False):
        assert showing.of_card(factories.fresh(card), now=MORNING + timedelta(days=1)) == []


def test_what_comes_later_today_is_said_after_what_is_on() -> None:
    shop = factories.shop()
    happy_hour(shop, 14, 17)
    happy_hour(shop)

    assert said(shop, factories.card(shop.store)) == [
        "Today until 11:00: points count double",
        "Today from 14:00 to 17:00: points count double",
    ]


def test_a_place_is_said_where_there_are_several() -> None:
    shop = factories.shop()
    happy_hour(shop, store_ids=[shop.store.pk])

    (text,) = said(shop, factories.card(shop.store))

    assert text == f"Today until 11:00: points count double at {shop.store.name}"
    program = LoyaltyProgram.objects.get(pk=shop.program.pk)
    assert showing.at_store(program, shop.other_store, now=MORNING) == []


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


def till_card(card: LoyaltyCard) -> LoyaltyCard:
    return LoyaltyCard.objects.select_related("program", "customer", "merchant").get(pk=card.pk)


def told(shop: Shop, card: LoyaltyCard) -> list[bool]:
    """Whether till, page, quote and e-mail tell a card of what runs: each of them says the same."""
    row = till_card(card)
    quote = purchases.quote(
        store=shop.store, card_id=card.pk, actor=factories.actor("staff"), purchase_amount_cents=500
    )
    page = Client().get(reverse("card", args=[card.access_token])).content.decode()
    return [
        bool(at_till(row, shop.store)["promotions"]),
        "notice promotion" in page,
        bool(quote.promotions),
        bool(variables.at_hand(row, now=datetime.now(UTC))["promotions"]),
    ]


NO, YES = [False] * 4, [True] * 4


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


def test_what_is_used_up_or_stopped_is_said_no_more() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    small, big = happy_hour(shop, budget=10), happy_hour(shop)
    assert len(said(shop, card)) == 2

    purchases.record(
        store=shop.store, card_id=card.pk, actor=factories.actor("staff"), purchase_amount_cents=100
    )
    Promotion.objects.filter(pk=small.pk).update(spent=10_0000)
    assert len(said(shop, card)) == 1
    promotions.stop(promotion_id=big.pk, actor=factories.actor("owner"))

    assert said(shop, card) == []


def test_a_till_is_told_no_more_of_what_its_own_purchase_used_up() -> None:
    shop = factories.shop(points_per_euro=10)
    card = factories.card(shop.store)
    happy_hour(shop, budget=10)
    about = {"store": shop.store, "card_id": card.pk, "actor": factories.actor("staff")}

    told = [
        at_till(done.card, shop.store, known=done.known)["promotions"]
        for done in (
            purchases.record(purchase_amount_cents=50, **about),
            purchases.quote(purchase_amount_cents=50, **about),
            purchases.record(purchase_amount_cents=50, **about),
        )
    ]

    assert [len(sentences) for sentences in told] == [1, 0, 0]
    assert said(shop, card) == []


def test_a_shop_without_promotions_is_asked_nothing(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    shop = factories.shop()
    card = LoyaltyCard.objects.select_related("program", "customer", "merchant").get(
        pk=factories.card(shop.store).pk
    )
    with django_assert_num_queries(0):
        assert showing.at_store(card.program, shop.store, now=MORNING) == []
        assert showing.of_card(card, now=MORNING) == []


def test_till_and_pages_say_it_in_the_language_of_the_reader(client: Client) -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    happy_hour(shop)
    row = LoyaltyCard.objects.select_related("program__merchant", "customer", "merchant").get(pk=card.pk)

    with translation.override("de"):
        assert at_till(row, shop.store)["promotions"] == ["Heute bis 11:00: doppelte Punkte"]
    join = client.get(reverse("join", args=[shop.store.store_code]), headers={"Accept-Language": "fr"})
    assert "Aujourd’hui jusqu’à 11:00 : les points comptent double." in join.content.decode()
    page = client.get(reverse("card", args=[card.access_token]), headers={"Accept-Language": "en"})
    assert "Today until 11:00: points count double." in page.content.decode()


def test_it_is_looked_at_again_when_something_begins_or_ends() -> None:
    shop = factories.shop()
    zone = shop.merchant.tzinfo
    happy_hour(shop)
    happy_hour(shop, 14, 17)
    program = LoyaltyProgram.objects.get(pk=shop.program.pk)

    def again(now: datetime) -> datetime:
        return showing.changes_at(showing.at_store(program, shop.store, now=now), now=now, zone=zone)

    at = [MORNING]
    for _ in range(4):
        at.append(again(at[-1]))

    assert [moment.astimezone(zone).strftime("%a %H:%M") for moment in at] == [
        "Tue 09:30",
        "Tue 11:00",
        "Tue 14:00",
        "Tue 17:00",
        "Wed 00:00",
    ]


def test_nobody_is_promised_what_their_card_or_program_cannot_give() -> None:
    """A card that is switched off buys nothing with it, and in a program of stamps nothing doubles points."""
    shop = factories.shop(loyalty_type="hybrid")
    open_, closed = factories.card(shop.store), factories.card(shop.store)
    happy_hour(shop)
    happy_hour(shop, effect="stamps", amount=1)
    cards.deactivate(store=shop.store, card_id=closed.pk, actor=factories.actor("manager"))
    assert [len(said(shop, card)) for card in (open_, closed)] == [2, 0]

    shop.program.loyalty_type = "stamps"
    shop.program.save()
    assert said(shop, open_) == ["Today until 11:00: there is 1 stamp on top"]
    program = LoyaltyProgram.objects.get(pk=shop.program.pk)
    assert len(showing.at_store(program, shop.store, now=MORNING)) == 1
    shop.program.is_active = False
    shop.program.save()

    assert said(shop, open_) == []
