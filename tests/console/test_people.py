"""People in the console: a merchant's owners decide about memberships, and nobody about another person's account."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from groundwork import deletion
from tenancy.models import HistoryEntry, Merchant, Role, StoreUser, User
from tests import factories
from tests.announcements import announced
from tests.console.world import World, address, filled, list_address

STRONG = "blueberry-tram-77"


def membership(user: User) -> StoreUser:
    return memberships(user)[0]


def memberships(user: User) -> list[StoreUser]:
    with factories.scope.everything("a test looks"):
        return list(StoreUser.all_objects.filter(user=user).order_by("pk"))


# --- Memberships ------------------------------------------------------------------------------------------


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


def nothing(world: World, theirs: StoreUser) -> None:
    """They still work there."""


def deleted_membership(world: World, theirs: StoreUser) -> None:
    deletion.soft_delete(theirs, by=world.stranger.owner)


def deleted_store(world: World, theirs: StoreUser) -> None:
    deletion.soft_delete(world.stranger.store, by=world.stranger.owner)


def inactive_merchant(world: World, theirs: StoreUser) -> None:
    Merchant.objects.filter(pk=world.stranger.merchant.pk).update(is_active=False)


def became_operator(world: World, theirs: StoreUser) -> None:
    User.objects.filter(pk=theirs.user_id).update(is_superuser=True)


@pytest.mark.parametrize(
    "elsewhere", [nothing, deleted_membership, deleted_store, inactive_merchant, became_operator]
)
def test_an_owner_decides_where_their_people_work_whatever_those_are_elsewhere(
    world: World, elsewhere: Callable[[World, StoreUser], None]
) -> None:
    person = factories.member(world.stranger.store, world.shop.store)
    theirs, mine = memberships(person)
    elsewhere(world, theirs)
    before = factories.fresh(theirs)
    client = world.client("owner")
    client.post(address(mine), filled(client.get(address(mine)), role="manager"))
    assert factories.fresh(mine).role == "manager"
    client.post(address(mine), filled(client.get(address(mine)), is_active=None))
    assert not factories.fresh(mine).is_active
    client.post(address(mine), filled(client.get(address(mine)), is_active="on"))
    assert factories.fresh(mine).is_active
    client.post(address(mine, "delete"), {"post": "yes"})
    assert factories.fresh(mine).is_deleted
    after = factories.fresh(theirs)
    assert (after.role, after.is_active, after.deleted_at) == (
        before.role,
        before.is_active,
        before.deleted_at,
    )
    assert factories.fresh(person).password == person.password


# --- Accounts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["owner", "manager", "stranger"])
def test_an_account_is_out_of_reach_of_every_merchant(world: World, who: str) -> None:
    client = world.client(who)
    for person in (world.shop.staff, world.shop.owner, world.operator):
        before = User.all_objects.filter(pk=person.pk).values().get()
        for page in ("change", "delete", "history", "send_reset_link"):
            assert client.get(address(person, page)).status_code in (302, 403, 404), page
            sent = {"email": "taken@example.com", "is_active": "", "is_superuser": "on", "post": "yes"}
            with announced() as events:
                client.post(address(person, page), sent | {"password": STRONG, "password1": STRONG})
            assert events == []
        assert User.all_objects.filter(pk=person.pk).values().get() == before
    assert client.get(list_address(User)).status_code == 403


@pytest.mark.parametrize("who", ["operator", "owner"])
def test_no_page_takes_the_password_or_the_address_of_another_person(world: World, who: str) -> None:
    client = world.client(who)
    for kind in (
        "tenancy_user",
        "tenancy_storeuser",
        "tenancy_invitation",
        "tenancy_merchant",
        "tenancy_store",
    ):
        for path in (list_address(kind, "add"), address(world.mine[kind])):
            response = client.get(path)
            fields = response.context_data["adminform"].form.fields if response.status_code == 200 else {}
            assert not [name for name in fields if "password" in name], path
            assert "email" not in fields or kind == "tenancy_invitation", path
    with pytest.raises(NoReverseMatch):
        reverse("admin:auth_user_password_change", args=[world.shop.staff.pk])
    assert not admin.site._registry[User].has_add_permission(response.wsgi_request)


def test_an_operator_sends_a_reset_link_and_types_no_password(world: World) -> None:
    client = world.client("operator")
    page = address(world.shop.staff, "send_reset_link")
    with announced() as events:
        assert client.get(page).status_code == 200
    assert events == []
    with announced() as events:
        assert client.post(page).status_code == 302
    assert [(event.kind, event.about_id) for event in events] == [("password_reset", world.shop.staff.pk)]
    assert factories.fresh(world.shop.staff).password == world.shop.staff.password


def test_an_operator_unlocks_an_account_that_strangers_have_locked(world: World) -> None:
    person, client, stranger = world.shop.staff, world.client("operator"), Client()
    right = {"username": person.email, "password": factories.PASSWORD}
    for _guess in range(5):
        stranger.post("/login/", right | {"password": "guessed"})
    assert stranger.post("/login/", right).status_code == 429

    page = address(person, "unlock")
    assert client.get(page).status_code == 200
    assert stranger.post("/login/", right).status_code == 429

    assert client.post(page)["Location"] == address(person)
    assert stranger.post("/login/", right).status_code == 302
    entry = HistoryEntry._base_manager.filter(user=world.operator).latest("pk")
    assert (entry.object_id, entry.message) == (str(person.pk), [{"did": "Unlock"}])


def test_an_operator_changes_no_address_and_no_name(world: World) -> None:
    client = world.client("operator")
    page = address(world.shop.staff)
    sent = {"email": "taken@example.com", "first_name": "Taken", "is_active": "on", "is_superuser": "on"}
    assert client.post(page, filled(client.get(page)) | sent).status_code == 302
    after = factories.fresh(world.shop.staff)
    assert (after.email, after.first_name) == (world.shop.staff.email, world.shop.staff.first_name)
    assert after.is_superuser


def test_an_operator_cannot_take_their_own_rights_away(world: World) -> None:
    client = world.client("operator")
    client.post(address(world.operator), filled(client.get(address(world.operator)), is_superuser=None))
    assert factories.fresh(world.operator).is_superuser


def test_a_time_zone_that_is_none_is_mended_by_the_owner_in_their_console(world: World) -> None:
    """It comes by no form, but perhaps from a machine that knows other ones."""
    merchant = world.shop.merchant
    Merchant.objects.filter(pk=merchant.pk).update(timezone="Mars/Olympus")
    client = world.client("owner")
    for place in (list_address(StoreUser), list_address("tenancy_store"), "/account/sessions/"):
        assert client.get(place).status_code == 200
    page = client.get(address(merchant))
    assert client.post(address(merchant), filled(page)).status_code == 200
    assert factories.fresh(merchant).timezone == "Mars/Olympus"
    filled_in = filled(page, timezone="Europe/Paris")
    assert client.post(address(merchant), filled_in).status_code == 302
    assert factories.fresh(merchant).timezone == "Europe/Paris"
    assert client.get("/admin/").status_code == 200
