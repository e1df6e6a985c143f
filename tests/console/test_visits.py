"""Visits on the overview: each figure leads to just the rows that it counts."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from groundwork import deletion
from loyalty.models import Friend, LoyaltyCard
from loyalty.reporting import visits
from loyalty.services import cards, enrollment, friends, stamps, voids
from tenancy import api_keys
from tenancy.actor import Actor
from tests import factories
from tests.console.bringing import bring, card_of
from tests.console.world import World, list_address

BOSS = factories.actor("owner")


def days_ago(number: int) -> datetime:
    return timezone.now().replace(hour=11, minute=0) - timedelta(days=number)


def visit(world: World, card: LoyaltyCard, *ago: int, at: str = "store") -> int:
    """A stamp on each of some days; returns the line of the last one."""
    line = 0
    for number in ago:
        with time_machine.travel(days_ago(number), tick=False), factories.inside(world.shop):
            store = getattr(world.shop, at)
            line = stamps.give(store=store, card_id=card.pk, actor=BOSS).transaction.pk
    return line


def card(world: World, ago: int, **person: str) -> LoyaltyCard:
    with time_machine.travel(days_ago(ago), tick=False):
        return factories.card(world.shop.store, **person)


@pytest.fixture
def weeks(world: World) -> World:
    """One who came back, one who did so at the other store, one who never did, and one who lost the first card."""
    back, elsewhere, never = (card(world, 110) for _number in range(3))
    visit(world, back, 100, 90)
    visit(world, elsewhere, 100)
    visit(world, elsewhere, 95, at="other_store")
    visit(world, never, 100)
    mistake = visit(world, never, 99)
    lost, new = card(world, 110, name="Lost"), card(world, 70, name="New")
    visit(world, lost, 105)
    visit(world, new, 60)
    with factories.inside(world.shop):
        voids.void(store=world.shop.store, transaction_id=mistake, actor=BOSS, reason="wrong card")
        cards.merge(
            store=world.shop.store, card_id=lost.pk, into_card_id=new.pk, actor=BOSS, reason="found again"
        )
    count(world)
    return world


def count(world: World) -> None:
    with factories.inside(world.shop):
        visits.count(world.shop.merchant, now=timezone.now() + timedelta(days=2))


def overview(world: World, store: str = "", who: str = "owner", **query: object) -> dict:
    place = f"store-{getattr(world.shop, store).pk}" if store else f"merchant-{world.shop.merchant.pk}"
    return world.client(who).get(reverse("admin:index"), {"place": place, **query}).context


def rows(world: World, address: str, who: str = "owner") -> list[object]:
    answer = world.client(who).get(address)
    assert answer.status_code == 200, address
    shown = answer.context["cl"]
    assert parse_qs(urlsplit(address).query).keys() <= {
        name for filtered in shown.filter_specs for name in filtered.expected_parameters()
    }
    return list(shown.result_list)


@pytest.mark.parametrize(("store", "came_back"), [("", 2), ("store", 1), ("other_store", 0)])
@pytest.mark.parametrize("who", ["owner", "operator"])
def test_each_figure_opens_the_rows_that_it_counts(
    weeks: World, store: str, came_back: int, who: str
) -> None:
    figures = overview(weeks, store, who, days=365)["visits"]
    found = {figure["title"]: rows(weeks, figure["url"], who) for figure in figures}
    back = found["Came back within 30 days"]
    assert len(back) == came_back
    assert figures[1]["remark"].startswith(f"{came_back} of ")
    with factories.inside(weeks.shop):
        own = visits.kept(weeks.shop.merchant, getattr(weeks.shop, store) if store else None)
    assert own is not None
    assert len(
        {(row.card_id, timezone.localdate(row.transaction_at)) for row in found["Visits per customer"]}
    ) == (own.visits(365)[0].part)
    later = [figure for figure in figures if figure["title"] == "Came back within 90 days"]
    assert len(found["Came back within 90 days"]) == int(later[0]["remark"].split()[0])


def test_a_figure_stands_in_words_beside_the_period_before(weeks: World) -> None:
    figures = {figure["title"]: figure for figure in overview(weeks, days=30)["visits"]}
    assert figures["Came back within 30 days"]["value"] == "50\N{NARROW NO-BREAK SPACE}%"
    assert figures["Came back within 30 days"]["remark"] == "2 of 4 cards"
    assert figures["Came back within 60 days"]["remark"] == "3 of 4 cards"
    assert figures["Came back within 30 days"]["compared"] == "30 days earlier: 50\N{NARROW NO-BREAK SPACE}%"


def test_where_new_cards_come_from_leads_to_those_cards(world: World) -> None:
    with time_machine.travel(days_ago(3), tick=False), factories.inside(world.shop):
        at_till = Actor(till=factories.till(world.shop.store)[0], role="staff")
        made = enrollment.enroll(
            store=world.shop.store, name="Eva", create_if_missing=True, actor=at_till
        ).card
    count(world)
    sources = {source["name"]: source for source in overview(world)["sources"]}
    assert (sources["At the counter"]["now"], sources["At the counter"]["before"]) == ("1", "0")
    assert rows(world, sources["At the counter"]["url"]) == [made]
    for source in sources.values():
        assert len(rows(world, source["url"])) == int(source["now"])


def made(world: World, **how: object) -> LoyaltyCard:
    """A card of somebody new."""
    email = f"new{factories.number()}@example.com"
    return enrollment.enroll(
        **{"store": world.shop.store, "email": email, "create_if_missing": True} | how
    ).card


def test_each_card_is_told_under_the_one_thing_that_it_comes_from(world: World) -> None:
    host = world.mine["loyalty_loyaltycard"]
    yourself = {"self_service": True, "actor": Actor()}
    with factories.inside(world.shop):
        key, _text = api_keys.make(store=world.shop.store, name="Till", by=None)
        by_key = {"actor": Actor(api_key=key, role="staff")}
        at_till = {"actor": Actor(till=factories.till(world.shop.store)[0], role="staff")}
    with time_machine.travel(days_ago(40), tick=False), factories.inside(world.shop):
        given = {"effect": "points", "amount": 50, "friend_amount": 30, "least_cents": 1_000}
        factories.promotion(world.shop.program, "Friends", audience="brought_by_friend", **given)
        made(world, **by_key)
    with time_machine.travel(days_ago(3), tick=False):
        bring(world, f"email,stamps\nbrought@example.com,3\n{host.customer.email},1\n")
        with factories.inside(world.shop):
            invited, forgotten = (made(world, **yourself, brought_by=friends.code_of(host)) for _ in range(2))
            Friend.objects.filter(card=forgotten).delete()  # as when one of the two is erased
            expected = {
                "At the counter": {made(world, **at_till).pk},
                "Brought by a friend": {invited.pk},
                "Imported": {card_of(world, "brought@example.com").pk},
                "By another system (API key)": {made(world, **by_key).pk},
                "By customers themselves": {made(world, **yourself).pk, forgotten.pk, host.pk},
            }
    count(world)
    sources = {source["name"]: source for source in overview(world, days=30)["sources"]}
    assert {name: (source["now"], source["before"]) for name, source in sources.items()} == {
        name: (str(len(cards_made)), str(int("API key" in name))) for name, cards_made in expected.items()
    }
    for name, cards_made in expected.items():
        assert {each.pk for each in rows(world, sources[name]["url"])} == cards_made, name


def test_the_overview_asks_one_statement_for_all_of_it(weeks: World) -> None:
    client = weeks.client("owner")
    client.get(reverse("admin:index"))
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("admin:index"))
    assert sum("loyalty_visitfigures" in query["sql"] for query in captured.captured_queries) == 1


def test_before_it_is_counted_the_overview_says_when_and_after_a_deletion_that_it_is_behind(
    world: World,
) -> None:
    client = world.client("owner")
    assert (
        "Visits are counted once a day is over for good"
        in client.get(reverse("admin:index")).content.decode()
    )
    count(world)
    assert "it is counted anew" not in client.get(reverse("admin:index")).content.decode()
    with factories.inside(world.shop):
        deletion.soft_delete(factories.fresh(world.mine["loyalty_loyaltycard"]), by=None)
    assert "it is counted anew" in client.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize(
    "asked", [{"visited": "x"}, {"first_visit_from": "soon"}, {"visited": "-1"}], ids=str
)
def test_what_cannot_be_read_is_refused(world: World, asked: dict[str, str]) -> None:
    assert world.client("owner").get(list_address(LoyaltyCard), asked).status_code == 400


def test_every_figure_of_the_overview_opens_a_list_that_can_be_asked_so(world: World) -> None:
    rich = world.mine["loyalty_loyaltycard"]
    empty = factories.card(world.shop.store)
    figures = {figure["title"]: figure["url"] for figure in overview(world)["figures"]}
    assert all(figures.values())
    found = {title: rows(world, address) for title, address in figures.items()}
    assert found["Cards"] == [empty, rich]
    assert found["Open value"] == [rich]
    assert found["Redemption rate"] == []
    with factories.inside(world.shop):
        stamps.give(store=world.shop.store, card_id=rich.pk, actor=BOSS, count=8)
        reward = stamps.redeem(store=world.shop.store, card_id=rich.pk, actor=BOSS).transaction
    assert rows(world, figures["Redemption rate"]) == [reward]
