"""A line that is committed late is told as well, and the ones committed before it do not wait for it."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from loyalty.services import stamps
from tenancy import scope
from tests import factories
from webhooks.models import Event, Progress
from webhooks.services import log

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def slow_stamp() -> Iterator[tuple[factories.Shop, threading.Event]]:
    """A shop where a stamp has its number, and is not committed until it may be."""
    shop = factories.shop()
    card = factories.card(shop.store)
    written, may_end = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with factories.inside(shop), transaction.atomic():
                stamps.give(store=shop.store, card_id=card.pk, actor=factories.actor())
                written.set()
                may_end.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert written.wait(30)
    yield shop, may_end
    may_end.set()
    thread.join(30)


def told(shop: factories.Shop) -> list[str]:
    log.catch_up(shop.merchant.pk)
    with scope.everything("a test looks"):
        return list(Event.objects.order_by("position").values_list("type", flat=True))


def settled(shop: factories.Shop) -> bool:
    """Whether every line of a shop is below where reading goes on."""
    with factories.inside(shop):
        progress = Progress.objects.get(source="lines")
        newest = (
            Event.objects.filter(line__isnull=False).order_by("-line_id").values_list("line_id", flat=True)
        )
        return progress.settled_id >= newest[0]


def test_a_late_line_is_told_and_an_early_one_does_not_wait(
    slow_stamp: tuple[factories.Shop, threading.Event],
) -> None:
    shop, may_end = slow_stamp
    factories.card(shop.store)  # its line has a higher number, and is committed
    assert told(shop) == ["card.enrolled", "card.enrolled"]
    assert told(shop) == ["card.enrolled", "card.enrolled"]
    assert not settled(shop)
    may_end.set()
    for thread in threading.enumerate():
        if thread.name.endswith("(work)"):
            thread.join(30)
    assert told(shop) == ["card.enrolled", "card.enrolled", "stamps.given"]
    told(shop)
    told(shop)
    assert settled(shop)
