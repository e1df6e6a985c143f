"""An event says of everything what it was then, whatever was changed between the moment and the telling.

Each field of the shapes that events have is told of two moments; then all of it is changed. A field that says the same
afterwards has to stand in STAYS, with the reason for which it never changes: a new one without a word fails."""

from typing import (
    Any,
)

import pytest
import time_machine

from loyalty.outputs.told import LineTold
from tenancy import scope
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Caller
from tests.webhooks.conftest import deliver, listen, said
from tests.webhooks.days import NOON, a_day, as_things_are, everything_changes, forty_days_old
from tests.webhooks.receiver import Receiver
from tests.webhooks.shapes import fields, paths_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues_travel")]


KEPT_WITH_THE_LINE = "a line of the ledger is never changed"


KEPT_WITH_THE_PURCHASE = "a purchase keeps what was bought"


FOR_EVER = "it is what it is, for ever"


NOBODY_ASKS = "always false here: nobody is asking"


STAYS = {
    "card.id": FOR_EVER,
    "card.created_at": FOR_EVER,
    "card.customer.id": FOR_EVER,
    "card.rewards[].id": FOR_EVER,
    "transaction.card_id": FOR_EVER,
    "transaction.promotions[].id": FOR_EVER,
    "purchase.id": FOR_EVER,
    "purchase.card_id": FOR_EVER,
    "purchase.can_return": NOBODY_ASKS,
    "transaction.can_void": NOBODY_ASKS,
    **{
        f"transaction.{name}": KEPT_WITH_THE_LINE
        for name in (
            *("id", "transaction_type", "stamps_delta", "stamps_balance_after", "stamps_owed_after"),
            *("points_delta", "points_balance_after", "points_owed_after", "points_fraction_after"),
            *("purchase_id", "purchase_amount_cents", "order_reference", "reward_name"),
            *("promotions[].points", "promotions[].points_fraction", "promotions[].stamps"),
            *("reward.id", "reward.name", "reward.points_cost"),
            *("voids", "notes", "recorded_offline", "transaction_at", "created_at"),
        )
    },
    **{
        f"purchase.{name}": KEPT_WITH_THE_PURCHASE
        for name in (
            *("order_reference", "purchase_amount_cents", "recorded_offline", "purchased_at"),
            *("items[].sku", "items[].category", "items[].quantity", "items[].amount_cents"),
        )
    },
}


@pytest.fixture
def shop(db: None) -> Shop:
    return forty_days_old()


def test_every_field_is_as_it_was_though_all_is_changed_afterwards(shop: Shop, receiver: Receiver) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        listen(shop, receiver.url)
        with scope.everything("a day at a shop"):
            day, card = a_day(shop, clock)
            everything_changes(shop, card, clock)
            differs, seen = set(), set()
            for line_id, then in day.at_once.items():
                before, after = fields(then), fields(as_things_are(card, line_id))
                seen |= before.keys()
                differs |= {path for path in before if before[path] != after.get(path)}
            told_late = day.told_now()
        caller = Caller(key=factories.api_key(factories.fresh(shop.store), ["manage"]))
        events = caller.get("events/?limit=500").json()["events"]
        deliver()
    every = set(paths_of(LineTold, ""))
    assert every - seen == set(), "no moment of the day tells of it"
    assert every - differs == set(STAYS), "it was not changed afterwards, and nobody says why it stays"
    for line_id, then in day.at_once.items():
        assert fields(told_late[line_id]) == fields(then), line_id
    by_line: dict[int, dict[str, Any]] = {}
    for event in events:
        if (about := event["data"].get("transaction")) is not None:
            by_line.setdefault(about["id"], event["data"])
    for line_id, then in day.at_once.items():
        for name, value in then.items():
            assert by_line[line_id][name] == value, (line_id, name)
    in_feed = [{name: each[name] for name in ("type", "timestamp", "data")} for each in events]
    assert [body for body in said(receiver) if "transaction" in body["data"]] == [
        body for body in in_feed if "transaction" in body["data"]
    ]
