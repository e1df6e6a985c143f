"""Each kind of work waits as long as it may, and says so to the database with its first statement."""

import sys
from typing import Any

import pytest
from celery import shared_task
from celery.signals import beat_init, worker_init
from django.db import connection, transaction
from pytest_django import Settings

import manage
from groundwork.database import waits
from loyalty_site import celery as loyalty_celery
from loyalty_site.settings import backends
from tests.bounds import NAMES, bounds_now

KINDS = ["till", "console", "worker", "command", "migration"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_kind_of_work_has_all_three_bounds() -> None:
    assert list(backends.DATABASE_WAITS) == KINDS
    assert all(list(bounds) == NAMES for bounds in backends.DATABASE_WAITS.values())
    assert [backends.DATABASE_WAITS[kind]["lock_timeout"] for kind in KINDS] == [
        2_000,
        15_000,
        30_000,
        60_000,
        5_000,
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_connections_are_opened_by_the_kind_of_the_process(
    kind: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waits._Process, "kind", kind)
    connection.close()
    assert bounds_now() == settings.DATABASE_WAITS[kind]
    connection.close()


def test_a_process_that_nobody_declared_is_a_till() -> None:
    assert waits.of_process() is waits.of_work()
    assert waits._Process.kind == "till"


@pytest.mark.parametrize(
    ("command", "kind"), [("migrate", "migration"), ("verify_ledger", "command"), ("shell", "command")]
)
def test_a_command_says_what_it_is(command: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits._Process, "kind", "till")
    monkeypatch.setattr(manage, "execute_from_command_line", lambda arguments: None)
    monkeypatch.setattr(sys, "argv", ["manage.py", command])
    manage.main()
    assert waits._Process.kind == kind


@pytest.mark.parametrize("begins", [worker_init, beat_init])
def test_a_worker_and_its_clock_say_what_they_are(begins: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits._Process, "kind", "till")
    loyalty_celery.begin_as_worker()
    assert loyalty_celery.begin_as_worker in [receiver() for _key, receiver in begins.receivers]
    assert waits._Process.kind == "worker"


def test_a_task_waits_as_a_worker_may(settings: Settings) -> None:
    @shared_task(name="tests.bounds")
    def look() -> dict[str, int]:
        with transaction.atomic():
            return bounds_now()

    assert look.apply().get() == settings.DATABASE_WAITS["worker"]
    assert look() == settings.DATABASE_WAITS["worker"]
    with transaction.atomic():
        assert bounds_now() == settings.DATABASE_WAITS["till"]


def test_the_bounds_go_with_begin_and_end_with_the_transaction(settings: Settings) -> None:
    """One message to the server: a statement of their own would be paid by each stamp."""
    connection.ensure_connection()
    sent = []
    execute = connection.connection.execute
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection.connection, "execute", lambda text: (sent.append(text), execute(text)))
        with waits.of("console"), transaction.atomic():
            assert bounds_now() == settings.DATABASE_WAITS["console"]
    assert sent == [
        "BEGIN; SET LOCAL lock_timeout = 15000; SET LOCAL statement_timeout = 15000; "
        "SET LOCAL idle_in_transaction_session_timeout = 30000",
        "SET LOCAL statement_timeout = 0; COMMIT",
    ]
    assert bounds_now() == settings.DATABASE_WAITS["till"]
