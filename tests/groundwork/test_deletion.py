"""Soft deletion: what goes along, who did it, and that exactly that comes back."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction

from customers.models import Customer
from groundwork import deletion
from groundwork.errors import AlreadyDeleted, RestoreConflict
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, PointsReward, StaffPin
from tenancy import scope
from tenancy.models import Store, StoreUser, User
from tests import factories

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def everything() -> object:
    with scope.everything("tests of deletion"):
        yield


@pytest.fixture
def shop() -> factories.Shop:
    """Two stores, three people at the first, two rewards, two cards with a stamp, two PINs."""
    made = factories.shop()
    for place in (made.store, made.other_store):
        factories.card(place, stamps=1)
        factories.staff_pin(place)
    return made


EVERYTHING = {
    "tenancy.Merchant": 1,
    "tenancy.Store": 2,
    "tenancy.StoreUser": 3,
    "customers.Customer": 2,
    "loyalty.LoyaltyProgram": 1,
    "loyalty.PointsReward": 2,
    "loyalty.LoyaltyCard": 2,
    "loyalty.StaffPin": 2,
}


def the_row(shop: factories.Shop, what: str) -> object:
    return {
        "merchant": shop.merchant,
        "store": shop.store,
        "program": shop.program,
        "customer": Customer.objects.first(),
        "user": shop.staff,
        "reward": shop.program.rewards.first(),
    }[what]


@pytest.mark.parametrize(
    ("what", "goes"),
    [
        ("merchant", EVERYTHING),
        ("store", {"tenancy.Store": 1, "tenancy.StoreUser": 3, "loyalty.StaffPin": 1}),
        ("program", {"loyalty.LoyaltyProgram": 1, "loyalty.PointsReward": 2, "loyalty.LoyaltyCard": 2}),
        ("customer", {"customers.Customer": 1, "loyalty.LoyaltyCard": 1}),
        ("user", {"tenancy.User": 1, "tenancy.StoreUser": 1}),
        ("reward", {"loyalty.PointsReward": 1}),
    ],
)
def test_what_goes_along_is_known_beforehand_goes_and_comes_back(
    shop: factories.Shop, what: str, goes: dict[str, int]
) -> None:
    row = the_row(shop, what)
    lines = LoyaltyTransaction.objects.count()
    assert deletion.preview(row) == goes
    assert deletion.soft_delete(row, by=shop.owner) == goes
    assert deletion.restore(row) == goes
    assert deletion.preview(row) == goes
    assert LoyaltyTransaction.objects.count() == lines == 4


def test_who_when_and_what_went_together_is_kept(shop: factories.Shop) -> None:
    with time_machine.travel(NOON, tick=False):
        deletion.soft_delete(shop.program, by=shop.owner)
    gone = [
        *LoyaltyProgram.deleted_objects.all(),
        *LoyaltyCard.deleted_objects.all(),
        *PointsReward.deleted_objects.all(),
    ]
    assert {(row.deleted_at, row.deleted_by) for row in gone} == {(NOON, shop.owner)}
    assert {row.deletion_batch for row in gone} == {shop.program.deletion_batch}


def test_what_is_deleted_is_hidden_until_it_is_asked_for(shop: factories.Shop) -> None:
    deletion.soft_delete(shop.store, by=None)
    assert list(Store.objects.all()) == [shop.other_store]
    assert set(Store.all_objects.all()) == {shop.store, shop.other_store}
    assert list(Store.deleted_objects.all()) == [shop.store]
    assert Store.objects.filter(pk=shop.store.pk).update(name="changed") == 0


def test_only_what_went_together_comes_back(shop: factories.Shop) -> None:
    earlier = LoyaltyCard.objects.first()
    deletion.soft_delete(earlier, by=None)
    deletion.soft_delete(shop.program, by=None)
    deletion.restore(shop.program)
    assert factories.fresh(earlier).is_deleted
    assert LoyaltyCard.objects.count() == 1
    deletion.restore(earlier)
    assert LoyaltyCard.objects.count() == 2


def test_nothing_comes_back_under_a_parent_that_is_still_deleted(shop: factories.Shop) -> None:
    card = LoyaltyCard.objects.first()
    deletion.soft_delete(card.customer, by=None)
    deletion.soft_delete(shop.program, by=None)
    for row in (card.customer, factories.fresh(card)):
        with pytest.raises(RestoreConflict):
            deletion.restore(row)
    deletion.restore(shop.program)
    assert deletion.restore(card.customer) == {"customers.Customer": 1, "loyalty.LoyaltyCard": 1}


def test_a_part_of_a_batch_does_not_come_back_without_the_row_it_began_with(shop: factories.Shop) -> None:
    card = LoyaltyCard.objects.first()
    deletion.soft_delete(shop.merchant, by=None)
    with pytest.raises(RestoreConflict):
        deletion.restore(factories.fresh(card))
    assert deletion.restore(shop.merchant) == EVERYTHING


@pytest.mark.parametrize("what", ["customer", "program", "user", "pin"])
def test_nothing_comes_back_onto_a_key_that_is_taken_again(shop: factories.Shop, what: str) -> None:
    if what == "customer":
        row = Customer.objects.first()
        deletion.soft_delete(row, by=None)
        factories.card(shop.store, row.email)
    elif what == "program":
        row = shop.program
        deletion.soft_delete(row, by=None)
        factories.program(shop.merchant)
    elif what == "user":
        row = shop.staff
        deletion.soft_delete(row, by=None)
        factories.user(row.email)
    else:
        row = StaffPin.objects.first()
        deletion.soft_delete(row, by=None)
        factories.staff_pin(row.store, row.name)
    with pytest.raises(RestoreConflict):
        deletion.restore(row)
    assert factories.fresh(row).is_deleted


def test_a_stores_code_stays_taken_since_posters_hang_with_it(shop: factories.Shop) -> None:
    deletion.soft_delete(shop.other_store, by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.store(store_code=shop.other_store.store_code)
    deletion.restore(shop.other_store)


def test_deleting_twice_and_restoring_the_living_is_refused(shop: factories.Shop) -> None:
    with pytest.raises(RestoreConflict):
        deletion.restore(shop.store)
    deletion.soft_delete(shop.store, by=None)
    with pytest.raises(AlreadyDeleted):
        deletion.soft_delete(shop.store, by=None)


def test_saving_a_deleted_row_does_not_bring_it_back(shop: factories.Shop) -> None:
    stale = Store.objects.get(pk=shop.store.pk)
    deletion.soft_delete(shop.store, by=None)
    shop.store.name = "renamed"
    shop.store.save()
    after = factories.fresh(shop.store)
    assert (after.name, after.is_deleted) == ("renamed", True)
    stale.save(update_fields=["city"])
    assert factories.fresh(shop.store).is_deleted


def test_deleting_does_not_write_a_stale_balance_back(shop: factories.Shop) -> None:
    stale = LoyaltyCard.objects.first()
    factories.give_stamps(stale, shop.store, 5)
    stale.stamp_count = 0
    deletion.soft_delete(stale, by=None)
    assert factories.fresh(stale).stamp_count == 6


def test_there_is_no_way_around_the_front_door(shop: factories.Shop) -> None:
    for bypass in (
        shop.store.delete,
        shop.store.undelete,
        Store.objects.all().delete,
        Store.all_objects.all().delete,
        User.objects.filter(pk=shop.owner.pk).delete,
        StoreUser.objects.filter(user=shop.owner).delete,
    ):
        with pytest.raises(TypeError):
            bypass()


def test_what_is_held_is_still_there(shop: factories.Shop) -> None:
    """That it stays so is seen in `tests/concurrency/test_deleting_at_once.py`."""
    assert deletion.hold(shop.merchant, shop.store, shop.program)
    deletion.soft_delete(shop.program, by=None)
    assert deletion.hold(shop.merchant, shop.store)
    assert not deletion.hold(shop.merchant, shop.store, shop.program)
