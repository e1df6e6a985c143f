"""The link of an invitation: when it ends, and whose account it opens."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core import signing

from groundwork import clock, deletion
from groundwork.errors import Invalid
from tenancy import invitations, scope
from tenancy.errors import AccountExists, InvitationEnded, InvitationForAnother, OwnerRequired
from tenancy.models import Invitation, Merchant, Role, Store, StoreUser
from tests import factories
from tests.announcements import announced
from tests.factories import Shop
from tests.tenancy.invited import NOON, STRONG, accepted, invited, owns_both, places, state

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("tests look at several merchants"):
        yield


@pytest.fixture
def shop() -> Shop:
    return factories.shop()


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


def test_a_link_with_another_end_is_no_link(shop: Shop) -> None:
    invitation = invited(shop)
    token = invitations.token_of(invitation)
    assert invitations.find_open(token) == invitation
    with pytest.raises(InvitationEnded):
        invitations.find_open(token[:-1] + ("B" if token.endswith("A") else "A"))


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
