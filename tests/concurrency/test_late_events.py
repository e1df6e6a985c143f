"""A line that is committed late is told as well, and the ones committed before it do not wait for it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import pytest
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from groundwork.database import fences
from loyalty.models import LoyaltyCard
from loyalty.services import stamps
from tenancy import scope
from tests import factories
from tests.patience import PATIENCE
from webhooks.models import Event, Progress
from webhooks.services import log

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def slow_stamp() -> Iterator[tuple[factories.Shop, threading.Event]]:
    """A shop where a stamp has its number, and is not committed until it may be."""
    shop = factories.shop()
    with a_slow_stamp(shop, factories.card(shop.store)) as may_end:
        yield shop, may_end


@contextmanager
def a_slow_stamp(shop: factories.Shop, card: LoyaltyCard) -> Iterator[threading.Event]:
    """Give a stamp that is not committed until it may be."""
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
    yield may_end
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
    until = monotonic() + PATIENCE
    while not settled(shop):  # transactions of other tests on the same server are waited for as well
        told(shop)
        assert monotonic() < until


def test_a_transaction_that_began_after_the_newest_that_ended_is_waited_for() -> None:
    shop = factories.shop()
    with factories.inside(shop):
        row = Progress.objects.create(merchant=shop.merchant, source="lines")
        late = connection.copy()
        try:
            with transaction.atomic():
                number_of(connection)  # an older one than the late transaction's, which ends before it
                late.set_autocommit(False)
                number = number_of(late)
            assert fences.snapshot().ended <= number < fences.next_transaction(row)
        finally:
            late.close()


def number_of(of: BaseDatabaseWrapper) -> int:
    """The id of a connection's transaction."""
    with of.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])
