"""Long lists of cards and customers are sorted by what is kept beside them, and no row is out of reach in any order."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from customers.models import YEAR_UNKNOWN, Customer
from groundwork.console import lists, paging
from loyalty.models import LoyaltyCard, MerchantCalendar
from loyalty.services import stamps
from notifications.models import Code, EmailTemplate
from tenancy import scope
from tenancy.models import ListColumns
from tests import factories
from tests.console.world import World, list_address, move_on, said

CARDS, PEOPLE = list_address(LoyaltyCard), list_address(Customer)
STAMPS = (0, 3, 3, 3, 1)  # of the cards, beside the two of the one that was there


@pytest.fixture
def stamped(world: World) -> list[LoyaltyCard]:
    """Some cards, three of which have the same."""
    made = [factories.card(world.shop.store, stamps=count) for count in STAMPS]
    move_on(world)
    return made


@pytest.fixture
def everything_is_long(stamped: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "COUNT_LIMIT", 2)
    monkeypatch.setattr("groundwork.console.base.GrantedAdmin.list_per_page", 2)


def place(client: Client, path: str, column: str) -> str:
    number: int = client.get(path).context_data["cl"].list_display.index(column)
    return str(number)


def walk(client: Client, path: str, order: str) -> list[Any]:
    """All rows, from page to page as the list itself leads there."""
    found, query = [], f"?o={order}"
    while query:
        shown = client.get(path + query).context_data["cl"]
        found += shown.result_list
        query = shown.steps.get("next", "")
    return found


def each_once_in_order(world: World, path: str, column: str, value: Callable[[Any], Any]) -> None:
    """Hold that a list sorted by a column, either way, has each row once and in the order of a value."""
    client = world.client("owner")
    with factories.inside(world.shop):
        whole = {row.pk for row in client.get(path).context_data["cl"].root_queryset.filter(deleted_at=None)}
        number = place(client, path, column)
        for sign in ("", "-"):
            rows = walk(client, path, sign + number)
            order = [value(row) for row in rows]
            assert order == sorted(order, reverse=bool(sign)), column
            assert [len(rows), {row.pk for row in rows}] == [len(whole), whole], column


@pytest.mark.usefixtures("everything_is_long")
@pytest.mark.parametrize(
    ("path", "columns"),
    [
        (CARDS, {"stamp_count": "stamps", "points_balance": "points", "owed_now": "owed"}),
        (PEOPLE, {"stamps": "stamps", "points": "points", "last_activity": "last_activity_at"}),
    ],
    ids=["cards", "customers"],
)
def test_every_row_is_reached_once_in_the_order_of_each_column(
    world: World, path: str, columns: dict[str, str]
) -> None:
    for column, kept in columns.items():
        each_once_in_order(world, path, column, lambda row, kept=kept: (getattr(row.standing, kept), row.pk))


@pytest.fixture
def of_many_kinds(world: World, stamped: list[LoyaltyCard]) -> None:
    """People born on some days of some years, who read some languages, and of whom some want offers."""
    known = [
        {"birth_date": date(1990, 3, 12), "preferred_language": "fr", "marketing_consent": True},
        {"birth_date": date(1961, 12, 31), "preferred_language": "de"},
        {"birth_date": date(1985, 3, 12), "preferred_language": "fr"},
        {"birth_date": date(YEAR_UNKNOWN, 2, 29), "marketing_consent": True},
    ]
    with factories.inside(world.shop):
        for card, values in zip(stamped, known, strict=False):
            Customer.objects.filter(pk=card.customer_id).update(**values)
        owner = world.client("owner").get(CARDS).wsgi_request.user.pk
        for about, columns in {"loyalty.loyaltycard": OF_CUSTOMERS, "customers.customer": OF_PEOPLE}.items():
            ListColumns.objects.create(user_id=owner, about=about, columns=list(columns))


def in_year(customer: Customer) -> tuple[int, int]:
    """Those of whom nobody knows the day come last."""
    born = customer.birth_date
    return (born.month, born.day) if born else (99, 99)


OF_PEOPLE = {
    "birthday": in_year,
    "preferred_language": lambda customer: customer.preferred_language,
    "marketing_consent": lambda customer: customer.marketing_consent,
}
OF_CUSTOMERS = dict(zip(("birthday", "language", "consent"), OF_PEOPLE.values(), strict=True))


@pytest.mark.usefixtures("of_many_kinds", "everything_is_long")
@pytest.mark.parametrize(
    ("path", "columns"), [(CARDS, OF_CUSTOMERS), (PEOPLE, OF_PEOPLE)], ids=["cards", "people"]
)
def test_who_people_are_sorts_them_and_their_cards_and_each_is_reached_once(
    world: World, path: str, columns: dict[str, Callable[[Customer], Any]]
) -> None:
    for column, value in columns.items():
        each_once_in_order(
            world,
            path,
            column,
            lambda row, value=value: value(row if path == PEOPLE else row.customer),
        )


@pytest.mark.usefixtures("of_many_kinds", "everything_is_long")
def test_an_order_of_customers_goes_back_as_it_came(world: World) -> None:
    client = world.client("owner")
    order = place(client, CARDS, "language")
    rows = [card.pk for card in walk(client, CARDS, order)]
    last = client.get(CARDS, {"o": order, "end": "1"}).context_data["cl"]
    assert [card.pk for card in last.result_list] == rows[-2:]
    before = client.get(CARDS + last.steps["previous"]).context_data["cl"]
    assert [card.pk for card in before.result_list] == rows[-4:-2]


@pytest.mark.usefixtures("of_many_kinds", "everything_is_long")
def test_cards_of_one_customer_are_each_reached_in_the_order_of_customers(world: World) -> None:
    factories.two_cards(world.shop)
    client = world.client("owner")
    rows = walk(client, CARDS, place(client, CARDS, "language"))
    with factories.inside(world.shop):
        assert sorted(card.pk for card in rows) == sorted(LoyaltyCard.objects.values_list("pk", flat=True))


@pytest.mark.usefixtures("of_many_kinds")
def test_a_short_list_of_cards_has_the_same_order_of_birthdays(world: World) -> None:
    client = world.client("owner")
    rows = client.get(CARDS, {"o": place(client, CARDS, "birthday")}).context_data["cl"].result_list
    days = [in_year(card.customer) for card in rows]
    assert days[:4] == [(2, 29), (3, 12), (3, 12), (12, 31)]
    assert set(days[4:]) == {(99, 99)}


@pytest.mark.usefixtures("everything_is_long")
def test_a_long_list_goes_back_as_it_came_and_ends_where_it_ends(world: World) -> None:
    client = world.client("owner")
    order = f"-{place(client, CARDS, 'stamp_count')}"
    rows = [card.pk for card in walk(client, CARDS, order)]
    last = client.get(CARDS, {"o": order, "end": "1"}).context_data["cl"]
    assert [card.pk for card in last.result_list] == rows[-2:]
    before = client.get(CARDS + last.steps["previous"]).context_data["cl"]
    assert [card.pk for card in before.result_list] == rows[-4:-2]


@pytest.mark.usefixtures("everything_is_long")
def test_a_card_of_this_minute_is_in_every_order_and_tells_what_it_has(world: World) -> None:
    card = factories.card(world.shop.store)
    with factories.inside(world.shop):
        stamps.give(store=world.shop.store, card_id=card.pk, actor=factories.actor(), count=9)
    client = world.client("owner")
    order = place(client, CARDS, "stamp_count")
    at_first = {row.pk: row.stamp_count for row in walk(client, CARDS, order)}
    assert at_first[card.pk] == 9
    assert walk(client, CARDS, f"-{order}")[0].pk != card.pk  # it is where it was a moment ago
    move_on(world)
    assert walk(client, CARDS, f"-{order}")[0].pk == card.pk


@pytest.mark.usefixtures("everything_is_long")
def test_before_it_is_kept_a_long_list_keeps_its_own_order_and_says_so(world: World) -> None:
    with factories.inside(world.shop):
        MerchantCalendar.objects.update(standings_upto=0)
    client = world.client("owner")
    for path, column in ((CARDS, "stamp_count"), (PEOPLE, "stamps")):
        answer = client.get(path, {"o": place(client, path, column)})
        assert said(answer) == ["This list is too long to be sorted like that. Narrow it down first."]
        shown = [row.pk for row in answer.context_data["cl"].result_list]
        assert shown == sorted(shown, reverse=True)


def test_a_short_list_of_customers_says_and_sorts_what_they_have_now(world: World) -> None:
    first, second = factories.two_cards(world.shop)
    factories.give_stamps(first, world.shop.store, 4)
    factories.give_stamps(second, world.shop.store, 5)
    client = world.client("owner")
    order = f"-{place(client, PEOPLE, 'stamps')}"
    shown = client.get(PEOPLE, {"o": order}).context_data["cl"].result_list
    assert (shown[0].pk, shown[0].stamps, shown[0].owed) == (first.customer_id, 9, 0)
    assert shown[0].last_activity_at == factories.fresh(second).last_activity_at
    without = factories.customer(world.shop.store)
    rows = {row.pk: row for row in client.get(PEOPLE).context_data["cl"].result_list}
    assert (rows[without.pk].stamps, rows[without.pk].last_activity_at) == (0, without.created_at)


def test_a_stranger_s_customers_are_in_no_order_of_mine(world: World, everything_is_long: None) -> None:
    client = world.client("owner")
    order = place(client, PEOPLE, "stamps")
    theirs = world.theirs["customers_customer"]
    assert theirs.pk not in {row.pk for row in walk(client, PEOPLE, order)}
    operator = world.client("operator")
    asked = {"merchant__id__exact": str(world.stranger.merchant.pk), "o": place(operator, PEOPLE, "stamps")}
    assert {row.pk for row in operator.get(PEOPLE, asked).context_data["cl"].result_list} == {theirs.pk}


def test_every_list_is_paged_from_row_to_row_when_it_is_long(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists.BoundedPaginator, "is_bounded", True)
    client = world.client("operator")
    for model in admin.site._registry:
        assert client.get(list_address(model)).context_data["cl"].steps is not None, model


@pytest.mark.usefixtures("everything_is_long")
def test_texts_of_stores_and_of_the_platform_are_each_reached_once(world: World) -> None:
    with scope.everything("a test"):
        for code in (Code.OWED, Code.ENROLLMENT):
            for store in (None, world.shop.store):
                EmailTemplate.objects.get_or_create(code=code, store=store)
        whole = sorted(EmailTemplate.objects.values_list("code", "pk"))
    rows = walk(world.client("operator"), list_address(EmailTemplate), "")
    assert [(row.code, row.pk) for row in rows] == whole


def test_a_list_is_not_paged_by_what_may_be_empty_or_goes_both_ways() -> None:
    with scope.everything("a test"):
        texts = EmailTemplate.objects.all()
        assert paging.columns_of(texts.order_by("code", "-pk")) is None
        assert paging.columns_of(texts.order_by("code", "store_id")) is None
        assert paging.columns_of(texts.order_by("code", "pk")) is not None
