"""Several workers of webhooks: one makes a merchant's events, another one sends them, and none overtakes another."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from tenancy import scope
from tests import factories
from tests.webhooks.conftest import deliveries, listen
from tests.webhooks.receiver import Receiver
from webhooks.models import Endpoint
from webhooks.services import delivery, log, queue

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def receiver(settings: object) -> Iterator[Receiver]:
    settings.WEBHOOKS_ALLOW_PRIVATE = True  # type: ignore[attr-defined]
    with Receiver() as made:
        yield made


@contextmanager
def held_by_another_worker(table: str, row_id: int) -> Iterator[None]:
    """Another connection has locked a row; whoever waits for it is told so after a second."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR NO KEY UPDATE", [row_id])
            assert cursor.fetchone() == (1,)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        yield
    finally:
        other.rollback()
        other.close()


def test_while_one_worker_makes_events_another_one_sends_those_that_are_made(receiver: Receiver) -> None:
    """Without the way past the log's lock it waits there with what could go out, here until lock_timeout."""
    shop = factories.shop()
    endpoint, _secret = listen(shop, receiver.url, "stamps.given")
    factories.card(shop.store, stamps=1)
    log.catch_up(shop.merchant.pk)
    factories.card(shop.store, stamps=1)
    with factories.inside(shop):
        journal = log.EventLog.objects.get()
    with held_by_another_worker("webhooks_eventlog", journal.pk):
        assert delivery.run(seconds=0.1) == 1
        assert deliveries(endpoint) == [("delivered", 1, 200)]
    assert delivery.run() == 1
    assert (deliveries(endpoint), len(set(receiver.ids))) == ([("delivered", 1, 200)] * 2, 2)


def test_of_two_workers_that_see_an_endpoint_free_one_sends_to_it(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the endpoint's lock the second one takes what comes after, and may overtake the first."""
    monkeypatch.setattr(queue, "TOGETHER", 1)
    shop = factories.shop()
    endpoint, _secret = listen(shop, receiver.url, "stamps.given")
    for _customer in range(2):
        factories.card(shop.store, stamps=1)
    log.catch_up(shop.merchant.pk)
    with scope.everything("two workers"):
        with held_by_another_worker("webhooks_endpoint", endpoint.pk):
            assert queue.take([]) == []
        chosen = list(queue._ready([]))
        assert chosen == [Endpoint.objects.get()]
        first, second = (queue._taken(each) for each in chosen * 2)
        assert (len(first), second) == (1, [])
        assert delivery.note(first, [delivery.Answer(200)]) == 1
    assert delivery.run() == 1
