"""Races over an invitation: one link opened by many, two merchants at one address, two owners at each other."""

from collections import Counter

import pytest

from groundwork.database import advisory_lock
from tenancy import invitations, services
from tenancy.models import Invitation, Role, StoreUser, User
from tests import factories
from tests.concurrency.crowd import (
    ROUNDS,
    Crowd,
    all_have_read_before_anyone_writes,
    loses,
    without_row_locks,
)

pytestmark = pytest.mark.concurrency
STRONG = "blueberry-tram-77"


def everybody_accepts(crowd: Crowd) -> None:
    """One account, whose owner's browser sends the form again and again."""
    shop, nora = factories.shop(), factories.user()
    token = invitations.token_of(factories.invitation(shop.store, shop.owner, nora.email))
    answers = crowd.all_at_once(lambda number: invitations.accept(token=token, user=nora))
    done = answers.count("done")
    assert done == 1, f"{done} acceptances of one invitation"
    assert answers.count("invitation_ended") == crowd.size - 1
    assert StoreUser.objects.filter(user=nora).count() == 1
    assert Invitation.objects.get(email=nora.email).accepted_by == nora


def test_an_invitation_is_accepted_once(few: Crowd) -> None:
    """Seen red: `test_without_its_lock_an_invitation_is_accepted_by_many`."""
    for _round in range(ROUNDS):
        everybody_accepts(few)


def test_without_its_lock_an_invitation_is_accepted_by_many(few: Crowd) -> None:
    meeting = all_have_read_before_anyone_writes(invitations, "_locked", few.size)
    with without_row_locks(), meeting, loses("[0-9]+ acceptances of one invitation"):
        everybody_accepts(few)


def test_a_link_that_is_opened_twice_makes_one_account(few: Crowd) -> None:
    shop = factories.shop()
    token = invitations.token_of(factories.invitation(shop.store, shop.owner, "nora@example.com"))
    answers = few.all_at_once(
        lambda number: str(invitations.accept_as_new(token=token, password=f"{STRONG}-{number}") and "done")
    )
    assert Counter(answers) == {"done": 1, "invitation_ended": few.size - 1}
    nora = User.objects.get(email="nora@example.com")
    winner = answers.index("done")
    assert nora.check_password(f"{STRONG}-{winner}")
    assert StoreUser.objects.filter(user=nora).count() == 1


def test_two_merchants_invitations_make_one_account_at_once(few: Crowd) -> None:
    shops = [factories.shop() for _ in range(few.size)]
    tokens = [
        invitations.token_of(factories.invitation(shop.store, shop.owner, "nora@example.com"))
        for shop in shops
    ]
    with all_have_read_before_anyone_writes(invitations, "_hold", few.size):
        answers = few.all_at_once(
            lambda number: invitations.accept_as_new(token=tokens[number], password=STRONG) and "done"
        )
    assert Counter(answers) == {"done": 1, "account_exists": few.size - 1}
    assert User.objects.filter(email="nora@example.com").count() == 1
    assert StoreUser.objects.filter(user__email="nora@example.com").count() == 1


def test_an_address_is_invited_once_at_once(few: Crowd) -> None:
    shop = factories.shop()
    with all_have_read_before_anyone_writes(invitations, "check", few.size):
        answers = few.all_at_once(
            lambda number: factories.invitation(shop.store, shop.owner, "nora@example.com") and "done"
        )
    assert Counter(answers) == {"done": 1, "invalid": few.size - 1}
    assert Invitation.objects.filter(email="nora@example.com").count() == 1


def both_owners_remove_each_other(crowd: Crowd) -> None:
    shop = factories.shop()
    partner = factories.member(shop.other_store, role=Role.OWNER)
    rows = [StoreUser.objects.get(user=person) for person in (shop.owner, partner)]
    actors = [factories.actor("owner", person) for person in (partner, shop.owner)]

    answers = crowd.all_at_once(
        lambda number: services.remove_member(member=rows[number], actor=actors[number]) or "done", people=2
    )
    left = StoreUser.objects.filter(merchant=shop.merchant, role=Role.OWNER).count()
    assert left == 1, f"{left} owners left"
    assert Counter(answers) == {"done": 1, "last_owner": 1}


def test_two_owners_who_remove_each_other_leave_one(few: Crowd) -> None:
    """Seen red: `test_without_taking_turns_two_owners_leave_nobody`."""
    for _round in range(ROUNDS):
        both_owners_remove_each_other(few)


def test_without_taking_turns_two_owners_leave_nobody(few: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advisory_lock, "take", lambda *what: None)
    meeting = all_have_read_before_anyone_writes(services, "_require_an_owner", 2)
    with meeting, loses("0 owners left"):
        both_owners_remove_each_other(few)
