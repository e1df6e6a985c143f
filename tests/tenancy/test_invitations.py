"""Invitations, as stories of a shop: who is asked, who comes, and whose account it is."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groundwork import clock, deletion
from groundwork.errors import Invalid
from tenancy import invitations, scope
from tenancy.errors import AccountExists, InvitationEnded, InvitationForAnother, OwnerRequired
from tenancy.models import HistoryEntry, Invitation, Merchant, Role, Store, StoreUser, User
from tests import factories
from tests.announcements import announced
from tests.factories import Shop

pytestmark = pytest.mark.django_db
STRONG = "blueberry-tram-77"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("tests look at several merchants"):
        yield


@pytest.fixture
def shop() -> Shop:
    return factories.shop()


def invited(shop: Shop, email: str = "nora@example.com", *stores: Store, role: str = "staff") -> Invitation:
    """The owner of a shop invites somebody, to its first store if none is named."""
    return invitations.invite(
        merchant=shop.merchant,
        stores=stores or [shop.store],
        actor=factories.actor("owner", shop.owner),
        email=email,
        role=role,
    )


def owns_both(shop: Shop) -> None:
    """The owner stays one without the first store."""
    StoreUser.objects.create(merchant=shop.merchant, store=shop.other_store, user=shop.owner, role=Role.OWNER)


def accepted(invitation: Invitation) -> User:
    """Somebody without an account opens the link and chooses a password."""
    token = invitations.token_of(invitation)
    return invitations.accept_as_new(token=token, password=STRONG, first_name="Nora", last_name="Weis")


def places(person: User) -> list[tuple[int, str, bool]]:
    rows = StoreUser.all_objects.filter(user=person).order_by("pk")
    return [(row.store_id, row.role, row.is_deleted) for row in rows]


def state() -> tuple[int, int, list[tuple[object, ...]]]:
    rows = Invitation.objects.order_by("pk").values_list("accepted_at", "revoked_at", "expires_at")
    return User.all_objects.count(), StoreUser.all_objects.count(), list(rows)


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


# --- The link ---------------------------------------------------------------------------------------------


def used(shop: Shop, invitation: Invitation) -> None:
    accepted(invitation)


def taken_back(shop: Shop, invitation: Invitation) -> None:
    invitations.revoke(invitation=invitation, actor=factories.actor("owner", shop.owner))


def merchant_deleted(shop: Shop, invitation: Invitation) -> None:
    deletion.soft_delete(shop.merchant, by=None)


def store_deleted(shop: Shop, invitation: Invitation) -> None:
    owns_both(shop)
    deletion.soft_delete(shop.store, by=None)


def inviter_dismissed(shop: Shop, invitation: Invitation) -> None:
    StoreUser.objects.filter(user=shop.owner).update(is_active=False)


def inviter_deleted(shop: Shop, invitation: Invitation) -> None:
    deletion.soft_delete(shop.owner, by=None)


@pytest.mark.parametrize(
    "ending", [used, taken_back, merchant_deleted, store_deleted, inviter_dismissed, inviter_deleted]
)
def test_a_link_ends(shop: Shop, ending: Callable[[Shop, Invitation], None]) -> None:
    invitation, ken = invited(shop), factories.user("ken@example.com")
    token = invitations.token_of(invitation)
    assert invitations.find_open(token) == invitation
    ending(shop, invitation)
    before = state()
    with pytest.raises(InvitationEnded):
        invitations.find_open(token)
    with pytest.raises(InvitationEnded):
        invitations.accept_as_new(token=token, password=STRONG)
    with pytest.raises(InvitationEnded):
        invitations.accept(token=token, user=ken)
    assert state() == before


def test_a_link_is_valid_for_72_hours(shop: Shop) -> None:
    with clock.at(NOON):
        invitation = invited(shop)
    with clock.at(NOON + timedelta(hours=71, minutes=59)):
        assert invitations.find_open(invitations.token_of(invitation)) == invitation
    before = state()
    with clock.at(NOON + timedelta(hours=72)), pytest.raises(InvitationEnded):
        accepted(invitation)
    assert state() == before


def test_an_older_link_lives_no_longer_because_another_was_sent(shop: Shop) -> None:
    with clock.at(NOON):
        first = invited(shop)
        old = invitations.token_of(first)
    with clock.at(NOON + timedelta(hours=60)), announced() as events:
        again = invitations.resend(invitation=first, actor=factories.actor("owner", shop.owner))
        assert invitations.find_open(old) == first
    assert [event.about_id for event in events] == [first.pk]
    with clock.at(NOON + timedelta(hours=80)):
        with pytest.raises(InvitationEnded):
            invitations.find_open(old)
        assert accepted(again).email == "nora@example.com"


def test_what_is_over_is_neither_sent_again_nor_taken_back(shop: Shop) -> None:
    owner = factories.actor("owner", shop.owner)
    invitation = invited(shop)
    accepted(invitation)
    before = state()
    for verb in (invitations.resend, invitations.revoke):
        with announced() as events, pytest.raises(InvitationEnded):
            verb(invitation=invitation, actor=owner)
        with pytest.raises(OwnerRequired):
            verb(invitation=invitation, actor=factories.actor("manager", shop.manager))
    assert (state(), events) == (before, [])


MADE_UP = {
    "nothing": "",
    "a letter": "x",
    "no ascii": "\u00e9\u00e9",
    "signed for something else": signing.dumps([1, 9_999_999_999]),
    "dots": "." * 9_000,
}


@pytest.mark.parametrize("token", MADE_UP.values(), ids=MADE_UP)
def test_a_link_is_not_guessed(shop: Shop, token: str) -> None:
    invited(shop)
    with pytest.raises(InvitationEnded):
        invitations.find_open(token)


# --- Whose account ----------------------------------------------------------------------------------------


def test_a_link_that_was_passed_on_makes_nobody_else_a_member(shop: Shop) -> None:
    invitation, ken = invited(shop), factories.user("ken@example.com")
    before = state()
    for stranger in (ken, shop.owner, factories.operator()):
        before = state()
        with pytest.raises(InvitationForAnother):
            invitations.accept(token=invitations.token_of(invitation), user=stranger)
        assert state() == before


def test_a_link_sets_no_password_of_an_account_that_is_there(shop: Shop) -> None:
    nora = factories.user("nora@example.com")
    invitation = invited(shop)
    before = state()
    with pytest.raises(AccountExists):
        invitations.accept_as_new(token=invitations.token_of(invitation), password=STRONG)
    assert state() == before
    assert factories.fresh(nora).password == nora.password


@pytest.mark.parametrize("password", ["", "1234567890", "short", "nora-weis-1"])
def test_a_password_is_a_good_one(shop: Shop, password: str) -> None:
    invitation = invited(shop, "nora.weis@example.com")
    before = state()
    with pytest.raises(Invalid) as refusal:
        invitations.accept_as_new(
            token=invitations.token_of(invitation),
            password=password,
            first_name="Nora",
            last_name="nora-weis",
        )
    assert [error["field"] for error in refusal.value.extra["errors"]] == ["password"]
    assert state() == before


def test_a_deleted_account_is_not_what_the_new_one_gets(shop: Shop) -> None:
    """Whoever has the address now gets none of what somebody else was with it."""
    rival = factories.shop()
    gone = factories.member(rival.store, role=Role.OWNER, email="nora@example.com")
    deletion.soft_delete(gone, by=None)
    nora = accepted(invited(shop))
    assert nora.pk != gone.pk
    assert places(nora) == [(shop.store.pk, "staff", False)]
    assert factories.fresh(gone).check_password(factories.PASSWORD)


def test_whoever_was_deleted_as_a_member_is_invited_again(shop: Shop) -> None:
    (membership,) = StoreUser.objects.filter(user=shop.staff)
    deletion.soft_delete(membership, by=shop.owner)
    invitation = invited(shop, shop.staff.email, role="manager")
    invitations.accept(token=invitations.token_of(invitation), user=shop.staff)
    assert places(shop.staff) == [(shop.store.pk, "staff", True), (shop.store.pk, "manager", False)]
    assert factories.fresh(shop.staff).password == shop.staff.password


@pytest.mark.parametrize("is_active", [True, False])
def test_a_membership_that_was_restored_meanwhile_stays_as_it_is(shop: Shop, is_active: bool) -> None:
    (membership,) = StoreUser.objects.filter(user=shop.staff)
    deletion.soft_delete(membership, by=shop.owner)
    invitation = invited(shop, shop.staff.email, role="owner")
    deletion.restore(membership)
    StoreUser.objects.filter(pk=membership.pk).update(is_active=is_active)
    invitations.accept(token=invitations.token_of(invitation), user=shop.staff)
    assert places(shop.staff) == [(shop.store.pk, "staff", False)]
    assert factories.fresh(membership).is_active == is_active


def test_the_stores_that_are_left_count(shop: Shop) -> None:
    owns_both(shop)
    invitation = invited(shop, "nora@example.com", shop.store, shop.other_store)
    deletion.soft_delete(shop.store, by=None)
    assert places(accepted(invitation)) == [(shop.other_store.pk, "staff", False)]


def test_an_invitation_of_an_operator_makes_the_first_owner(shop: Shop) -> None:
    bare = Merchant.objects.create(name="Bare", slug="bare")
    store = Store.objects.create(merchant=bare, name="First", store_code="bare-first")
    made = invitations.invite(
        merchant=bare,
        stores=[store],
        actor=factories.actor("operator", factories.operator()),
        email="nora@example.com",
        role="owner",
    )
    assert places(accepted(made)) == [(store.pk, "owner", False)]


def test_whoever_never_came_is_forgotten_a_month_later(shop: Shop) -> None:
    with clock.at(NOON):
        never, came = invited(shop, "never@example.com"), invited(shop, "came@example.com")
        gone, person = invited(shop, "gone@example.com"), accepted(came)
        invitations.revoke(invitation=gone, actor=factories.actor("owner", shop.owner))
    ended = NOON + timedelta(hours=72)
    assert invitations.clean(now=ended + timedelta(days=30)) == 0
    assert Invitation.objects.filter(pk__in=[never.pk, gone.pk, came.pk]).count() == 3
    assert invitations.clean(now=ended + timedelta(days=30, seconds=1)) == 2
    assert list(Invitation.objects.values_list("email", flat=True)) == ["came@example.com"]
    assert places(person) == [(shop.store.pk, "staff", False)]
