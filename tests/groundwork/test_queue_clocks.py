"""Workers whose clocks are off: every queue goes by the database's."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db.models.functions import Now
from django.utils import timezone

from groundwork.jobs import service as jobs
from groundwork.jobs.models import JobKind
from groundwork.jobs.queue import JOBS
from groundwork.messaging import outbox
from groundwork.messaging.monitoring import queues
from groundwork.messaging.outbox import OUTBOX
from groundwork.messaging.wiring import subscriptions
from groundwork.queue.queue import Queue
from loyalty.events import ProgramChanged
from notifications.codes import Code
from notifications.models import TextKind, TextMessage
from notifications.services import accounts, enqueue
from notifications.services.accounts import ACCOUNT_EMAILS
from notifications.services.queue import EMAILS
from notifications.services.text_messages import TEXT_MESSAGES
from tenancy import scope
from tests import factories
from tests.groundwork import listeners
from tests.groundwork.queued import card, seconds, waiting
from tests.one_row_each import a_delivery
from wallet.models import Platform, WalletPass
from wallet.selectors import card_key
from wallet.services.queue import DESIGNS, PASSES
from webhooks.services.queue import DELIVERIES

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    listeners.heard.clear()
    with subscriptions.filled(*listeners.SUBSCRIPTIONS), scope.everything("a worker"):
        yield


def a_message() -> None:
    outbox.record(ProgramChanged(merchant_id=factories.shop().merchant.pk, program_id=1))


def a_job() -> None:
    user, parameters = factories.shop().owner, {"kind": "csv", "query": ""}
    jobs.ask(user=user, kind=JobKind.EXPORT, about="loyalty.loyaltycard", parameters=parameters)


def an_email() -> None:
    pending = card()
    enqueue.for_cards(
        merchant_id=pending.merchant_id, code=Code.CARD_LINK, card_ids=[pending.pk], cause="test"
    )


def an_account_email() -> None:
    accounts.enqueue({"kind": "password_changed", "about_id": factories.user().pk})


def a_text_message() -> None:
    pending = card()
    TextMessage.objects.create(
        merchant_id=pending.merchant_id, card=pending, kind=TextKind.CARD_LINK, dedup_key="test"
    )


def a_pass() -> None:
    made = card()
    whose = {"merchant_id": made.merchant_id, "card": made, "card_key": card_key(made)}
    WalletPass.objects.create(platform=Platform.APPLE, serial_number="one", **whose)


def a_design() -> None:
    waiting()


ROWS = [
    (JOBS, a_job),
    (EMAILS, an_email),
    (ACCOUNT_EMAILS, an_account_email),
    (TEXT_MESSAGES, a_text_message),
    (PASSES, a_pass),
    (DESIGNS, a_design),
    (DELIVERIES, lambda: a_delivery(factories.shop())),
]
OF_EACH = pytest.mark.parametrize(("queue", "make"), ROWS, ids=lambda value: getattr(value, "name", ""))
WITH_OUTBOX = pytest.mark.parametrize(
    ("queue", "make"), [(OUTBOX, a_message), *ROWS], ids=lambda value: getattr(value, "name", "")
)


def test_every_queue_of_the_site_is_tried() -> None:
    assert list(queues) == [OUTBOX, *(queue for queue, _make in ROWS)]


@OF_EACH
@pytest.mark.parametrize("skew", [HOUR, -HOUR], ids=["ahead", "behind"])
def test_a_worker_whose_clock_is_off_takes_nothing_out_of_anothers_hands(
    queue: Queue[Any], make: Callable[[], None], skew: timedelta
) -> None:
    make()
    (mine,) = queue.take()
    with time_machine.travel(timezone.now() + skew):
        assert queue.take() == queue.take(early=True) == []
    assert queue.release([mine]) == 1


@OF_EACH
@pytest.mark.parametrize("skew", [HOUR, -HOUR], ids=["ahead", "behind"])
def test_the_lease_of_a_worker_whose_clock_is_off_is_as_long_as_any(
    queue: Queue[Any], make: Callable[[], None], skew: timedelta
) -> None:
    make()
    with time_machine.travel(timezone.now() + skew):
        (mine,) = queue.take()
    assert seconds(mine, "leased_until") == queue.lease.total_seconds()
    with time_machine.travel(timezone.now() + skew):
        assert queue.renew(mine)
    assert seconds(mine, "leased_until") == queue.lease.total_seconds()


@WITH_OUTBOX
@pytest.mark.parametrize("skew", [HOUR, -HOUR], ids=["ahead", "behind"])
def test_a_worker_whose_clock_is_off_takes_what_is_due_and_nothing_else(
    queue: Queue[Any], make: Callable[[], None], skew: timedelta
) -> None:
    with time_machine.travel(timezone.now() + skew):  # whoever puts it in the queue may be off as well
        make()
    queue.rows().filter(next_attempt_at__gt=Now()).delete()
    assert queue.lag()["waiting"] > 0
    queue.rows().update(next_attempt_at=Now() + timedelta(minutes=30))
    with time_machine.travel(timezone.now() + skew):
        assert queue.take() == []
        queue.rows().update(next_attempt_at=Now())
        assert len(queue.take()) == 1


@WITH_OUTBOX
@pytest.mark.parametrize("skew", [HOUR, -HOUR], ids=["ahead", "behind"])
def test_the_pause_after_a_failure_is_as_long_whatever_the_workers_clock_says(
    queue: Queue[Any], make: Callable[[], None], skew: timedelta
) -> None:
    make()
    (mine,) = queue.take()
    with time_machine.travel(timezone.now() + skew):
        assert queue.postpone(mine, wait=2 * HOUR)
    assert seconds(mine) == (2 * HOUR).total_seconds()
