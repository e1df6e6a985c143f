"""Who may what: the question of a person and the question of rows answer alike, for every role."""

import pytest

from tenancy import roles, scope
from tenancy.errors import ManagerRequired, OwnerRequired
from tenancy.models import Role, Store, StoreUser, User
from tenancy.selectors import stores_of
from tests import factories
from tests.factories import Shop, fresh


@pytest.fixture
def shop(db: None) -> Shop:
    return factories.shop()


def place(person: User, store: Store, role: str) -> User:
    """Give somebody one more role, at a store; returns them as they sign in next time."""
    with factories.inside(store):
        StoreUser.objects.create(merchant=store.merchant, store=store, user=person, role=role)
    return fresh(person)


def tills(person: User, *stores: Store) -> dict[int, str | None]:
    return {store.pk: roles.role_at(person, store) for store in stores}


def seen_stores(person: User) -> set[Store]:
    with roles.scope_of(person):
        return set(roles.visible_to(person, Store.objects.all()))


# --- The table --------------------------------------------------------------------------------------------


def test_every_role_of_a_member_has_a_row_in_the_table() -> None:
    assert set(roles.RIGHTS) == {roles.OPERATOR, *Role.values}


def test_the_named_sets_are_what_the_roles_do() -> None:
    assert {"operator"} == roles.OPERATORS
    assert {"operator", "owner"} == roles.OWNERS
    assert {"operator", "owner", "manager"} == roles.MANAGERS
    assert {"operator", "owner", "manager", "accountant"} == roles.READERS
    assert {"operator", "owner", "accountant"} == roles.AUDITORS
    assert {"operator", "owner", "manager", "staff"} == roles.CASHIERS


def test_an_accountant_is_no_manager_and_no_owner_to_the_services() -> None:
    accountant = factories.actor("accountant")
    assert (accountant.is_operator, accountant.is_owner, accountant.is_manager) == (False, False, False)
    with pytest.raises(ManagerRequired):
        accountant.require_manager()
    with pytest.raises(OwnerRequired):
        accountant.require_owner()
    factories.actor("manager").require_manager()
    factories.actor("owner").require_owner()


# --- The till: a person, and rows ---------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role.values)
def test_what_a_person_is_at_a_till_is_what_the_rows_say(shop: Shop, role: str) -> None:
    person, rival = factories.member(shop.store, role=role), factories.shop()
    stores = (shop.store, shop.other_store, rival.store)
    with scope.everything("a test looks at every till"):
        rows = roles.with_role_of(person, Store.objects.all())
        found = {row.pk: row.role for row in rows}  # type: ignore[attr-defined]
        listed = {row.pk for row in stores_of(person)}
    assert tills(person, *stores) == {store.pk: found.get(store.pk) for store in stores}
    assert listed == found.keys()
    expected = {"owner": 2, "manager": 1, "accountant": 0, "staff": 1}
    assert len(found) == expected[role]


def test_an_operator_is_one_at_every_till(shop: Shop) -> None:
    operator = factories.operator()
    with scope.everything("a test looks at every till"):
        found = {row.role for row in roles.with_role_of(operator, Store.objects.all())}  # type: ignore[attr-defined]
    assert found == {roles.role_at(operator, shop.store)} == {"operator"}


# --- The console: one role per merchant ---------------------------------------------------------------------


def test_an_accountant_reads_of_all_stores_and_works_at_none(shop: Shop) -> None:
    person = factories.member(shop.store, role=Role.ACCOUNTANT)
    assert seen_stores(person) == {shop.store, shop.other_store}
    assert roles.role_for(person, shop.merchant.pk) == "accountant"
    assert roles.owned_merchant_ids(person) == frozenset()
    assert roles.opens_console(person)
    assert tills(person, shop.store, shop.other_store) == {shop.store.pk: None, shop.other_store.pk: None}


def test_staff_who_keep_the_books_too_are_staff_at_their_till_and_read_in_the_console(shop: Shop) -> None:
    person = place(shop.staff, shop.other_store, Role.ACCOUNTANT)
    assert seen_stores(person) == {shop.store, shop.other_store}
    assert roles.roles_of(person) == {"accountant"}
    assert tills(person, shop.store, shop.other_store) == {shop.store.pk: "staff", shop.other_store.pk: None}


def test_a_manager_who_keeps_the_books_too_manages_no_store_but_their_own(shop: Shop) -> None:
    """Else they saw all stores as an accountant, and changed them all as a manager."""
    person = place(shop.manager, shop.other_store, Role.ACCOUNTANT)
    assert roles.role_for(person, shop.merchant.pk) == "manager"
    assert seen_stores(person) == {shop.store}
    assert roles.reach_of(person) == [[shop.merchant.pk, shop.store.pk]]


def test_an_accountant_of_one_merchant_and_owner_of_another_owns_only_that(shop: Shop) -> None:
    own = factories.shop()
    person = place(own.owner, shop.store, Role.ACCOUNTANT)
    everywhere = {shop.store, shop.other_store, own.store, own.other_store}
    assert seen_stores(person) == everywhere
    assert roles.owned_merchant_ids(person) == {own.merchant.pk}
    with roles.scope_of(person):
        pins = roles.granted(person, Store.objects.all(), roles.MANAGERS)
        lists = roles.granted(person, Store.objects.all(), roles.READERS)
        assert (set(pins), set(lists)) == ({own.store, own.other_store}, everywhere)


def test_what_was_reached_in_a_role_that_has_ended_is_reached_no_more(shop: Shop) -> None:
    person = factories.member(shop.store, role=Role.ACCOUNTANT)
    reach = roles.reach_of(person)
    assert reach == [[shop.merchant.pk, 0]]
    assert roles.still_reaches(person, reach)
    with factories.inside(shop):
        StoreUser.objects.filter(user=person).update(role=Role.MANAGER)
    assert not roles.still_reaches(fresh(person), reach)
