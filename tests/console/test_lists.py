"""Lists of the console at a size that nobody counts to: what they cost does not grow with what is in them."""

from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Customer
from groundwork import deletion
from groundwork.console import lists
from groundwork.database import counting
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.services import points
from tests import factories
from tests.console.world import World, address, list_address

CARDS, LINES = reverse("admin:loyalty_loyaltycard_changelist"), list_address(LoyaltyTransaction)


@pytest.fixture
def three_cards(world: World) -> list[LoyaltyCard]:
    """The world's own card with two stamps, and two more: one without, one with five."""
    return [
        world.mine["loyalty_loyaltycard"],
        factories.card(world.shop.store, "ben@example.com"),
        factories.card(world.shop.store, "eva@example.com", stamps=5),
    ]


def stamps_column(world: World, client) -> int:
    columns = client.get(CARDS).context["cl"].list_display
    return columns.index("stamp_count")


def test_a_short_list_is_sorted_by_any_column(world: World, three_cards: list[LoyaltyCard]) -> None:
    client = world.client("owner")
    listed = client.get(CARDS, {"o": stamps_column(world, client)}).context["cl"]
    assert [card.stamp_count for card in listed.result_list] == [0, 2, 5]
    assert listed.sortable_by != ()


def test_a_list_too_long_to_be_counted_keeps_its_own_order(
    world: World, three_cards: list[LoyaltyCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "COUNT_LIMIT", 3)
    client = world.client("owner")
    numbers = client.get(CARDS).context["cl"].list_display.index("number")
    listed = client.get(CARDS, {"o": numbers}).context["cl"]
    assert [card.pk for card in listed.result_list] == sorted((card.pk for card in three_cards), reverse=True)
    assert "number" not in listed.sortable_by
    shorter = client.get(CARDS, {"o": f"-{stamps_column(world, client)}", "q": "eva"}).context["cl"]
    assert [card.stamp_count for card in shorter.result_list] == [5]
    assert "number" in shorter.sortable_by


def test_a_list_is_counted_no_further_than_it_is_read(
    world: World, three_cards: list[LoyaltyCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "COUNT_LIMIT", 2)
    with CaptureQueriesContext(connection) as captured:
        listed = world.client("owner").get(CARDS).context["cl"]
    assert listed.result_count == 2
    counts = [query["sql"] for query in captured.captured_queries if "DECLARE counted" in query["sql"]]
    assert counts
    assert all("LIMIT 2" in sql for sql in counts if "loyalty_loyaltycard" in sql), counts


def test_what_is_dear_to_count_is_counted_less_far_and_no_row_is_out_of_reach(
    world: World, three_cards: list[LoyaltyCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client("owner")
    monkeypatch.setattr(counting, "FIRST_STEP", 1)
    shown = client.get(CARDS, headers={"accept-language": "en"})
    assert (shown.context["cl"].result_count, shown.context["cl"].paginator.is_bounded) == (3, False)
    monkeypatch.setattr(lists, "SECONDS", -1.0)  # over before it begins
    monkeypatch.setattr(counting, "FIRST_STEP", 2)
    monkeypatch.setattr("groundwork.console.base.GrantedAdmin.list_per_page", 2)
    shown = client.get(CARDS, {"stamps_from": "0"}, headers={"accept-language": "en"})
    assert "more than 1 cards" in shown.content.decode()
    assert "more than 1 results" in shown.content.decode()
    assert "Select all of more than 1 cards" in shown.content.decode()
    following = client.get(CARDS + shown.context["cl"].steps["next"]).context["cl"]
    found = [*shown.context["cl"].result_list, *following.result_list]
    assert {card.pk for card in found} == {card.pk for card in three_cards}


def test_the_first_page_is_read_by_the_keys_that_were_counted_and_not_searched_for_again(
    world: World, three_cards: list[LoyaltyCard]
) -> None:
    with CaptureQueriesContext(connection) as captured:
        listed = world.client("owner").get(CARDS, {"stamps_from": "0"}).context["cl"]
    newest_first = sorted((card.pk for card in three_cards), reverse=True)
    assert [card.pk for card in listed.result_list] == newest_first
    keys = f'"loyalty_loyaltycard"."id" IN ({", ".join(map(str, newest_first))})'
    assert any(keys in query["sql"] for query in captured.captured_queries)
    with CaptureQueriesContext(connection) as captured:  # in another order than they are counted
        listed = world.client("owner").get(CARDS, {"stamps_from": "0", "o": "1"}).context["cl"]
    assert sorted((card.pk for card in listed.result_list), reverse=True) == newest_first
    assert not any(keys in query["sql"] for query in captured.captured_queries)


@pytest.mark.parametrize(("seconds", "counted"), [(3.9, 1), (4, 2), (7.9, 2), (8, 3)])
def test_no_step_of_a_count_is_begun_that_would_end_too_late(
    world: World,
    three_cards: list[LoyaltyCard],
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    counted: int,
) -> None:
    monkeypatch.setattr(counting, "FIRST_STEP", 1)
    monkeypatch.setattr(counting, "monotonic", count(step=2).__next__)  # two seconds for each step
    with factories.inside(world.shop):
        found = counting.as_far_as(LoyaltyCard.objects.all(), most=10, seconds=seconds)
    assert (found.rows, found.is_all) == (counted, counted == 3)


def test_what_goes_along_with_a_deletion_is_counted_no_further_than_anybody_reads(
    world: World, three_cards: list[LoyaltyCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert deletion.preview(world.shop.program)["loyalty.LoyaltyCard"] == 3
    monkeypatch.setattr(deletion, "COUNTED_TO", 2)
    assert deletion.preview(world.shop.program)["loyalty.LoyaltyCard"] == 2
    assert world.client("owner").get(address(world.shop.program, "delete")).status_code == 200


@pytest.mark.parametrize("few", [0, 200])
def test_transactions_are_searched_by_card_person_or_receipt(
    world: World, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loyalty.console.transaction.FEW_CARDS", few)
    card = factories.card(world.shop.store, "odile@example.com", stamps=1)
    client = world.client("owner")

    def found(text: str) -> set[int]:
        return {line.card_id for line in client.get(LINES, {"q": text}).context["cl"].result_list}

    for text in ("odile", card.card_number, card.card_number[2:8], "ODILE example"):
        assert found(text) == {card.pk}, text
    assert found("nobody") == set()
    with factories.inside(world.shop):
        points.earn(
            store=world.shop.store,
            card_id=card.pk,
            actor=factories.actor(),
            purchase_amount_cents=500,
            order_reference="A 17/4",
        )
    assert found(" A 17/4 ") == {card.pk}


def test_names_and_birthdays_that_are_there_twice_are_listed_whatever_their_case(world: World) -> None:
    born = {"birth_date": "1990-05-17"}
    pair = [
        factories.customer(world.shop.store, first_name="Lea", last_name="Weber", **born),
        factories.customer(world.shop.store, first_name="LEA", last_name="weber", **born),
    ]
    factories.customer(world.shop.store, first_name="Lea", last_name="Weber", birth_date="1990-05-18")
    factories.customer(world.shop.store, first_name="Max", last_name="Weber", **born)
    gone = factories.customer(world.shop.store, first_name="Max", last_name="Weber", **born)
    with factories.inside(world.shop):
        deletion.soft_delete(gone, by=None)
    listed = (
        world.client("owner").get(list_address(Customer), {"duplicates": "yes"}).context["cl"].result_list
    )
    assert {customer.pk for customer in listed} == {customer.pk for customer in pair}
