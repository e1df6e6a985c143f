"""mail: a mail server that takes its time over each message, and one worker beside two; webhooks likewise.

What waits is handed over by as many as there are, each with several in flight: twice the workers bring nearly twice as
much. The rate is taken between the first and the last fifth of what arrives. A worker has eight e-mails in flight, or
speaks to sixteen endpoints.

`make bench-mail`, or `python -m benchmarks mail 200 3 2000` on a machine with much other work, where CPU would be the
bound.
"""

import time
from collections.abc import Callable, Mapping, Sized
from io import StringIO
from typing import Any

from celery import current_app
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from benchmarks import data
from benchmarks.outside import beat, worker
from benchmarks.receiver import open_receiver
from benchmarks.report import Report
from groundwork.queue.queue import Queue
from notifications.codes import Code
from notifications.services import enqueue
from notifications.services.queue import EMAILS
from tenancy import scope
from tests.notifications.post_office import open_post_office
from webhooks.services import endpoints, log
from webhooks.services.endpoints import DELIVER_TASK
from webhooks.services.queue import DELIVERIES
from webhooks.services.sources import Draft

TAKES = 150  # ms for each message
LETTERS, EVENTS = 800, 60
MERCHANTS, ENDPOINTS_EACH = 8, 4
AT_LEAST = 1.8
LOOK, PATIENCE = 0.02, 600.0  # seconds
FIRST, LAST = 0.2, 0.8


def run(emails: int = LETTERS, events: int = EVENTS, takes: int = TAKES) -> Report:
    """Measure with so many e-mails, so many events of each merchant, and so long (ms) for each."""
    report = Report(f"mail, {takes} ms each")
    with scope.everything("a benchmark"):
        call_command("load_email_templates", stdout=StringIO())
        _report_emails(report, emails, takes / 1000)
        _report_webhooks(report, events, takes / 1000)
    return report


def _report_emails(report: Report, count: int, seconds: float) -> None:
    shop = data.shop()
    first, last = data.cards(shop, count)

    def ask(processes: int) -> None:
        cards = range(first, last + 1)
        enqueue.for_cards(
            merchant_id=shop.merchant.pk, code=Code.CARD_LINK, card_ids=cards, cause=f"workers={processes}"
        )

    with open_post_office() as office:
        office.seconds = seconds
        environment = {
            "EMAIL_URL": f"smtp://127.0.0.1:{office.port}",
            "DEFAULT_FROM_EMAIL": "cards@shop.example",
            "PUBLIC_BASE_URL": "https://cards.shop.example",
        }
        _report_both(report, EMAILS, environment, "mail,sms", ask, office.letters, count)


def _report_webhooks(report: Report, count: int, seconds: float) -> None:
    shops = [data.shop(f"listening-{number}") for number in range(MERCHANTS)]
    with open_receiver(seconds) as receiver:
        for shop in shops:
            for _endpoint in range(ENDPOINTS_EACH):
                endpoints.create(merchant=shop.merchant, url=receiver.url)

        def ask(processes: int) -> None:
            for shop in shops:
                _have_told(shop, count)
            for _process in range(processes):
                current_app.send_task(DELIVER_TASK)  # as the clock does: nobody waits for it here

        every = MERCHANTS * ENDPOINTS_EACH * count
        environment = {"WEBHOOKS_ALLOW_PRIVATE": "true"}
        _report_both(report, DELIVERIES, environment, "webhooks", ask, receiver.ids, every)


@transaction.atomic
def _have_told(shop: data.Shop, count: int) -> None:
    program = {"program": {"id": shop.program.pk}}
    log.append(
        log.locked(shop.merchant.pk),
        [Draft("program.updated", timezone.now(), program) for _n in range(count)],
    )


def _report_both(
    report: Report,
    queue: Queue[Any],
    environment: Mapping[str, str],
    queues: str,
    ask: Callable[[int], None],
    arrived: Sized,
    count: int,
) -> None:
    """What arrives a second by the work of one process, and of two."""
    rates = []
    for processes in (1, 2):
        with worker(environment, queues, processes), beat(environment):
            _wait_for(lambda: bool(current_app.control.ping(timeout=1.0)))
            before = len(arrived)
            ask(processes)
            rates.append(_rate(arrived, before, count))
            _wait_for(lambda: not queue.rows().filter(queue.waiting).exists())  # what arrived is noted, too
        _wait_for(lambda: not current_app.control.ping(timeout=1.0))
    one, two = rates
    report.add(f"{queue.name} a second, one worker", f"{one:.1f}")
    value = f"{two:.1f} = {two / one:.2f} x"
    report.add(f"{queue.name} a second, two workers", value, f">= {AT_LEAST} x", two >= AT_LEAST * one)


def _rate(arrived: Sized, before: int, count: int) -> float:
    """How many arrive a second, between the first and the last fifth of so many."""
    moments = []
    for share in (FIRST, LAST):
        _wait_for(lambda share=share: len(arrived) - before >= share * count)
        moments.append((time.monotonic(), len(arrived)))
    _wait_for(lambda: len(arrived) - before >= count)
    (begin, first), (end, last) = moments
    return (last - first) / (end - begin)


def _wait_for(come: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not come():
        if time.monotonic() >= until:
            raise RuntimeError(f"Not seen within {PATIENCE} seconds")
        time.sleep(LOOK)
