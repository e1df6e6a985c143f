"""Inviting in the console: a link goes out, nobody is made, and nobody learns who has an account."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tenancy.models import HistoryEntry, Invitation, Role, Store, User
from tests import factories
from tests.announcements import announced
from tests.console.world import World, address, errors, list_address

STRONG = "blueberry-tram-77"


def invite(client: Client, **data: object) -> object:
    return client.post(list_address(Invitation, "add"), {"role": "staff"} | data)


def open_invitations(email: str) -> list[Invitation]:
    with factories.scope.everything("a test looks"):
        rows = Invitation.objects.filter(email=email, accepted_at__isnull=True, revoked_at__isnull=True)
        return list(rows.order_by("pk"))


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
