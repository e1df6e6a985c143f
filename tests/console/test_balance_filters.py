"""Cards and customers are found by what they have now, whatever is kept of them beside."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from customers.models import Customer
from loyalty.models import LoyaltyCard, MerchantCalendar
from loyalty.services import points, voids
from tests import factories
from tests.console.world import World, list_address, move_on

CARDS, PEOPLE = list_address(LoyaltyCard), list_address(Customer)
STAMPS = (0, 3, 3, 3, 1)  # of the cards, beside the two of the one that was there


@pytest.fixture
def stamped(world: World) -> list[LoyaltyCard]:
    """Some cards, and what is kept of them."""
    made = [factories.card(world.shop.store, stamps=count) for count in STAMPS]
    move_on(world)
    return made


def found(world: World, path: str, **asked: Any) -> set[int]:
    shown = world.client("owner").get(path, asked).context_data["cl"]
    assert shown.result_count == len(shown.result_list)
    return {row.pk for row in shown.result_list}


@pytest.mark.parametrize("are_made", [True, False])
def test_a_card_stamped_a_moment_ago_is_found_by_what_it_has_now(
    world: World, stamped: list[LoyaltyCard], are_made: bool
) -> None:
    if not are_made:
        with factories.inside(world.shop):
            MerchantCalendar.objects.update(standings_upto=0)
    _none, fuller, three, too, one = stamped
    factories.give_stamps(fuller, world.shop.store, 2)
    assert found(world, CARDS, stamps_from=5) == {fuller.pk}
    assert found(world, CARDS, stamps_from=3, stamps_to=3) == {three.pk, too.pk}
    assert found(world, PEOPLE, stamps_from=5) == {fuller.customer_id}
    assert found(world, PEOPLE, stamps_from=1, stamps_to=1) == {one.customer_id}


def test_customers_are_found_by_what_is_on_all_their_cards(world: World, stamped: list[LoyaltyCard]) -> None:
    first, second = factories.two_cards(world.shop)
    factories.give_stamps(first, world.shop.store, 4)
    move_on(world)
    factories.give_stamps(second, world.shop.store, 5)
    assert first.customer_id == second.customer_id
    assert found(world, PEOPLE, stamps_from=9) == {first.customer_id}
    assert found(world, PEOPLE, stamps_from=4, stamps_to=5) == set()
    assert found(world, CARDS, stamps_from=4, stamps_to=5) == {first.pk, second.pk}
    assert found(world, PEOPLE, points_from=1_000) == set()


def test_customers_who_owe_are_found(world: World, stamped: list[LoyaltyCard]) -> None:
    store, card = world.shop.store, stamped[0]
    with factories.inside(world.shop):
        earned = points.earn(
            store=store, card_id=card.pk, actor=factories.actor(), purchase_amount_cents=1_000
        )
        points.adjust(store=store, card_id=card.pk, actor=factories.actor(), points_delta=-5, reason="Spent")
        voids.void(
            store=store, transaction_id=earned.transaction.pk, actor=factories.actor(), reason="Not hers"
        )
    everybody = found(world, PEOPLE)
    for _when in ("a moment ago", "and a minute later"):
        assert found(world, PEOPLE, owes="yes") == {card.customer_id}
        assert found(world, PEOPLE, owes="no") == everybody - {card.customer_id}
        assert found(world, CARDS, owes="yes") == {card.pk}
        move_on(world)


def test_customers_are_found_by_when_they_came_and_were_seen_last(
    world: World, stamped: list[LoyaltyCard]
) -> None:
    today = timezone.localdate()
    everybody = found(world, PEOPLE)
    with time_machine.travel(timezone.now() - timedelta(days=400)), factories.inside(world.shop):
        long_ago = factories.customer(world.shop.store)
    assert found(world, PEOPLE, activity_from=str(today)) == everybody
    assert found(world, PEOPLE, since_from=str(today)) == everybody
    assert found(world, PEOPLE, since_to=str(today - timedelta(days=1))) == {long_ago.pk}
    assert found(world, PEOPLE, activity_to=str(today - timedelta(days=60))) == {long_ago.pk}


def test_an_operator_finds_whose_they_are_and_an_owner_only_their_own(
    world: World, stamped: list[LoyaltyCard]
) -> None:
    theirs = world.theirs["customers_customer"].pk
    assert theirs not in found(world, PEOPLE, stamps_to=99)
    operator = world.client("operator")
    for asked in ({}, {"merchant__id__exact": str(world.stranger.merchant.pk)}):
        shown = operator.get(PEOPLE, {"stamps_to": 99} | asked).context_data["cl"].result_list
        assert theirs in {row.pk for row in shown}
