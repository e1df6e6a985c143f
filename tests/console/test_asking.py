"""Asking the ledger and the cards: who, when, what, for how much; every row within reach, and no wrong count."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models.functions import Coalesce
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Customer
from groundwork import clock
from groundwork.console import lists
from loyalty.models import LoyaltyCard, LoyaltyTransaction, StaffPin
from loyalty.services import points, stamps, voids
from tests import factories
from tests.console.test_sorted_lists import move_on
from tests.console.world import World, address, list_address

LINES, CARDS = list_address(LoyaltyTransaction), list_address(LoyaltyCard)


def found(client: Client, path: str = LINES, **asked: object) -> list[int]:
    return [row.pk for row in client.get(path, asked).context["cl"].result_list]


def stamped(world: World, card: LoyaltyCard, by: StaffPin, at: datetime) -> int:
    """A stamp that somebody with a PIN has given at a moment."""
    with clock.at(at), factories.inside(world.shop):
        token = factories.staff_token(world.shop.store, of=by)
        actor = factories.actor(staff_token=token)
        return stamps.give(store=world.shop.store, card_id=card.pk, actor=actor).transaction.pk


def test_what_marc_did_between_ten_and_eleven_is_one_question(world: World) -> None:
    client = world.client("owner")
    ten = datetime(2026, 11, 12, 10, 0, tzinfo=ZoneInfo("Europe/Luxembourg"))
    with clock.at(ten - timedelta(hours=1)):
        card = factories.card(world.shop.store, "ben@example.com")
    marc, other = factories.staff_pin(world.shop.store, name="Marc"), world.mine["loyalty_staffpin"]
    minutes = {"before": -1, "first": 0, "last": 59, "after": 61}
    lines = {
        name: stamped(world, card, marc, ten + timedelta(minutes=minute)) for name, minute in minutes.items()
    }
    by_other = stamped(world, card, other, ten + timedelta(minutes=5))
    hour = {"when_from": "2026-11-12T10:00", "when_to": "2026-11-12T10:59"}
    assert found(client, staff_pin=marc.pk, **hour) == [lines["last"], lines["first"]]
    # Asked when something happened, they stand in that order, and not in that in which they were written.
    assert found(client, **hour) == [lines["last"], by_other, lines["first"]]
    assert found(client, staff_pin=marc.pk, when_to="2026-11-12") == [
        lines[name] for name in ("after", "last", "first", "before")
    ]
    page = client.get(LINES, {"staff_pin": marc.pk, "when_from": "2026-11-12T10:00"}).content.decode()
    assert 'value="2026-11-12T10:00"' in page
    assert "<dt>Stamps given</dt><dd>+3</dd>" in page
    assert f"?staff_pin={marc.pk}" in client.get(address(marc)).content.decode()


def test_the_ledger_is_asked_for_persons_amounts_and_what_was_undone(world: World) -> None:
    client, card = world.client("owner"), world.mine["loyalty_loyaltycard"]
    other = factories.card(world.shop.store, name="Eva Klein")
    with factories.inside(world.shop):
        at = {"store": world.shop.store, "actor": factories.actor()}
        bought = points.earn(card_id=other.pk, purchase_amount_cents=12_345, **at).transaction
        stamp = stamps.give(card_id=other.pk, **at).transaction
        undoing = voids.void(transaction_id=stamp.pk, reason="Wrong card", **at).transaction
    assert found(client, amount_from="123,45", amount_to="123.45") == [bought.pk]
    assert bought.pk not in found(client, amount_from="123.46")
    assert found(client, state="undone") == [stamp.pk]
    assert found(client, state="undoes") == [undoing.pk]
    assert not {stamp.pk, undoing.pk} & set(found(client, state="stands"))
    of_eva = found(client, customer=other.customer_id)
    assert of_eva == found(client, card=other.pk)
    assert {bought.pk, stamp.pk, undoing.pk} < set(of_eva)
    assert not set(of_eva) & set(found(client, customer=card.customer_id))
    page = client.get(LINES, {"card": other.pk}).content.decode()
    assert "<s>Stamp given</s>" in page
    assert "undone on" in page
    assert "Eva Klein" in page
    assert "€123.45" in page
    stranger = world.client("stranger")
    assert found(stranger, customer=other.customer_id) == []
    assert "Eva Klein" not in stranger.get(LINES, {"customer": other.customer_id}).content.decode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("when_from", "yesterday"),
        ("when_to", "2026-13-01T10:00"),
        ("amount_from", "NaN"),
        ("amount_to", "1e400"),
        ("amount_from", "1.005"),
        ("staff_pin", "1 OR 1=1"),
        ("card", "99999999999999999999"),
        ("transaction_type__exact", "no_such_kind"),
        ("after", "x"),
    ],
)
def test_what_no_filter_can_read_is_a_kind_400(
    world: World, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "COUNT_LIMIT", 1)
    client = world.client("owner")
    assert client.get(LINES, {name: value}).status_code == 400
    assert client.get(LINES, {name: ""}).status_code == 200


@pytest.mark.parametrize("ends", ["9999-12-31", "9999-12-31T23:59", "9999-12-31T23:59:59-14:00"])
def test_until_the_end_of_time_leaves_nothing_out(world: World, ends: str) -> None:
    client, card = world.client("owner"), world.mine["loyalty_loyaltycard"]
    assert found(client, when_to=ends) == found(client)
    assert [found(client, CARDS, **{name: ends[:10]}) for name in ("enrolled_to", "activity_to")] == [
        [card.pk]
    ] * 2
    people = found(client, list_address(Customer))
    assert [found(client, list_address(Customer), **{n: ends[:10]}) for n in ("since_to", "activity_to")] == [
        people
    ] * 2
    assert found(client, CARDS, enrolled_from="9999-12-31", enrolled_to="9999-12-31") == []


def test_cards_are_asked_by_what_is_on_them_and_by_whose_they_are(world: World) -> None:
    client, none = world.client("owner"), world.mine["loyalty_loyaltycard"]
    today = timezone.localdate(timezone=world.shop.owner.tzinfo)
    fan = factories.card(world.shop.store, "eva@example.com", stamps=5)
    with factories.inside(world.shop):
        type(fan.customer).objects.filter(pk=fan.customer_id).update(
            birth_date="1990-05-17", preferred_language="lb", marketing_consent=True
        )
        LoyaltyCard.objects.filter(pk=none.pk).update(last_activity_at=None)
    for asked in (
        {"stamps_from": 5},
        {"birthday_month": 5},
        {"language": "lb"},
        {"consent": "yes"},
        {"stamps_from": 3, "stamps_to": 9, "owes": "no"},
        {"activity_from": today.isoformat(), "stamps_from": 5},
    ):
        assert found(client, CARDS, **asked) == [fan.pk], asked
    assert found(client, CARDS, owes="yes") == []
    assert found(client, CARDS, points_from=10**6) == []
    assert found(client, CARDS, activity_to=(today + timedelta(days=1)).isoformat()) == [fan.pk, none.pk]
    assert found(client, CARDS, activity_to=(today - timedelta(days=1)).isoformat()) == []
    assert found(client, CARDS, enrolled_from=(today + timedelta(days=1)).isoformat()) == []


@pytest.fixture
def seven(world: World, monkeypatch: pytest.MonkeyPatch) -> list[LoyaltyCard]:
    """Seven cards in a list that counts to three, on pages of two; some have as many stamps as others."""
    monkeypatch.setattr(lists, "COUNT_LIMIT", 4)
    monkeypatch.setattr("loyalty.console.card.LoyaltyCardAdmin.list_per_page", 2)
    held = [1, 0, 1, 3, 1, 0]
    cards = [factories.card(world.shop.store, f"p{n}@example.com", stamps=s) for n, s in enumerate(held)]
    return [world.mine["loyalty_loyaltycard"], *cards]  # type: ignore[list-item]


@pytest.mark.parametrize("column", [None, "stamp_count", "-stamp_count", "-last_activity_at"])
def test_every_card_of_a_list_too_long_to_count_is_reached_page_by_page_both_ways(
    world: World, seven: list[LoyaltyCard], column: str | None
) -> None:
    client = world.client("owner")
    with factories.inside(world.shop):
        LoyaltyCard.objects.filter(pk__in=[seven[1].pk, seven[4].pk]).update(last_activity_at=None)
        move_on(world)
        name = column or "-id"
        active = LoyaltyCard.objects.annotate(active_at=Coalesce("last_activity_at", "created_at"))
        order = [name.replace("last_activity_at", "active_at"), "-pk" if name.startswith("-") else "pk"]
        whole = list(active.order_by(*order).values_list("pk", flat=True))
    asked: dict[str, object] = {}
    if column:
        listed = client.get(CARDS).context["cl"].list_display
        asked["o"] = f"{'-' if column[0] == '-' else ''}{listed.index(column.lstrip('-'))}"
    page = client.get(CARDS, asked)
    assert "more than 3 cards" in page.content.decode()
    seen = []
    for _step in range(10):
        shown = page.context["cl"]
        seen += [row.pk for row in shown.result_list]
        if "next" not in shown.steps:
            break
        page = client.get(CARDS + shown.steps["next"])
    assert seen == whole
    back = client.get(CARDS + client.get(CARDS, asked).context["cl"].steps["last"])
    seen = []
    for _step in range(10):
        shown = back.context["cl"]
        seen = [row.pk for row in shown.result_list] + seen
        if "previous" not in shown.steps:
            break
        back = client.get(CARDS + shown.steps["previous"])
    assert seen == whole


def test_a_long_list_says_that_it_cannot_be_sorted_like_that(world: World, seven: list[LoyaltyCard]) -> None:
    client = world.client("owner")
    number = client.get(CARDS).context["cl"].list_display.index("customer")
    page = client.get(CARDS, {"o": client.get(CARDS).context["cl"].list_display.index("number")})
    assert "This list is too long to be sorted like that" in page.content.decode()
    assert [row.pk for row in page.context["cl"].result_list] == [seven[6].pk, seven[5].pk]
    assert number not in page.context["cl"].get_ordering_field_columns()


def test_a_page_deep_in_a_list_begins_at_its_place_in_the_index(
    world: World, seven: list[LoyaltyCard]
) -> None:
    client = world.client("owner")
    with CaptureQueriesContext(connection) as captured:
        client.get(CARDS, {"after": seven[4].pk})
    (sql,) = (
        query["sql"] for query in captured if "LIMIT 3" in query["sql"] and '."number"' not in query["sql"]
    )
    assert "OFFSET" not in sql
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Cond" in plan
    assert f"id < {seven[4].pk}" in plan.replace("(", "").replace(")", "") or "id <=" in plan


def test_a_customers_page_tells_what_happened_on_all_their_cards(world: World) -> None:
    card = factories.card(world.shop.store, name="Eva Klein")
    with factories.inside(world.shop):
        at = {"store": world.shop.store, "actor": factories.actor()}
        kept = stamps.give(card_id=card.pk, count=2, **at).transaction
        undone = stamps.give(card_id=card.pk, **at).transaction
        undoing = voids.void(transaction_id=undone.pk, reason="One too many", **at).transaction
        points.earn(card_id=card.pk, purchase_amount_cents=950, order_reference="R-9", **at)
    page = world.client("owner").get(address(card.customer)).content.decode()
    ledger = page[page.index('id="ledger-title"') :]
    for said in (
        "<s>Stamp given</s>",
        address(undoing),
        "3 stamps",
        "2 stamps",
        "One too many",
        "€9.50",
        "R-9",
    ):
        assert said in ledger, said
    assert ledger.index(address(undoing)) < ledger.index(address(kept))
    assert f"?customer={card.customer_id}" not in ledger  # it is short


@pytest.mark.parametrize("who", ["owner", "manager", "operator"])
def test_every_figure_of_the_overview_leads_to_the_rows_behind_it(world: World, who: str) -> None:
    client = world.client(who)
    store = {"place": f"store-{world.shop.store.pk}"}
    figures = client.get("/admin/", store).context["figures"]
    led = [figure["url"] for figure in figures if figure["url"]]
    assert len(led) == len(figures) == 6
    assert [client.get(url).status_code for url in led] == [200] * 6


def test_what_is_asked_anew_begins_at_its_beginning(world: World, seven: list[LoyaltyCard]) -> None:
    page = world.client("owner").get(CARDS, {"after": seven[4].pk, "q": "example"}).content.decode()
    form = page[page.index('id="filter-form"') :]
    assert 'name="q" value="example"' in form
    assert 'name="after"' not in page
