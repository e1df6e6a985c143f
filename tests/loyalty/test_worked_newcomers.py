"""Who is a newcomer, and who is not: oneself, who was here before, who was merged or erased."""

from datetime import timedelta

import pytest
import time_machine

from customers import services as customers
from groundwork import deletion
from groundwork.messaging import outbox
from loyalty import friends as reading
from loyalty.models import (
    Friend,
    FriendGift,
    FriendLink,
    LoyaltyCard,
)
from loyalty.services import (
    cards,
    enrollment,
    friends,
)
from tests import factories
from tests.factories import Shop
from tests.loyalty.bringing_friends import (
    MANAGER,
    NOON,
    STAFF,
    bring_a_friend,
    bring_back,
    buy,
    everything,
    has,
    newcomer,
    shop,
)

__all__ = ["everything", "shop"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "typed",
    [
        {"email": "ANOUK@example.com "},
        {"email": "other@example.com", "phone": "621 123 456"},
        {"email": "anouk.new@example.com"},
    ],
    ids=["her address", "her phone", "an address she has asked to have"],
)
def test_nobody_brings_themselves(shop: Shop, typed: dict[str, str]) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store, email="anouk@example.com", phone="+352621123456")
    anouk.customer.pending_email = "anouk.new@example.com"
    anouk.customer.save()

    made = newcomer(shop, anouk, **typed)
    buy(shop, made, 2000)

    assert Friend.objects.count() == 0
    assert has(made) == [20]


def test_nobody_brings_themselves_from_the_device_on_which_their_card_was_open(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk, other = factories.card(shop.store), factories.card(shop.store)

    newcomer(shop, anouk, own_cards=[anouk.pk])
    assert Friend.objects.count() == 0
    newcomer(shop, anouk, own_cards=[other.pk])
    assert Friend.objects.count() == 1


def test_who_had_a_card_here_before_is_no_newcomer(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    ben = factories.card(shop.store, email="ben@example.com")
    deletion.soft_delete(ben.customer, by=shop.owner)
    assert LoyaltyCard.objects.filter(pk=ben.pk).count() == 0

    newcomer(shop, anouk, email="ben@example.com")

    assert Friend.objects.count() == 0


def test_who_was_erased_is_not_known_any_more(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    ben = factories.card(shop.store, email="ben@example.com")
    customers.erase_person(customer=ben.customer)

    newcomer(shop, anouk, email="ben@example.com")

    assert Friend.objects.count() == 1


@pytest.mark.parametrize("code", ["", "BCDEFGHIJKLN", "\x00", "nonsense", "B" * 5000])
def test_a_code_that_is_none_enrols_normally(shop: Shop, code: str) -> None:
    bring_a_friend(shop)
    made = enrollment.enroll(
        store=shop.store, actor=STAFF, email="ben@example.com", self_service=True, brought_by=code
    )

    assert not made.already_enrolled
    assert Friend.objects.count() == 0


def test_a_code_of_another_shop_and_one_that_is_retired_enrol_normally(shop: Shop) -> None:
    bring_a_friend(shop)
    foreign, closed = factories.card(factories.shop().store), factories.card(shop.store)
    friends.code_of(closed)
    cards.deactivate(store=shop.store, card_id=closed.pk, actor=MANAGER)

    newcomer(shop, foreign)
    newcomer(shop, closed)

    assert Friend.objects.count() == 0


def test_a_merged_card_goes_along_on_either_side(shop: Shop) -> None:
    bring_a_friend(shop)
    old, anouk = factories.card(shop.store), factories.card(shop.store)
    ben = newcomer(shop, old)
    later = factories.card(shop.store)
    cards.merge(store=shop.store, card_id=old.pk, into_card_id=anouk.pk, actor=MANAGER, reason="one person")
    cards.merge(store=shop.store, card_id=ben.pk, into_card_id=later.pk, actor=MANAGER, reason="one person")

    bought = buy(shop, later, 1000)
    assert has(anouk, later) == [30, 60]
    assert reading.came(anouk) == 1

    bring_back(shop, bought)
    assert has(anouk, later) == [0, 0]


def test_a_gift_waits_for_a_card_that_is_switched_off(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    ben = newcomer(shop, anouk)
    cards.deactivate(store=shop.store, card_id=anouk.pk, actor=MANAGER)
    buy(shop, ben, 1000)
    assert has(anouk, ben) == [0, 60]

    cards.reactivate(store=shop.store, card_id=anouk.pk, actor=MANAGER)
    outbox.relay()

    assert has(anouk, ben) == [30, 60]


def test_who_turns_out_to_be_whoever_brought_them_has_brought_nobody(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    again = newcomer(shop, anouk)
    buy(shop, again, 1000)
    assert has(anouk, again) == [30, 60]

    cards.merge(store=shop.store, card_id=again.pk, into_card_id=anouk.pk, actor=MANAGER, reason="one person")
    outbox.relay()

    assert has(anouk) == [60]  # what the purchase gave; nothing for bringing oneself
    other = newcomer(shop, anouk)
    cards.merge(store=shop.store, card_id=other.pk, into_card_id=anouk.pk, actor=MANAGER, reason="one person")
    buy(shop, anouk, 1000)
    assert has(anouk) == [70]


def test_who_was_here_before_with_another_card_is_no_newcomer(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk, older = factories.card(shop.store), factories.card(shop.store)
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        ben = newcomer(shop, anouk)
        cards.merge(
            store=shop.store, card_id=ben.pk, into_card_id=older.pk, actor=MANAGER, reason="one person"
        )

        buy(shop, older, 1000)

        assert has(anouk, older) == [0, 10]


@pytest.mark.parametrize("who", ["the friend", "who brought them"])
def test_an_erasure_leaves_no_trace_of_who_brought_whom(shop: Shop, who: str) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    ben = newcomer(shop, anouk)
    bought = buy(shop, ben, 1000)

    customers.erase_person(customer=(ben if who == "the friend" else anouk).customer)
    outbox.relay()

    assert (Friend.objects.count(), FriendGift.objects.count()) == (0, 0)
    assert FriendLink.objects.filter(card=anouk).count() == (who == "the friend")
    assert has(anouk, ben) == [30, 60]
    if who == "who brought them":
        bring_back(shop, bought)
        assert has(anouk, ben) == [30, 0]
