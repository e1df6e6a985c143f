"""People in the console: nobody gives themselves or others more than they have."""

import pytest
from django.test import Client

from tenancy.models import Role, StoreUser, User
from tests import factories
from tests.console.world import World, address, errors, filled, list_address

STRONG = "blueberry-tram-77"


def add_member(client: Client, **data: object) -> object:
    return client.post(list_address(StoreUser, "add"), {"role": "staff"} | data)


def membership(user: User) -> StoreUser:
    with factories.scope.everything("a test looks"):
        return StoreUser.objects.get(user=user)


def test_an_owner_adds_a_colleague_who_can_sign_in(world: World) -> None:
    response = add_member(
        world.client("owner"),
        email="New@Example.com",
        first_name="Nora",
        last_name="Weis",
        password=STRONG,
        store=world.shop.store.pk,
        role="manager",
    )
    assert response.status_code == 302
    person = User.objects.get(email="new@example.com")
    assert person.check_password(STRONG)
    assert (membership(person).store, membership(person).role) == (world.shop.store, Role.MANAGER)
    assert not person.is_superuser


def test_somebody_who_signs_in_already_keeps_their_password_and_name(world: World) -> None:
    known = factories.user("known@example.com", first_name="Ken")
    add_member(
        world.client("owner"),
        email="known@example.com",
        first_name="Not Ken",
        password=STRONG,
        store=world.shop.store.pk,
    )
    known.refresh_from_db()
    assert known.first_name == "Ken"
    assert known.check_password(factories.PASSWORD)
    assert membership(known).role == Role.STAFF


@pytest.mark.parametrize("password", ["", "1234567890", "short"])
def test_a_new_colleague_needs_a_good_password(world: World, password: str) -> None:
    response = add_member(
        world.client("owner"), email="weak@example.com", password=password, store=world.shop.store.pk
    )
    assert list(errors(response)) == ["password"]
    assert not User.objects.filter(email="weak@example.com").exists()


def test_a_colleague_is_not_added_twice(world: World) -> None:
    response = add_member(world.client("owner"), email=world.shop.staff.email, store=world.shop.store.pk)
    assert errors(response) == {"email": ["This person is a member of this store already."]}


def test_nobody_is_added_at_a_store_of_somebody_else(world: World) -> None:
    response = add_member(
        world.client("owner"), email="x@example.com", password=STRONG, store=world.stranger.store.pk
    )
    assert list(errors(response)) == ["store"]
    assert not User.objects.filter(email="x@example.com").exists()


def test_nobody_changes_or_removes_their_own_role(world: World) -> None:
    own = membership(world.shop.owner)
    client = world.client("owner")
    assert client.post(address(own), {"role": "staff"}).status_code == 403
    assert client.post(address(own, "delete"), {"post": "yes"}).status_code == 403
    assert membership(world.shop.owner).role == Role.OWNER


def test_an_owner_changes_a_role_and_a_manager_cannot(world: World) -> None:
    row = membership(world.shop.staff)
    assert world.client("manager").post(address(row), {"role": "owner"}).status_code == 403
    client = world.client("owner")
    client.post(address(row), filled(client.get(address(row)), role="manager"))
    assert membership(world.shop.staff).role == Role.MANAGER


def test_an_owner_cannot_make_an_operator(world: World) -> None:
    client = world.client("owner")
    for person in (world.shop.owner, world.shop.staff):
        data = filled(
            client.get(address(person)), is_superuser="on", groups="1", is_staff="on", first_name="Changed"
        )
        assert client.post(address(person), data).status_code == 302
        person.refresh_from_db()
        assert (person.first_name, person.is_superuser) == ("Changed", False)


def test_an_owner_cannot_touch_an_account_that_opens_more_than_theirs(world: World) -> None:
    of_both = factories.member(world.shop.store)
    operator = factories.member(world.shop.store)
    User.objects.filter(pk=operator.pk).update(is_superuser=True)
    with factories.inside(world.stranger):
        StoreUser.objects.create(merchant=world.stranger.merchant, store=world.stranger.store, user=of_both)
    client = world.client("owner")
    for person in (of_both, operator):
        assert client.post(address(person), {"email": "taken@example.com"}).status_code == 403
        password = f"/admin/tenancy/user/{person.pk}/password/"
        assert client.post(password, {"password1": STRONG, "password2": STRONG}).status_code == 403
        assert factories.fresh(person).check_password(factories.PASSWORD)


def test_an_owner_gives_a_colleague_a_new_password(world: World) -> None:
    page = f"/admin/tenancy/user/{world.shop.staff.pk}/password/"
    client = world.client("owner")
    assert client.get(page).status_code == 200
    client.post(page, {"password1": STRONG, "password2": STRONG})
    assert factories.fresh(world.shop.staff).check_password(STRONG)


def test_accounts_of_strangers_are_not_there(world: World) -> None:
    client = world.client("owner")
    page = f"/admin/tenancy/user/{world.stranger.owner.pk}/password/"
    assert client.post(page, {"password1": STRONG, "password2": STRONG}).status_code in (403, 404)
    assert factories.fresh(world.stranger.owner).check_password(factories.PASSWORD)


def test_an_operator_cannot_take_their_own_rights_away(world: World) -> None:
    client = world.client("operator")
    client.post(address(world.operator), filled(client.get(address(world.operator)), is_superuser=None))
    assert factories.fresh(world.operator).is_superuser


def test_an_operator_makes_another_one(world: World) -> None:
    client = world.client("operator")
    person = factories.user()
    client.post(address(person), filled(client.get(address(person)), is_superuser="on"))
    assert factories.fresh(person).is_superuser
