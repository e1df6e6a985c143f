"""What a customer reads of purchases and returns: why so many points, what was taken back, and what is owed."""

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from loyalty import ledger
from loyalty.ledger import Entry
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.services import cards, debts, points, stamps, voids
from tests import factories
from tests.buying import bring_back, buy, spend
from tests.factories import Shop
from tests.loyalty.pages.reading import words

pytestmark = pytest.mark.django_db


def in_debt(shop: Shop) -> LoyaltyCard:
    """A card that bought for 50.00, took a croissant for its 500 points, and brought 20.00 back on 12 May."""
    card = factories.card(shop.store)
    with time_machine.travel("2026-05-11T10:00:00Z", tick=False):
        bought = buy(card, shop, 5000, "R-1", stamps=0)
        spend(card, shop)
    with time_machine.travel("2026-05-12T10:00:00Z", tick=False):
        bring_back(bought, shop, 2000)
    return factories.fresh(card)


def test_a_card_that_owes_says_how_much_and_since_which_return(open_card, shop):
    text = words(open_card(in_debt(shop)))

    assert (
        "200 points are owed since something was returned on 12 May 2026 (receipt R-1)."
        " What you collect next settles that first." in text
    )
    assert "Points 0" in text
    assert "700 to go" in text, "the croissant costs 500, and 200 are owed before"


def test_a_card_that_owes_nothing_says_nothing_of_it(open_card, shop):
    card = factories.card(shop.store, cents=5000)

    assert "owed" not in words(open_card(card))


def test_what_was_owed_first_is_paid_first(open_card, shop):
    card = in_debt(shop)
    with time_machine.travel("2026-05-13T10:00:00Z", tick=False):
        bring_back(buy(card, shop, 1000, "R-2"), shop)
    with time_machine.travel("2026-05-14T10:00:00Z", tick=False), factories.inside(shop):
        line = LoyaltyTransaction.objects.get(
            card=card, transaction_type="points_earned", order_reference="R-1"
        )
        voids.void(store=shop.store, transaction_id=line.pk, actor=factories.actor(), reason="Wrong card")

    text = words(open_card(factories.fresh(card)))

    assert "300 points are owed since something was taken back on 14 May 2026 (receipt R-1)." in text
    assert "100 points are owed since something was returned on 13 May 2026 (receipt R-2)." in text
    assert "100 points are owed since something was returned on 12 May 2026 (receipt R-1)." in text


def test_stamps_that_are_owed_make_the_way_to_the_reward_longer(open_card):
    shop = factories.shop(loyalty_type="stamps", stamps_target=2)
    card = factories.card(shop.store)
    bought = buy(card, shop, 1200, "R-3", stamps=2)
    with factories.inside(shop):
        stamps.redeem(store=shop.store, card_id=card.pk, actor=factories.actor())
    bring_back(bought, shop)

    text = words(open_card(factories.fresh(card)))

    assert "2 stamps are owed since something was returned on" in text
    assert "4 more stamps for: a coffee" in text


def test_what_a_manager_let_go_is_told_and_no_longer_owed(open_card, shop):
    card = in_debt(shop)
    with factories.inside(shop):
        debts.forgive(store=shop.store, card_id=card.pk, actor=factories.actor(), reason="Good customer")

    text = words(open_card(factories.fresh(card)))

    assert "are owed" not in text
    assert "What was owed was let go +200 points" in text


def test_a_merged_card_brings_along_what_it_owed(open_card, shop):
    card, other = in_debt(shop), factories.card(shop.store)
    with factories.inside(shop):
        cards.merge(
            store=shop.store,
            card_id=card.pk,
            into_card_id=other.pk,
            actor=factories.actor(),
            reason="Same person",
        )

    assert "200 points are owed since another card was merged into this one on" in words(
        open_card(factories.fresh(other))
    )


def test_a_purchase_says_how_its_points_come_about(open_card, shop):
    card = factories.card(shop.store)
    buy(card, shop, 1250, "R-9", stamps=0)

    text = words(open_card(card, "card-history"))

    assert "+125 points €12.50 × 10 = 125 points · receipt R-9 Today" in text
    assert "of a point" not in text


def test_a_fraction_of_a_point_is_kept_and_counts_at_the_next_purchase(open_card, shop):
    card = factories.card(shop.store)
    buy(card, shop, 1255, stamps=0)
    assert "€12.55 × 10 = 125.5 points · 0.5 of a point is kept" in words(open_card(card, "card-history"))
    assert "Points 125 0.5 of a point is kept" in words(open_card(factories.fresh(card)))

    buy(card, shop, 1945, stamps=0)

    text = words(open_card(card, "card-history"))
    assert "+195 points €19.45 × 10 = 194.5 points · with 0.5 of a point kept from before" in text
    assert "Points 320" in words(open_card(factories.fresh(card)))


def test_where_remainders_are_not_kept_the_points_are_rounded_down(open_card):
    shop = factories.shop(carry_remainders=False)
    card = factories.card(shop.store)
    buy(card, shop, 1255, stamps=0)

    assert "+125 points €12.55 × 10 = 125 points (rounded down)" in words(open_card(card, "card-history"))


def test_points_are_explained_by_the_terms_of_their_purchase(open_card, shop):
    card = factories.card(shop.store)
    buy(card, shop, 1000, stamps=0)
    with factories.inside(shop):
        type(shop.program).objects.filter(pk=shop.program.pk).update(points_per_euro=20)

    assert "€10.00 × 10 = 100 points" in words(open_card(card, "card-history"))


def test_what_a_promotion_gave_stands_beside_what_was_reckoned_and_both_make_the_sum(open_card, shop):
    card = factories.card(shop.store)
    factories.promotion(shop.program, "Happy hour")
    buy(card, shop, 1000, stamps=0)

    text = words(open_card(card, "card-history"))

    assert "+200 points €10.00 × 10 = 100 points · plus 100: Happy hour" in text


def test_a_return_says_what_it_took_back_of_which_purchase_and_what_was_spent(open_card, shop):
    text = words(open_card(in_debt(shop), "card-history"))

    assert "Return of " in text
    assert "−200 points of a purchase of €50.00 · receipt R-1 · of which 200 were spent already" in text


def test_points_that_settle_what_was_owed_say_so(open_card, shop):
    card = in_debt(shop)
    buy(card, shop, 3000, stamps=0)

    text = words(open_card(card, "card-history"))

    assert "+300 points €30.00 × 10 = 300 points · of which 200 settled what was owed" in text


def test_a_return_that_was_a_mistake_is_told_as_undone(open_card, shop):
    card = factories.card(shop.store)
    bring_back(buy(card, shop, 1000, stamps=0), shop)
    with factories.inside(shop):
        line = LoyaltyTransaction.objects.get(card=card, transaction_type="points_returned")
        voids.void(store=shop.store, transaction_id=line.pk, actor=factories.actor(), reason="Wrong receipt")

    assert "Return undone +100 points" in words(open_card(card, "card-history"))


def test_a_correction_that_is_undone_is_no_redemption(open_card, shop):
    card = factories.card(shop.store, cents=1000)
    with factories.inside(shop):
        done = points.adjust(
            store=shop.store, card_id=card.pk, actor=factories.actor(), points_delta=-50, reason="Mistake"
        )
        voids.void(
            store=shop.store, transaction_id=done.transaction.pk, actor=factories.actor(), reason="None"
        )

    text = words(open_card(card, "card-history"))

    assert text.count("Correction by the shop") == 2
    assert "Redemption undone" not in text


@pytest.mark.parametrize("brought", [-300, 300])
def test_a_list_that_is_taken_back_is_a_correction_by_the_shop(open_card, shop, brought):
    with factories.inside(shop), transaction.atomic():
        (card,) = ledger.lock(LoyaltyCard.objects.filter(pk=factories.card(shop.store, cents=100).pk))
        entry = Entry(card=card, kind="opening_balance", points_delta=brought, store=shop.store)
        (line,) = ledger.post([entry], now=timezone.now())
        voids.void_openings(
            store=shop.store, cards=[card], line_ids=[line.pk], actor=factories.actor(), reason="Old list"
        )

    text = words(open_card(card, "card-history"))

    assert f"Correction by the shop {'−' if brought > 0 else '+'}300 points" in text
    assert "Redemption undone" not in text


def test_a_page_about_purchases_and_debts_costs_what_any_does(open_card, shop, django_assert_max_num_queries):
    card = in_debt(shop)
    for number in range(8):
        bring_back(buy(card, shop, 1000, f"Q-{number}"), shop)
    card = factories.fresh(card)

    with django_assert_max_num_queries(12):
        open_card(card)
    with django_assert_max_num_queries(12):
        open_card(card, "card-history")
