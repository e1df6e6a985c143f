"""Memberships: who decides about them, and that a merchant never ends up with nobody."""

from collections.abc import Iterator

import pytest

from groundwork import deletion
from tenancy import scope, services
from tenancy.errors import LastOwner, OwnerRequired
from tenancy.models import Role, StoreUser, User
from tests import factories
from tests.factories import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("tests look at memberships"):
        yield


@pytest.fixture
def shop() -> Shop:
    return factories.shop()


def place_of(person: User) -> StoreUser:
    return StoreUser.objects.get(user=person)


def end(how: str, shop: Shop, actor: object) -> None:
    """One of the ways in which somebody stops being the owner."""
    row = place_of(shop.owner)
    if how == "demoted":
        services.change_member(member=row, actor=actor, role="manager", is_active=True)  # type: ignore[arg-type]
    elif how == "switched off":
        services.change_member(member=row, actor=actor, role="owner", is_active=False)  # type: ignore[arg-type]
    elif how == "removed":
        services.remove_member(member=row, actor=actor)  # type: ignore[arg-type]
    else:
        services.remove_store(store=shop.store, actor=actor)  # type: ignore[arg-type]


WAYS = ["demoted", "switched off", "removed", "store removed"]


@pytest.mark.parametrize("how", WAYS)
def test_the_last_owner_stays(shop: Shop, how: str) -> None:
    before = StoreUser.objects.filter(pk=place_of(shop.owner).pk).values().get()
    with pytest.raises(LastOwner):
        end(how, shop, factories.actor("owner", shop.owner))
    assert StoreUser.objects.filter(pk=before["id"]).values().get() == before
    assert factories.fresh(shop.store).deleted_at is None


@pytest.mark.parametrize("how", WAYS)
def test_an_owner_goes_where_another_one_is_left(shop: Shop, how: str) -> None:
    partner = factories.member(shop.other_store, role=Role.OWNER)
    row = place_of(shop.owner)
    end(how, shop, factories.actor("owner", partner))
    gone = factories.fresh(row)
    assert (gone.role, gone.is_active, gone.is_deleted) != ("owner", True, False)


@pytest.mark.parametrize("how", WAYS)
def test_an_operator_helps_also_the_last_owner_out(shop: Shop, how: str) -> None:
    row = place_of(shop.owner)
    end(how, shop, factories.actor("operator", factories.operator()))
    gone = factories.fresh(row)
    assert (gone.role, gone.is_active, gone.is_deleted) != ("owner", True, False)


@pytest.mark.parametrize("left", ["switched off", "of another merchant", "account closed", "account deleted"])
def test_an_owner_who_cannot_come_in_is_none(shop: Shop, left: str) -> None:
    if left == "of another merchant":
        factories.member(factories.shop().store, role=Role.OWNER)
    else:
        partner = factories.member(shop.other_store, role=Role.OWNER)
        if left == "switched off":
            StoreUser.objects.filter(user=partner).update(is_active=False)
        elif left == "account closed":
            User.objects.filter(pk=partner.pk).update(is_active=False)
        else:
            deletion.soft_delete(partner, by=None)
    with pytest.raises(LastOwner):
        end("removed", shop, factories.actor("owner", shop.owner))
    assert place_of(shop.owner).role == Role.OWNER


@pytest.mark.parametrize("role", ["manager", "accountant", "staff", None])
def test_nobody_but_an_owner_decides_about_members(shop: Shop, role: str | None) -> None:
    actor = factories.actor(role, shop.manager)  # type: ignore[arg-type]
    row = place_of(shop.staff)
    for refused in (
        lambda: services.change_member(member=row, actor=actor, role="owner", is_active=True),
        lambda: services.remove_member(member=row, actor=actor),
        lambda: services.remove_store(store=shop.other_store, actor=actor),
    ):
        with pytest.raises(OwnerRequired):
            refused()
    assert (place_of(shop.staff).role, factories.fresh(shop.other_store).deleted_at) == ("staff", None)


def test_an_account_begins_without_a_password_that_anybody_else_knows() -> None:
    """Whoever is made without one cannot sign in until they have chosen it."""
    assert not User.objects.create_user("nora@example.com").has_usable_password()
