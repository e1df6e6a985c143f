"""What waits together in the outbox for a listener is heard as one, unless that fails."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
import time_machine
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext

from groundwork.messaging import outbox
from groundwork.messaging.wiring import Subscription, subscriptions
from loyalty.events import RewardReady
from tenancy import scope
from tenancy.models import Merchant, OutboxMessage, Store
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues_travel", "listening")]
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def announce(merchant: Merchant) -> None:
    outbox.record(RewardReady(merchant_id=merchant.pk, card_ids=[7], transaction_ids=[8]))


def joining(heard: list[list[int]], bad: int = -1) -> Subscription:
    """A listener who hears together what waits together, and cannot bear one card."""

    def hear(event: Mapping[str, Any]) -> None:
        Store.objects.update(city=Concat("city", Value(f"[{event['card_ids'][0]}]")))
        if bad in event["card_ids"]:
            raise ValueError
        heard.append(event["card_ids"])

    return Subscription("tests.join", RewardReady, hear, joins=True)


def test_small_messages_of_one_merchant_are_heard_as_one_in_their_order(merchant: Merchant) -> None:
    heard: list[list[int]] = []
    other = factories.store().merchant
    with subscriptions.filled(joining(heard)):
        for card_id in range(1, 5):
            outbox.record(RewardReady(merchant_id=merchant.pk, card_ids=[card_id], transaction_ids=[card_id]))
        outbox.record(RewardReady(merchant_id=other.pk, card_ids=[9], transaction_ids=[9]))
        outbox.record(RewardReady(merchant_id=merchant.pk, card_ids=list(range(30)), transaction_ids=[]))
        with CaptureQueriesContext(connection) as captured:
            assert outbox.relay() == 6
    assert sorted(heard) == [list(range(30)), [1, 2, 3, 4], [9]], "a large one is heard alone"
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) < 6 * 3
    assert not OutboxMessage.objects.exists()


def test_where_one_of_them_fails_the_others_are_heard_all_the_same_and_once(merchant: Merchant) -> None:
    heard: list[list[int]] = []
    with scope.merchant(merchant):
        city = Store.objects.get().city
    with time_machine.travel(NOON, tick=False) as clock, subscriptions.filled(joining(heard, bad=2)):
        for card_id in (1, 2, 3):
            outbox.record(RewardReady(merchant_id=merchant.pk, card_ids=[card_id]))
        assert outbox.relay() == 2
        assert heard == [[1], [3]]
        failed = OutboxMessage.objects.get(state="waiting")
        assert (failed.payload["card_ids"], failed.attempts) == ([2], 1)
        with scope.merchant(merchant):
            assert Store.objects.get().city == f"{city}[1][3]", "what failed wrote nothing"
        clock.shift(timedelta(seconds=10))
        for card_id in (4, 5):
            outbox.record(RewardReady(merchant_id=merchant.pk, card_ids=[card_id]))
        assert outbox.relay() == 2
        assert heard == [[1], [3], [4, 5]], "what has failed is heard alone from then on"


def test_what_another_worker_is_at_is_left_to_it_and_the_rest_is_heard(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[list[int]] = []
    with subscriptions.filled(joining(heard)):
        for card_id in (1, 2, 3):
            outbox.record(RewardReady(merchant_id=merchant.pk, card_ids=[card_id]))
        second = OutboxMessage.objects.order_by("id")[1].pk
        take = outbox.OUTBOX.take
        monkeypatch.setattr(
            type(outbox.OUTBOX),
            "take",
            lambda _queue, rows=None, **given: [row for row in take(rows, **given) if row.pk != second],
        )
        assert outbox.relay() == 2
    assert heard == [[1, 3]]
    assert OutboxMessage.objects.get(state="waiting").pk == second


def test_the_log_names_all_requests_of_what_is_heard_as_one(merchant: Merchant) -> None:
    named: list[str] = []
    listener = Subscription(
        "tests.names",
        RewardReady,
        lambda _event: named.append(structlog.contextvars.get_contextvars()["request_id"]),
        joins=True,
    )
    with subscriptions.filled(listener):
        for request_id in ("till-1", "till-2", "till-1"):
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                announce(merchant)
        assert outbox.relay() == 3
    assert named == ["till-1,till-2"]
