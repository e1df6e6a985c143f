"""Relays side by side keep the order of what is told of one card, for those who heed an order."""

import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from groundwork.messaging import doorbell, outbox
from groundwork.messaging.wiring import Subscription, subscriptions
from loyalty.events import CardStateChanged
from tenancy.models import Merchant, OutboxMessage
from tests import factories
from tests.concurrency.crowd import Crowd
from tests.patience import PATIENCE

pytestmark = pytest.mark.concurrency
CARD, MESSAGES = 7, 60


class Listener:
    """Notes in which order it hears; `may_end` is waited for at the first message."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, int]] = []
        self.began, self.may_end = threading.Event(), threading.Event()

    def hear(self, event: Mapping[str, Any]) -> None:
        if not self.began.is_set():
            self.began.set()
            assert self.may_end.wait(PATIENCE)
        self.heard.append((event["merchant_id"], event["transaction_ids"][0]))


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    with subscriptions.filled(Subscription("tests.order", CardStateChanged, listener.hear, order="tests")):
        yield listener


def announce(merchant: Merchant, count: int) -> None:
    """What happens to one card, one after the other."""
    for number in range(count):
        with transaction.atomic():
            outbox.record(
                CardStateChanged(merchant_id=merchant.pk, card_ids=[CARD], transaction_ids=[number])
            )


def test_two_relays_share_a_cards_messages_and_each_is_heard_after_the_one_before(
    few: Crowd, listener: Listener
) -> None:
    merchant = factories.merchant()
    announce(merchant, MESSAGES)
    listener.may_end.set()

    def relay(_number: int) -> None:
        while OutboxMessage.objects.exists():
            outbox.relay()

    assert few.all_at_once(relay, people=2) == ["done", "done"]
    assert listener.heard == [(merchant.pk, number) for number in range(MESSAGES)]


def test_while_one_relay_is_at_a_cards_message_the_other_leaves_the_next_ones_and_rings_for_them(
    few: Crowd, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    merchant, another = factories.merchant(), factories.merchant()
    announce(merchant, 3)
    announce(another, 1)
    rung: list[str] = []
    monkeypatch.setattr(doorbell, "ring", rung.append)

    def relay(number: int) -> str:
        if number == 0:
            return f"{outbox.relay()} heard"
        assert listener.began.wait(PATIENCE)
        try:
            return f"{outbox.relay()} heard"
        finally:
            listener.may_end.set()

    assert few.all_at_once(relay, people=2) == ["3 heard", "1 heard"]
    assert listener.heard == [(another.pk, 0), *((merchant.pk, number) for number in range(3))]
    assert rung == [outbox.RELAY_TASK] * 2


def test_what_has_failed_keeps_those_after_it_waiting_for_nobody(few: Crowd, listener: Listener) -> None:
    merchant = factories.merchant()
    announce(merchant, 3)
    in_an_hour = timezone.now() + timedelta(hours=1)
    OutboxMessage.objects.filter(payload__transaction_ids=[0]).update(attempts=1, next_attempt_at=in_an_hour)
    listener.may_end.set()
    assert outbox.relay() == 2
    assert listener.heard == [(merchant.pk, 1), (merchant.pk, 2)]


def test_all_that_webhooks_are_told_is_told_in_one_order() -> None:
    """What is told last of a person is to be how they are, also that nothing is known of them any more."""
    orders = {each.name: each.order for each in subscriptions if each.name.startswith("webhooks.")}
    assert len(orders) == 4
    assert set(orders.values()) == {"webhooks"}
    assert sorted(subscriptions.in_order_with("webhooks.customer_erased")) == sorted(orders)
    assert subscriptions.in_order_with("wallet.balances_changed") == []
