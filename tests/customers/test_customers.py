"""Customers: one per merchant and address or phone, and telephone numbers as people write them."""

from collections.abc import Iterator
from datetime import date

import pytest

from customers import services as customers
from customers.errors import PhoneTaken
from customers.models import Customer
from customers.names import split_name
from groundwork.deletion import soft_delete
from groundwork.formats.phone import to_e164
from tenancy import scope
from tests import factories
from tests.console import world as worlds
from tests.console.world import address, filled
from tests.loyalty.api.till import Till
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("tests of customers"):
        yield


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Anna Weber", "Anna", "Weber"),
        ("Anna de la Tour", "Anna", "de la Tour"),
        ("  Anna   Weber ", "Anna", "Weber"),
        ("Anna", "Anna", ""),
        ("", "", ""),
        ("A " + "de la " * 20 + "Tour", "A" + " de la" * 7 + " de", "la " + "de la " * 12 + "Tour"),
        ("x" * 80 + " " + "y" * 80, "x" * 80, "y" * 80),
        ("x" * 100 + " " + "y" * 100, "x" * 80, "y" * 80),
    ],
)
def test_a_full_name_is_split_at_the_first_space(name: str, first: str, last: str) -> None:
    assert split_name(name) == (first, last)


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("621 123 456", "LU", "+352621123456"),
        ("+352 621-123-456", "FR", "+352621123456"),
        ("00352621123456", "FR", "+352621123456"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("0170 1234567", "DE", "+491701234567"),
        ("(030) 123 45 67", "DE", "+49301234567"),
        ("+352 (0) 621 123 456", "FR", "+352621123456"),
        ("00352(0)621 123 456", "LU", "+352621123456"),
        ("+49 (0)30 123 45 67", "LU", "+49301234567"),
        ("+39 (0)6 698 12345", "LU", "+390669812345"),
        ("+39 (0) 333 123 4567", "LU", "+393331234567"),
        ("+39 (0)352 658 289", "LU", None),
        ("+352 0621 123 456", "LU", None),
        ("(0) 621 123 456", "LU", None),
        ("+352 (0) 62", "LU", None),
        ("12", "LU", None),
        ("anna", "LU", None),
        ("", "LU", None),
    ],
)
def test_a_phone_is_read_as_it_is_written_in_the_shops_country(
    text: str, country: str, number: str | None
) -> None:
    assert to_e164(text, country) == number


def test_a_person_is_known_by_address_whatever_its_case_within_the_merchant() -> None:
    shop, rival = factories.shop(), factories.shop()
    anna, made = customers.find_or_create(store=shop.store, email="Anna@Example.com", name="Anna Weber")
    again, made_again = customers.find_or_create(store=shop.other_store, email="anna@example.COM", name="X")
    other, made_there = customers.find_or_create(store=rival.store, email="anna@example.com")
    assert (made, made_again, made_there) == (True, False, True)
    assert (again, again.name, again.store) == (anna, "Anna Weber", shop.store)
    assert other != anna


def test_who_comes_second_at_the_same_moment_gets_the_first_ones_customer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = factories.shop()
    anna = factories.customer(shop.store, "anna@example.com")
    answers = iter([None, anna])
    monkeypatch.setattr(customers, "find", lambda **which: next(answers))
    assert customers.find_or_create(store=shop.store, email="anna@example.com") == (anna, False)
    assert Customer.objects.count() == 1


def test_a_deleted_customers_address_is_free_again() -> None:
    shop = factories.shop()
    anna = factories.customer(shop.store, "anna@example.com")
    soft_delete(anna, by=None)
    assert customers.find_by_email(merchant=shop.merchant, email="anna@example.com") is None
    again, made = customers.find_or_create(store=shop.store, email="anna@example.com")
    assert (made, again.pk != anna.pk) == (True, True)


def test_a_person_without_an_address_is_known_by_phone_and_without_both_is_new_each_time() -> None:
    shop, rival = factories.shop(), factories.shop()
    anna, made = customers.find_or_create(store=shop.store, phone="621 123 456", name="Anna")
    again, made_again = customers.find_or_create(store=shop.other_store, phone="+352 621 123 456")
    assert (made, made_again, again, again.email) == (True, False, anna, None)
    assert customers.find_or_create(store=rival.store, phone="621123456")[1]
    first, second = (customers.find_or_create(store=shop.store)[0] for _time in range(2))
    assert (first != second, str(first), str(again)) == (True, "-", "Anna")


def test_a_phone_beside_an_unknown_address_must_not_be_somebody_elses() -> None:
    shop = factories.shop()
    anna, _made = customers.find_or_create(store=shop.store, phone="621123456")
    with refused(PhoneTaken) as refusal:
        customers.find_or_create(store=shop.store, email="ben@example.com", phone="621123456")
    assert refusal.extra["errors"][0]["field"] == "phone"
    assert list(Customer.objects.all()) == [anna]
    ben, _made = customers.find_or_create(store=shop.store, email="ben@example.com")
    customers.fill_in(ben, store=shop.store, phone="621123456", birth_date=date(1990, 1, 2))
    after = factories.fresh(ben)
    assert (ben.phone, after.phone, after.birth_date) == ("", "", date(1990, 1, 2))
    customers.fill_in(ben, store=shop.store, phone="621 654 321", birth_date=None)
    assert factories.fresh(ben).phone == "+352621654321"


def test_a_phone_that_cannot_be_one_is_left_out() -> None:
    shop = factories.shop()
    anna, _made = customers.find_or_create(store=shop.store, email="anna@example.com", phone="12")
    assert anna.phone == ""


def test_a_pasted_address_with_something_invisible_is_the_same_customer() -> None:
    shop = factories.shop()
    first, was_new = customers.find_or_create(store=shop.store, email="anouk@example.com")
    assert was_new
    again, was_new = customers.find_or_create(store=shop.store, email="Anouk@example.com\u200b")
    assert (again, was_new) == (first, False)
    assert Customer.objects.get().email == "anouk@example.com"


# --- Birthdays ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "is_kept"),
    [
        ("1990-02-28", True),
        ("1904-02-29", True),
        ("1905-01-01", False),
        ("1850-01-01", False),
        ("2100-01-01", False),
    ],
)
def test_a_birthday_that_nobody_has_is_refused_wherever_it_is_typed(born: str, is_kept: bool) -> None:
    world = worlds.build()
    shop, somebody = world.shop, world.mine["customers_customer"]
    typed = {"email": "ben@example.com", "birth_date": born, "create_if_missing": True}
    answer = Till(shop.store, shop.staff).post("cards/", typed)
    assert answer.status_code == (201 if is_kept else 400)
    client = world.client("manager")
    page = client.get(address(somebody))
    changed = client.post(address(somebody), filled(page, birth_date=born, first_name="Anouk"))
    assert changed.status_code == (302 if is_kept else 200)
    with factories.inside(shop):
        kept = Customer.objects.filter(email="ben@example.com")
        assert [str(one.birth_date) for one in kept] == ([born] if is_kept else [])
        assert (str(factories.fresh(somebody).birth_date) == born) is is_kept


def test_a_birthday_that_was_brought_along_keeps_nobody_from_changing_a_name() -> None:
    world = worlds.build()
    somebody = world.mine["customers_customer"]
    with factories.inside(world.shop):
        Customer.objects.filter(pk=somebody.pk).update(birth_date=date(1850, 1, 1))
    client = world.client("manager")
    client.post(address(somebody), filled(client.get(address(somebody)), first_name="Anouk"))
    after = factories.fresh(somebody)
    assert (after.first_name, after.birth_date) == ("Anouk", date(1850, 1, 1))
