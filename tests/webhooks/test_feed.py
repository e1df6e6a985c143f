"""The feed holds the same events, in an order that never changes; nobody who goes on from a cursor misses one."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from customers import services as customers
from groundwork.database import fences
from groundwork.messaging import outbox
from loyalty.models import LoyaltyProgram
from loyalty.services import cards, programs, purchases
from tenancy import scope
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Caller
from tests.webhooks.conftest import deliver, listen
from tests.webhooks.receiver import Receiver
from webhooks import tasks
from webhooks.models import Event, Progress

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def reader(shop: Shop) -> Caller:
    return Caller(key=factories.api_key(shop.store, ["manage"]))


def all_of(caller: Caller, query: str = "", after: str = "") -> tuple[list[dict], str]:
    """All events behind a cursor, page by page, and where the next ones will be."""
    found: list[dict] = []
    while True:
        page = caller.get(f"events/?after={after}&{query}").json()
        found += page["events"]
        after = page["next_cursor"]
        if not page["has_more"]:
            return found, after


def kinds(events: list[dict]) -> list[str]:
    return [event["type"] for event in events]


def test_what_happened_is_read_page_by_page_and_each_thing_once(shop: Shop) -> None:
    caller = reader(shop)
    assert caller.get("events/").json()["events"] == []
    card = factories.card(shop.store, stamps=3)
    first = caller.get("events/?limit=1").json()
    assert (kinds(first["events"]), first["has_more"]) == (["card.enrolled"], True)
    rest, cursor = all_of(caller, "limit=1", first["next_cursor"])
    assert kinds(rest) == ["stamps.given"]
    assert rest[0]["data"]["transaction"]["card_id"] == card.pk
    assert rest[0]["data"]["sequence"] > first["events"][0]["data"]["sequence"]
    assert all_of(caller, "", cursor) == ([], cursor)
    factories.give_stamps(card, shop.store, 1)
    assert kinds(all_of(caller, "types=points.earned", cursor)[0]) == []
    assert kinds(all_of(caller, "types=points.earned,%20stamps.given", cursor)[0]) == ["stamps.given"]


def test_it_is_what_endpoints_are_told(shop: Shop, receiver: Receiver) -> None:
    listen(shop, receiver.url)
    factories.card(shop.store, stamps=1)
    deliver()
    events, _cursor = all_of(reader(shop))
    assert sorted(receiver.ids) == sorted(event["id"] for event in events)


def test_cards_people_and_programs_are_told_without_a_line(shop: Shop) -> None:
    card = factories.card(shop.store, "anna@example.com")
    caller = reader(shop)
    _events, cursor = all_of(caller)
    with factories.inside(shop):
        cards.deactivate(store=shop.store, card_id=card.pk, actor=factories.actor())
        programs.change(program_id=shop.program.pk, actor=factories.actor("owner"), card_name="Club")
        purchases.record(
            store=shop.store,
            card_id=factories.card(shop.store, "bea@example.com").pk,
            actor=factories.actor(),
            purchase_amount_cents=100,
        )
        customers.erase_person(customer=card.customer)
    outbox.relay()
    found, _cursor = all_of(caller, "", cursor)
    assert sorted(kinds(found)) == [
        "card.enrolled",
        "card.updated",
        "customer.erased",
        "points.earned",
        "program.updated",
        "purchase.recorded",
        "stamps.given",
    ]
    by_kind = {event["type"]: event["data"] for event in found}
    assert by_kind["program.updated"]["program"]["card_name"] == "Club"
    assert by_kind["customer.erased"]["customer"] | {"id": 0} == {
        "id": 0,
        "name": "",
        "email": None,
        "phone": "",
        "birth_date": None,
        "language": "",
        "tags": [],
    }
    assert by_kind["card.updated"]["card"]["is_active"] is False
    assert by_kind["card.updated"]["card"]["customer"]["email"] is None


def test_a_purchase_that_gives_nothing_is_told_as_well(shop: Shop) -> None:
    with factories.inside(shop):
        LoyaltyProgram.objects.update(loyalty_type="points", minimum_purchase_cents=1000)
        card = factories.card(shop.store)
        purchases.record(
            store=shop.store, card_id=card.pk, actor=factories.actor(), purchase_amount_cents=500
        )
    found, _cursor = all_of(reader(shop))
    assert kinds(found) == ["card.enrolled", "purchase.recorded"]
    assert (found[1]["data"]["transaction"], found[1]["data"]["transactions"]) == (None, [])
    assert found[1]["data"]["purchase"]["purchase_amount_cents"] == 500


def test_thirty_days_are_kept_and_what_is_forgotten_does_not_come_back(shop: Shop) -> None:
    caller = reader(shop)
    with time_machine.travel(NOON, tick=False) as clock:
        card = factories.card(shop.store)
        assert kinds(all_of(caller)[0]) == ["card.enrolled"]
        clock.shift(timedelta(days=30))
        factories.give_stamps(card, shop.store, 1)
        assert kinds(all_of(caller)[0]) == ["card.enrolled", "stamps.given"]
        clock.shift(timedelta(seconds=1))
        assert kinds(all_of(caller)[0]) == ["stamps.given"]
        assert tasks.clean() == 1
        assert kinds(all_of(caller)[0]) == ["stamps.given"]
        with scope.everything("a test looks"):
            assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("after=nonsense", "after"),
        ("after=999999.1", "after"),
        ("types=no.such", "types"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
    ],
)
def test_a_query_that_means_nothing_is_refused(shop: Shop, query: str, field: str) -> None:
    answer = reader(shop).get(f"events/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_cursor_that_is_ahead_of_the_log_begins_anew(shop: Shop) -> None:
    factories.card(shop.store)
    _events, cursor = all_of(reader(shop))
    log = cursor.partition(".")[0]
    assert kinds(all_of(reader(shop), "", f"{log}.99")[0]) == ["card.enrolled"]


# --- How far rows were read -------------------------------------------------------------------------------


def test_numbers_are_safe_once_every_transaction_of_before_has_ended() -> None:
    row = Progress()

    def look(newest: int, oldest: int, ended: int) -> tuple[int, int, int | None]:
        """The next transaction is always the one that comes two after the last that has ended."""
        now = fences.Snapshot(oldest, ended)
        fences.look(row, newest_id=newest, now=now, following=lambda _row: ended + 2)
        return row.safe_id, row.fence_id, row.fence_xid

    assert look(7, oldest=100, ended=108) == (0, 7, 110)
    assert look(9, oldest=109, ended=120) == (0, 7, 110)
    assert look(9, oldest=110, ended=119) == (7, 9, 121)
    assert look(9, oldest=3, ended=3) == (7, 9, 5)  # it came back from a dump
