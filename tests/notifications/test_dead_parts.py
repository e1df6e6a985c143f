"""Workers that are killed, two at once, a broker that is away: what waits is sent once."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings as site
from django.db import connection, connections
from django.db.models import QuerySet
from django.utils import timezone
from pytest_django import Settings

from groundwork.messaging import doorbell, outbox
from loyalty.services.enrollment import enroll
from loyalty_site.servers.supervise import free_port
from notifications import posting
from notifications.models import EmailLog
from notifications.services import delivery
from tenancy import scope
from tenancy.actor import Actor
from tests.notifications.conftest import Shop
from tests.notifications.post_office import PostOffice

pytestmark = pytest.mark.django_db(transaction=True)

WAIT = 60  # seconds; only a broken test waits so long


def database_url() -> str:
    server = connection.settings_dict
    return f"postgresql://{server['USER']}@{server['HOST']}:{server['PORT']}/{server['NAME']}"


@contextmanager
def worker(post_office: PostOffice, redis_url: str, folder: Path) -> Iterator[subprocess.Popen]:
    """A real Celery worker, as in production but for its database and mail server."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "loyalty_site.settings.local",
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_url,
        "EMAIL_URL": f"smtp://127.0.0.1:{post_office.port}",
        "PUBLIC_BASE_URL": "https://cards.example",
        "VAR_DIR": str(folder),
    }
    command = [sys.executable, "-m", "celery", "-A", "loyalty_site", "worker", "-P", "solo", "-l", "ERROR"]
    process = subprocess.Popen(command, env=environment, cwd=site.BASE_DIR)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def status(log: EmailLog) -> tuple[str, int]:
    log.refresh_from_db()
    return log.status, log.attempts


def test_a_worker_killed_in_the_middle_of_sending_loses_nothing(
    shop: Shop, post_office: PostOffice, redis_url: str, tmp_path: Path
) -> None:
    log = shop.queued()
    post_office.data = "hang"
    with (
        worker(post_office, redis_url, tmp_path) as process,
        Celery(broker=redis_url, set_as_current=False) as bell,
    ):
        bell.send_task("loyalty.send_notification_email", kwargs={"email_log_id": log.pk})
        assert post_office.is_receiving.wait(WAIT)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(WAIT)

    assert status(log) == ("sending", 1)
    post_office.data = "250 OK"
    assert delivery.sweep() == 0, "its lease has not run out"
    EmailLog.objects.filter(pk=log.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    assert delivery.sweep() == 1
    assert status(log) == ("sent", 2)
    (interrupted, arrived) = post_office.offered
    assert post_office.letters == [arrived]
    assert interrupted["Message-ID"] == arrived["Message-ID"]


def sweep_four_times_at_once() -> int:
    """Four workers begin at the same moment; returns how many rows they took up together."""
    together = threading.Barrier(4)
    taken: list[int] = []

    def sweep() -> None:
        together.wait()
        taken.append(delivery.sweep())
        connections.close_all()

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(taken)


@pytest.mark.concurrency
def test_four_sweeps_at_once_send_nothing_twice(shop: Shop, post_office: PostOffice) -> None:
    """Seen to fail without the lock: see the next test."""
    for number in range(40):
        shop.queued(cause=str(number))
    assert sweep_four_times_at_once() == 40
    assert len({letter["Message-ID"] for letter in post_office.letters}) == len(post_office.letters) == 40
    assert set(EmailLog.objects.values_list("status", "attempts")) == {("sent", 1)}


@pytest.mark.concurrency
def test_without_the_lock_they_would_send_twice(
    shop: Shop, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)
    for number in range(40):
        shop.queued(cause=str(number))
    assert sweep_four_times_at_once() > 40


class Heard(logging.Handler):
    """Knows when something was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.something = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.something.set()


def test_with_the_broker_away_enrolment_answers_and_the_sweep_sends(
    shop: Shop, post_office: PostOffice, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DOORBELL_ENABLED = True
    nowhere = Celery(broker=f"redis://127.0.0.1:{free_port()}/0", set_as_current=False)
    monkeypatch.setattr(doorbell, "current_app", nowhere)
    heard = Heard()
    doorbell.logger.addHandler(heard)
    with scope.merchant(shop.merchant):
        enroll(store=shop.store, email="anouk@example.com", create_if_missing=True, actor=Actor.system())
    assert heard.something.wait(WAIT), "the bell was rung, and not heard"
    doorbell.logger.removeHandler(heard)
    assert outbox.relay() >= 1
    assert delivery.sweep() == 1
    assert [letter["To"] for letter in post_office.letters] == ["anouk@example.com"]


def test_no_transaction_is_open_while_the_mail_server_is_spoken_to(
    shop: Shop, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    post = posting.Mailbox.post

    def watched(mailbox: posting.Mailbox, message: object) -> object:
        seen.append(connection.in_atomic_block)
        return post(mailbox, message)

    monkeypatch.setattr(posting.Mailbox, "post", watched)
    log = shop.queued()
    delivery.deliver(log.pk)
    assert (seen, status(log)) == ([False], ("sent", 1))
