"""People in the console: a merchant's owners decide about memberships, and nobody about another person's account."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from pytest_django import Settings

from groundwork import deletion
from tenancy.models import HistoryEntry, Invitation, Merchant, Role, Store, StoreUser, User
from tests import factories
from tests.announcements import announced
from tests.console.world import World, address, errors, filled, list_address

STRONG = "blueberry-tram-77"


def invite(client: Client, **data: object) -> object:
    return client.post(list_address(Invitation, "add"), {"role": "staff"} | data)


def membership(user: User) -> StoreUser:
    return memberships(user)[0]


def memberships(user: User) -> list[StoreUser]:
    with factories.scope.everything("a test looks"):
        return list(StoreUser.all_objects.filter(user=user).order_by("pk"))


def open_invitations(email: str) -> list[Invitation]:
    with factories.scope.everything("a test looks"):
        rows = Invitation.objects.filter(email=email, accepted_at__isnull=True, revoked_at__isnull=True)
        return list(rows.order_by("pk"))


# --- Inviting ---------------------------------------------------------------------------------------------


def test_an_owner_invites_a_colleague_and_nobody_is_made(world: World) -> None:
    stores = [world.shop.store.pk, world.shop.other_store.pk]
    with announced() as events:
        response = invite(world.client("owner"), email="New@Example.com", stores=stores, role="manager")
    assert response.status_code == 302
    (row,) = open_invitations("new@example.com")
    assert (row.merchant, row.role, row.invited_by) == (world.shop.merchant, "manager", world.shop.owner)
    with factories.inside(world.shop):
        assert [store.pk for store in row.living_stores()] == stores
    assert [(event.kind, event.about_id) for event in events] == [("invitation", row.pk)]
    assert not User.objects.filter(email="new@example.com").exists()


def test_whoever_has_one_store_invites_to_it(world: World) -> None:
    """Seen red with a first choice that was one number where several may be chosen."""
    with factories.inside(world.shop):
        Store.objects.filter(pk=world.shop.other_store.pk).update(deleted_at=timezone.now())
    response = invite(world.client("owner"), email="new@example.com", stores=[world.shop.store.pk])
    assert response.status_code == 302
    (row,) = open_invitations("new@example.com")
    with factories.inside(world.shop):
        assert row.living_stores() == [world.shop.store]


def test_what_the_page_answers_does_not_tell_who_has_an_account(world: World) -> None:
    known, unknown = "known-one@example.com", "other-one@example.com"
    factories.member(world.stranger.store, email=known)
    answers, entries = [], []
    for email in (known, unknown):
        client = world.client("owner")
        response = invite(client, email=email, stores=world.shop.store.pk)
        (row,) = open_invitations(email)
        page = client.get(response.headers["Location"]).content.decode()
        detail = client.get(address(row)).content.decode()
        answers.append([alike(text, email, row) for text in (page.partition("<main")[2], said_of(detail))])
        kept = HistoryEntry._base_manager.filter(object_id=str(row.pk), name=f"#{row.pk}")
        entries.append(list(kept.values("action", "message", "merchant", "store", "user")))
    assert entries[0] == entries[1] != []
    assert answers[0] == answers[1]


def alike(text: str, email: str, row: Invitation) -> str:
    return text.replace(email, "ADDRESS").replace(f"/{row.pk}/", "/ID/")


def said_of(page: str) -> str:
    """The fields of a row's page, without forms and their tokens."""
    return "\n".join(line for line in page.splitlines() if "@example.com" in line or "readonly" in line)


def test_a_colleague_is_not_invited_twice(world: World) -> None:
    client = world.client("owner")
    response = invite(client, email=world.shop.staff.email, stores=world.shop.store.pk)
    assert errors(response) == {"email": ["This person is a member of this store already."]}
    invite(client, email="new@example.com", stores=world.shop.store.pk)
    again = invite(client, email="NEW@example.com", stores=world.shop.other_store.pk)
    assert list(errors(again)) == ["email"]
    assert len(open_invitations("new@example.com")) == 1


def test_nobody_is_invited_to_a_store_of_somebody_else(world: World) -> None:
    theirs, mine = world.stranger.store.pk, world.shop.store.pk
    for stores in ([theirs], [mine, theirs]):
        response = invite(world.client("owner"), email="x@example.com", stores=stores)
        assert list(errors(response)) == ["stores"]
    assert open_invitations("x@example.com") == []


@pytest.mark.parametrize("who", ["operator", "owner"])
def test_somebody_is_invited_to_some_store(world: World, who: str) -> None:
    for missing in ({}, {"stores": "0"}, {"stores": "x"}):
        response = invite(world.client(who), email="x@example.com", **missing)
        assert list(errors(response)) == ["stores"]
    assert open_invitations("x@example.com") == []


def test_a_manager_invites_nobody(world: World) -> None:
    for role in ("owner", "staff"):
        response = invite(
            world.client("manager"), email="x@example.com", stores=world.shop.store.pk, role=role
        )
        assert response.status_code == 403
    assert open_invitations("x@example.com") == []


def test_an_operator_invites_the_first_owner(world: World) -> None:
    invite(world.client("operator"), email="boss@example.com", stores=world.stranger.store.pk, role="owner")
    (row,) = open_invitations("boss@example.com")
    assert (row.merchant, row.role) == (world.stranger.merchant, Role.OWNER)


def test_an_invitation_is_sent_again_and_taken_back(world: World) -> None:
    row = world.mine["tenancy_invitation"]
    client = world.client("owner")
    with announced() as events:
        assert client.post(address(row, "resend")).status_code == 302
    assert [event.about_id for event in events] == [row.pk]
    assert client.post(address(row, "revoke")).status_code == 302
    assert factories.fresh(row).revoked_at is not None
    with announced() as events:
        assert client.post(address(row, "resend")).status_code == 403
    assert events == []


@pytest.fixture
def few(settings: Settings) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"invitation": "3/h", "invited_address": "2/h"}


def letters_of(world: World, client: Client, email: str) -> bool:
    """Invite an address and take it back: whether an e-mail went there."""
    with announced() as events:
        invite(client, email=email, stores=world.shop.store.pk)
    for row in open_invitations(email.strip().lower()):
        client.post(address(row, "revoke"))
    return bool(events)


@pytest.mark.usefixtures("few")
def test_a_stranger_is_not_written_to_again_and_again(world: World) -> None:
    client = world.client("owner")
    sent = [letters_of(world, client, f"{way}@example.com") for way in ("victim", "Victim", " victim", "ben")]
    assert sent == [True, True, False, True]
    refused = invite(client, email="victim@example.com", stores=world.shop.store.pk)
    assert errors(refused)["__all__"][0].startswith("Many invitations went out")
    assert open_invitations("victim@example.com") == []


@pytest.mark.usefixtures("few")
def test_a_merchant_writes_to_so_many_strangers_and_another_merchant_as_before(world: World) -> None:
    client = world.client("owner")
    sent = [letters_of(world, client, f"{name}@example.com") for name in ("anna", "ben", "cleo", "dan")]
    assert sent == [True, True, True, False]
    invite(world.client("stranger"), email="dan@example.com", stores=world.stranger.store.pk)
    assert [row.merchant for row in open_invitations("dan@example.com")] == [world.stranger.merchant]


@pytest.mark.usefixtures("few")
def test_an_invitation_is_sent_again_only_so_often(world: World) -> None:
    row, client = world.mine["tenancy_invitation"], world.client("owner")
    with announced() as events:
        answers = [client.post(address(row, "resend")).status_code for _time in range(3)]
    assert (answers, len(events)) == ([302, 302, 200], 2)
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        client = world.client("owner")
        assert client.post(address(row, "resend")).status_code == 302


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
