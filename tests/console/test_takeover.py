"""An account that is known elsewhere is nobody's to take, whatever has become of that elsewhere."""

from collections.abc import Callable

import pytest

from groundwork import deletion
from tenancy.models import Merchant, StoreUser, User
from tests import factories
from tests.console.world import World, address, errors, filled, history_of, list_address

STRONG = "blueberry-tram-77"


def password_page(person: User) -> str:
    return f"/admin/tenancy/user/{person.pk}/password/"


def give_password(world: World, person: User) -> int:
    """The owner types a new password for somebody; returns the status of the answer."""
    typed = {"password1": STRONG, "password2": STRONG}
    return world.client("owner").post(password_page(person), typed).status_code


def add_here(world: World, email: str, **data: object) -> object:
    """The owner adds an address at their first store."""
    given = {"email": email, "role": "staff", "store": world.shop.store.pk, "password": STRONG}
    return world.client("owner").post(list_address(StoreUser, "add"), given | data)


def memberships(person: User) -> list[StoreUser]:
    with factories.scope.everything("a test looks"):
        return list(StoreUser.all_objects.filter(user=person).order_by("pk"))


def deleted_membership(world: World, person: User) -> None:
    deletion.soft_delete(memberships(person)[0], by=world.stranger.owner)


def deactivated_membership(world: World, person: User) -> None:
    with factories.inside(world.stranger):
        StoreUser.objects.filter(user=person).update(is_active=False)


def deleted_store(world: World, person: User) -> None:
    deletion.soft_delete(world.stranger.store, by=world.stranger.owner)


def deleted_merchant(world: World, person: User) -> None:
    deletion.soft_delete(world.stranger.merchant, by=world.operator)


def inactive_merchant(world: World, person: User) -> None:
    Merchant.objects.filter(pk=world.stranger.merchant.pk).update(is_active=False)


def nothing(world: World, person: User) -> None:
    """They still work there."""


ENDINGS = [
    nothing,
    deleted_membership,
    deactivated_membership,
    deleted_store,
    deleted_merchant,
    inactive_merchant,
]


@pytest.mark.parametrize("ending", ENDINGS)
def test_whoever_worked_elsewhere_keeps_their_account(
    world: World, ending: Callable[[World, User], None]
) -> None:
    person = factories.member(world.stranger.store)
    ending(world, person)
    before = factories.fresh(person)
    assert add_here(world, person.email).status_code == 302
    assert [row.store_id for row in memberships(person)] == [world.stranger.store.pk, world.shop.store.pk]
    assert give_password(world, person) == 403
    changes = {"email": "taken@example.com", "first_name": "Taken", "is_active": ""}
    assert world.client("owner").post(address(person), changes).status_code == 403
    assert world.client("owner").post(address(person, "delete"), {"post": "yes"}).status_code == 403
    after = factories.fresh(person)
    for name in ("password", "email", "first_name", "last_name", "is_active", "deleted_at"):
        assert getattr(after, name) == getattr(before, name)


def test_whoever_is_restored_elsewhere_is_still_themselves(world: World) -> None:
    person = factories.member(world.stranger.store, role="owner")
    deleted_membership(world, person)
    add_here(world, person.email)
    give_password(world, person)
    theirs = memberships(person)[0]
    page = address(theirs, "restore")
    assert world.client("stranger").post(page, {"confirmed": "yes"}).status_code == 302
    assert memberships(person)[0].deleted_at is None
    assert give_password(world, person) == 403
    assert factories.fresh(person).check_password(factories.PASSWORD)


def test_whoever_two_merchants_have_added_belongs_to_neither(world: World) -> None:
    add_here(world, "new@example.com")
    person = User.objects.get(email="new@example.com")
    again = {"email": person.email, "role": "staff", "store": world.stranger.store.pk}
    other = world.client("stranger")
    assert (
        other.post(list_address(StoreUser, "add"), again | {"password": "raspberry-bus-88"}).status_code
        == 302
    )
    before = factories.fresh(person).password
    for who in ("owner", "stranger"):
        typed = {"password1": "plum-train-99", "password2": "plum-train-99"}
        assert world.client(who).post(password_page(person), typed).status_code == 403
    assert factories.fresh(person).password == before


def test_a_colleague_who_became_an_operator_later_is_out_of_reach(world: World) -> None:
    add_here(world, "new@example.com")
    person = User.objects.get(email="new@example.com")
    User.objects.filter(pk=person.pk).update(is_superuser=True)
    before = factories.fresh(person).password
    assert give_password(world, person) == 403
    assert factories.fresh(person).password == before


def test_whoever_has_done_something_elsewhere_keeps_their_password(world: World) -> None:
    person = factories.member(world.shop.store)
    with factories.inside(world.stranger):
        history_of(world.stranger.store, person)
    assert give_password(world, person) == 403
    assert factories.fresh(person).check_password(factories.PASSWORD)


@pytest.mark.parametrize("was_operator", [True, False])
def test_a_deleted_account_of_the_same_address_counts(world: World, was_operator: bool) -> None:
    if was_operator:
        gone = factories.operator()
    else:
        gone = factories.member(world.stranger.store)
    deletion.soft_delete(gone, by=world.operator)
    add_here(world, gone.email)
    person = User.objects.get(email=gone.email)
    before = person.password
    assert give_password(world, person) == 403
    assert factories.fresh(person).password == before
    assert factories.fresh(gone).check_password(factories.PASSWORD)


def test_an_owner_sets_the_password_of_a_person_who_was_only_ever_theirs(world: World) -> None:
    person = factories.member(world.shop.store)
    with factories.inside(world.shop):
        history_of(world.shop.store, person)
    deletion.soft_delete(memberships(person)[0], by=world.shop.owner)
    add_here(world, person.email, password="raspberry-bus-88")
    assert factories.fresh(person).check_password(factories.PASSWORD)
    assert give_password(world, person) == 302
    assert factories.fresh(person).check_password(STRONG)


def test_an_owner_still_decides_where_a_person_of_several_merchants_works(world: World) -> None:
    person = factories.member(world.stranger.store, world.shop.store)
    theirs, mine = memberships(person)
    client = world.client("owner")
    client.post(address(mine), filled(client.get(address(mine)), role="manager"))
    assert [row.role for row in memberships(person)] == ["staff", "manager"]
    client.post(address(mine), filled(client.get(address(mine)), is_active=None))
    assert [row.is_active for row in memberships(person)] == [True, False]
    client.post(address(mine, "delete"), {"post": "yes"})
    assert [row.is_deleted for row in memberships(person)] == [False, True]
    assert factories.fresh(theirs).deleted_at is None


@pytest.mark.parametrize("password", ["", "1234567890", "short"])
def test_a_refused_password_does_not_tell_who_signs_in_here(world: World, password: str) -> None:
    known = factories.member(world.stranger.store, email="known@example.com")
    answers = [add_here(world, email, password=password) for email in (known.email, "nobody@example.com")]
    assert errors(answers[0]) == errors(answers[1])
    assert list(errors(answers[0])) == ["password"]
    assert len(memberships(known)) == 1
    assert not User.objects.filter(email="nobody@example.com").exists()


def test_a_password_is_not_compared_with_a_name_that_only_others_know(world: World) -> None:
    known = factories.user("known@example.com", first_name="Blueberry")
    for email in (known.email, "nobody@example.com"):
        assert add_here(world, email, password="blueberry-7").status_code == 302
    assert factories.fresh(known).check_password(factories.PASSWORD)
