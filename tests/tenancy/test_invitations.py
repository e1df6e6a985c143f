"""Invitations, as stories of a shop: who is asked, and who comes."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groundwork import clock, deletion
from groundwork.errors import Invalid
from tenancy import invitations, scope
from tenancy.errors import AccountExists, OwnerRequired
from tenancy.models import HistoryEntry, Invitation, User
from tests import factories
from tests.announcements import announced
from tests.factories import Shop
from tests.tenancy.invited import NOON, STRONG, accepted, invited, places, state

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("tests look at several merchants"):
        yield


@pytest.fixture
def shop() -> Shop:
    return factories.shop()


# --- Coming -----------------------------------------------------------------------------------------------


def test_somebody_without_an_account_makes_one_and_works_at_both_stores(shop: Shop) -> None:
    with announced() as events:
        invitation = invited(shop, " Nora@Example.com", shop.store, shop.other_store, role="manager")
    assert [(event.kind, event.about_id) for event in events] == [("invitation", invitation.pk)]
    assert not User.objects.filter(email="nora@example.com").exists()
    nora = accepted(invitation)
    assert (nora.email, nora.first_name, nora.is_superuser) == ("nora@example.com", "Nora", False)
    assert nora.check_password(STRONG)
    assert places(nora) == [(shop.store.pk, "manager", False), (shop.other_store.pk, "manager", False)]
    assert factories.fresh(invitation).accepted_by == nora


def test_somebody_with_an_account_keeps_password_and_name(shop: Shop) -> None:
    ken = factories.user("ken@example.com", first_name="Ken")
    invitation = invited(shop, "KEN@example.com")
    invitations.accept(token=invitations.token_of(invitation), user=ken)
    again = factories.fresh(ken)
    assert (again.password, again.first_name) == (ken.password, "Ken")
    assert places(ken) == [(shop.store.pk, "staff", False)]


def test_accepting_is_in_the_history_of_the_invitation_and_of_the_membership(shop: Shop) -> None:
    nora = accepted(invited(shop))
    entries = HistoryEntry.objects.filter(user=nora).order_by("pk")
    assert [(entry.merchant_id, entry.store_id, entry.action) for entry in entries] == [
        (shop.merchant.pk, None, "changed"),
        (shop.merchant.pk, shop.store.pk, "added"),
    ]
    assert "nora@example.com" not in entries[0].name


def test_two_merchants_invite_one_person_who_is_one_account(shop: Shop) -> None:
    rival = factories.shop()
    first, second = invited(shop), invited(rival, role="owner")
    nora = accepted(first)
    with pytest.raises(AccountExists):
        invitations.accept_as_new(token=invitations.token_of(second), password="raspberry-bus-88")
    assert factories.fresh(nora).check_password(STRONG)
    invitations.accept(token=invitations.token_of(second), user=nora)
    assert places(nora) == [(shop.store.pk, "staff", False), (rival.store.pk, "owner", False)]


@pytest.mark.parametrize(
    "written", ["NORA@EXAMPLE.COM", " nora@example.com ", "nora@example.com\u200b", "Nora@Example.com"]
)
def test_an_address_is_the_same_however_it_is_written(shop: Shop, written: str) -> None:
    nora = factories.user("nora@example.com")
    invitation = invited(shop, written)
    assert invitation.email == "nora@example.com"
    invitations.accept(token=invitations.token_of(invitation), user=nora)
    assert places(nora) == [(shop.store.pk, "staff", False)]


def test_an_address_in_decomposed_letters_is_the_composed_one(shop: Shop) -> None:
    rene = factories.user("rene@caf\u00e9.example")
    invitation = invited(shop, "rene@cafe\u0301.example")
    invitations.accept(token=invitations.token_of(invitation), user=rene)
    assert places(rene) == [(shop.store.pk, "staff", False)]


# --- Asking -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["manager", "accountant", "staff", None])
@pytest.mark.parametrize("given", ["owner", "staff"])
def test_nobody_but_an_owner_invites(shop: Shop, role: str | None, given: str) -> None:
    before = state()
    with announced() as events, pytest.raises(OwnerRequired):
        invitations.invite(
            merchant=shop.merchant,
            stores=[shop.store],
            actor=factories.actor(role, shop.manager),  # type: ignore[arg-type]
            email="nora@example.com",
            role=given,
        )
    assert (state(), events) == (before, [])


def test_an_address_is_invited_once_until_the_invitation_is_taken_back(shop: Shop) -> None:
    first = invited(shop)
    with announced() as events, pytest.raises(Invalid) as refusal:
        invited(shop, "Nora@example.com", shop.other_store)
    assert [error["field"] for error in refusal.value.extra["errors"]] == ["email"]
    assert (Invitation.objects.count(), events) == (1, [])
    invitations.revoke(invitation=first, actor=factories.actor("owner", shop.owner))
    second = invited(shop, "nora@example.com", shop.other_store)
    assert places(accepted(second)) == [(shop.other_store.pk, "staff", False)]


def test_an_invitation_that_has_run_out_is_no_hindrance(shop: Shop) -> None:
    with clock.at(NOON):
        first = invited(shop)
    with clock.at(NOON + timedelta(hours=73)):
        second = invited(shop)
        assert factories.fresh(first).revoked_at == NOON + timedelta(hours=73)
        assert places(accepted(second)) == [(shop.store.pk, "staff", False)]


def test_a_colleague_is_not_invited_to_where_they_work(shop: Shop) -> None:
    for written in (shop.staff.email, shop.staff.email.upper()):
        with announced() as events, pytest.raises(Invalid) as refusal:
            invited(shop, written)
        assert [error["field"] for error in refusal.value.extra["errors"]] == ["email"]
    assert (Invitation.objects.count(), events) == (0, [])
    assert invited(shop, shop.staff.email, shop.other_store).pk


def test_a_store_of_somebody_else_is_nobodys_to_offer(shop: Shop) -> None:
    rival = factories.shop()
    for stores in ([rival.store], [shop.store, rival.store]):
        with pytest.raises(Invalid):
            invited(shop, "nora@example.com", *stores)
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize(
    "kind", ["nobody", "known", "works elsewhere", "operator", "was deleted", "switched off"]
)
def test_what_is_answered_and_kept_does_not_tell_who_has_an_account(shop: Shop, kind: str) -> None:
    email = "somebody@example.com"
    if kind == "works elsewhere":
        factories.member(factories.shop().store, email=email)
    elif kind != "nobody":
        person = factories.user(email, is_superuser=kind == "operator", is_active=kind != "switched off")
        if kind == "was deleted":
            deletion.soft_delete(person, by=None)
    with clock.at(NOON), announced() as events:
        made = invited(shop, email)
    columns = Invitation.objects.filter(pk=made.pk).values("email", "role", "accepted_by", "expires_at").get()
    expires = NOON + timedelta(hours=72)
    assert columns == {"email": email, "role": "staff", "accepted_by": None, "expires_at": expires}
    assert [(event.kind, event.about_id) for event in events] == [("invitation", made.pk)]


def test_as_many_questions_are_asked_for_a_stranger_as_for_nobody(shop: Shop) -> None:
    factories.member(factories.shop().store, email="known@example.com")
    counts = []
    for email in ("known@example.com", "nobody@example.com"):
        with CaptureQueriesContext(connection) as asked:
            invited(shop, email)
        counts.append([query["sql"].split()[:4] for query in asked if "SAVEPOINT" not in query["sql"]])
    assert counts[0] == counts[1]
