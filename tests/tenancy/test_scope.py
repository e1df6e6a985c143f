"""Whose rows may be seen: a query outside of any scope is an error, and inside of one it ends at the merchant."""

import contextvars
import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import models

from customers.models import Customer
from loyalty.models import LoyaltyCard, LoyaltyTransaction, PointsReward, StaffPin
from tenancy import api_keys, roles, scope
from tenancy.models import ApiKey, Role, Store, StoreUser, Till
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "ask",
    [
        lambda: list(LoyaltyCard.objects.all()),
        lambda: LoyaltyCard.objects.count(),
        lambda: LoyaltyCard.objects.filter(pk=1).exists(),
        lambda: LoyaltyCard.all_objects.first(),
        lambda: list(LoyaltyCard.deleted_objects.all()),
        lambda: LoyaltyTransaction.objects.filter(pk=1).first(),
        lambda: Store.objects.filter(name="x").update(name="y"),
        lambda: LoyaltyTransaction.objects.filter(pk=1).delete(),
        lambda: list(Customer.objects.values("email")),
        lambda: list(PointsReward.objects.filter(program__merchant_id=1)),
    ],
)
def test_a_question_outside_of_any_scope_is_an_error(ask: object) -> None:
    with pytest.raises(scope.ScopeError):
        ask()


def test_inside_a_scope_there_is_one_merchant() -> None:
    mine, theirs = factories.shop(), factories.shop()
    card, other = factories.card(mine.store), factories.card(theirs.store)
    with scope.merchant(mine.merchant):
        assert list(LoyaltyCard.objects.all()) == [card]
        assert not LoyaltyCard.objects.filter(pk=other.pk).exists()
        assert LoyaltyCard.objects.filter(pk=other.pk).update(is_active=False) == 0
        assert list(Store.objects.order_by("pk")) == [mine.store, mine.other_store]
    assert factories.fresh(other).is_active


def test_a_scope_can_be_of_several_merchants_of_none_or_of_all() -> None:
    shops = [factories.shop() for _number in range(3)]
    cards = [factories.card(shop.store) for shop in shops]
    every = LoyaltyCard.objects.order_by("pk")
    with scope.merchants([shops[0].merchant.pk, shops[2].merchant.pk]):
        assert list(every.all()) == [cards[0], cards[2]]
    with scope.merchants([]):
        assert list(every.all()) == []
    with scope.everything("a test"):
        assert list(every.all()) == cards
    with pytest.raises(ValueError, match="why"):
        scope.everything("")


def test_the_scope_counts_when_the_question_is_asked_and_not_when_it_is_written() -> None:
    mine, theirs = factories.shop(), factories.shop()
    with scope.merchant(theirs.merchant):
        question = Store.objects.all()
    with scope.merchant(mine.merchant):
        assert {store.merchant_id for store in question} == {mine.merchant.pk}


def test_scopes_nest_and_close_even_after_an_error() -> None:
    mine, theirs = factories.shop(), factories.shop()
    with scope.merchant(mine.merchant):
        with pytest.raises(RuntimeError), scope.merchant(theirs.merchant):
            raise RuntimeError
        assert Store.objects.filter(merchant=mine.merchant).count() == 2
    assert not scope.is_open()


def test_a_scope_does_not_leak_into_another_thread() -> None:
    seen = []
    with scope.everything("a test"):
        thread = threading.Thread(target=lambda: seen.append(scope.is_open()))
        thread.start()
        thread.join()
        contextvars.Context().run(lambda: seen.append(scope.is_open()))
    assert seen == [False, False]


# --- What a signed-in user may see ------------------------------------------------------------------------

MODELS: list[type[models.Model]] = [
    Store,
    StoreUser,
    ApiKey,
    Customer,
    LoyaltyCard,
    LoyaltyTransaction,
    PointsReward,
    StaffPin,
    Till,
]


@pytest.mark.parametrize("model", MODELS)
def test_an_owner_sees_all_of_their_merchant_a_manager_their_store_and_others_nothing(
    model: type[models.Model],
) -> None:
    shop, rival = factories.shop(), factories.shop()
    for place in (shop.store, shop.other_store, rival.store):
        factories.card(place, stamps=1)
        factories.staff_pin(place)
        factories.api_key(place)
        factories.till(place)
    everybody = {
        "operator": factories.operator(),
        "owner": shop.owner,
        "manager": shop.manager,
        "accountant": factories.member(shop.store, role=Role.ACCOUNTANT),
        "staff": shop.staff,
        "rival": rival.owner,
        "nobody": AnonymousUser(),
    }
    with scope.everything("a test looks at it as each of them"):
        seen = {who: set(roles.visible_to(user, model.objects.all())) for who, user in everybody.items()}
        total = model.objects.count()
    assert len(seen["operator"]) == total
    assert {row.merchant_id for row in seen["owner"]} == {shop.merchant.pk}
    assert {row.merchant_id for row in seen["rival"]} == {rival.merchant.pk}
    assert seen["owner"] | seen["rival"] == seen["operator"]
    assert seen["accountant"] == seen["owner"]
    assert seen["manager"] <= seen["owner"]
    assert seen["staff"] == seen["nobody"] == set()


def test_a_manager_sees_what_has_to_do_with_their_own_store() -> None:
    shop = factories.shop()
    here, there = factories.card(shop.store, stamps=1), factories.card(shop.other_store, stamps=1)
    pin_here, pin_there = factories.staff_pin(shop.store), factories.staff_pin(shop.other_store)
    for store in (shop.store, shop.other_store):
        api_keys.make(store=store, name="Web shop", by=None)
    with scope.merchant(shop.merchant):
        keys = set(roles.visible_to(shop.manager, ApiKey.objects.all()))
        stores = set(roles.visible_to(shop.manager, Store.objects.all()))
        pins = set(roles.visible_to(shop.manager, StaffPin.objects.all()))
        people = set(roles.visible_to(shop.manager, Customer.objects.all()))
        lines = set(roles.visible_to(shop.manager, LoyaltyTransaction.objects.all()))
        cards = set(roles.visible_to(shop.manager, LoyaltyCard.objects.all()))
    assert stores == {shop.store}
    assert (pin_here in pins, pin_there in pins) == (True, False)
    assert (here.customer in people, there.customer in people) == (True, False)
    assert {line.store_id for line in lines} == {key.store_id for key in keys} == {shop.store.pk}
    assert cards == {here, there}  # both are valid at the manager's store


def test_an_owner_who_was_dismissed_or_switched_off_sees_nothing() -> None:
    shop = factories.shop()
    with scope.merchant(shop.merchant):
        StoreUser.objects.filter(user=shop.owner).update(is_active=False)
        assert not roles.visible_to(shop.owner, Store.objects.all()).exists()
        for person in (shop.manager, factories.operator()):
            assert roles.visible_to(person, Store.objects.all()).exists()
            person.is_active = False
            assert not roles.visible_to(person, Store.objects.all()).exists()
