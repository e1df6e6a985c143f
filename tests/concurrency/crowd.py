"""A crowd of threads, each with a database connection of its own, that all do something at the same moment.

    answers = crowd.all_at_once(lambda number: stamps.give(...))
    assert Counter(answers) == {"done": 1, "already_voided": 99}

And the switches that take away what holds a rule, for the tests that prove that it is what holds it.
"""

import fcntl
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from groundwork.database import waits
from groundwork.errors import DomainError
from loyalty import ledger
from loyalty.triggers import as_its_newest_line, chain
from tenancy import scope
from tests.emptied import empty_what_has_rows
from tests.patience import PATIENCE

HUNDRED, ROUNDS = 100, 3


class Crowd:
    """So many people at so many tills."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.threads = ThreadPoolExecutor(size, thread_name_prefix="till")

    def all_at_once(self, action: Callable[[int], Any], people: int | None = None) -> list[Any]:
        """Everybody (or so many) does it at once, each with a number; what each got: "done", a code, or a fault.

        What `action` returns counts as "done" unless it is a text. They wait for each other longer than a till would:
        a hundred at one card are told apart by what the locks hold, and not by who lost patience.
        """
        starting = threading.Barrier(people or self.size)

        def act(number: int) -> Any:
            connection.ensure_connection()
            starting.wait(PATIENCE)
            try:
                with scope.everything("a crowd of one merchant's tills"), waits.of("worker"):
                    answer = action(number)
            except DomainError as refusal:
                return refusal.code
            except Exception as fault:
                return f"{type(fault).__name__}: {str(fault).splitlines()[0]}"
            return answer if isinstance(answer, str) else "done"

        return list(self.threads.map(act, range(people or self.size)))

    def go_home(self) -> None:
        """Close every connection."""
        leaving = threading.Barrier(self.size)

        def leave(_number: int) -> None:
            leaving.wait(PATIENCE)
            connection.close()

        list(self.threads.map(leave, range(self.size)))
        self.threads.shutdown()


@contextmanager
def one_crowd_at_a_time() -> Iterator[None]:
    """Wait until no other process has a crowd: the server has 300 connections for all of them."""
    with Path(tempfile.gettempdir(), "loyalty-tests-crowd.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def loses(words: str) -> AbstractContextManager:
    """The loss that a race ends in once nothing holds it, in the words with which the race itself names it."""
    return pytest.raises(AssertionError, match=f"^{words}")


# --- Taking away what holds a rule ------------------------------------------------------------------------


@contextmanager
def without_row_locks() -> Iterator[None]:
    """Let every SELECT ... FOR UPDATE be an ordinary SELECT."""
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(QuerySet, "select_for_update", lambda queryset, **options: queryset.all())
            ledger._lock_one.forget()  # it was compiled with the lock
            yield
    finally:
        ledger._lock_one.forget()


@contextmanager
def all_have_read_before_anyone_writes(module: Any, function: str, people: int) -> Iterator[None]:
    """Make the worst moment certain, once: who of a crowd returns from a function waits until so many have."""
    meeting, met = threading.Barrier(people), threading.Event()
    original = getattr(module, function)

    def then_wait(*arguments: Any, **keywords: Any) -> Any:
        found = original(*arguments, **keywords)
        if not met.is_set() and threading.current_thread() is not threading.main_thread():
            with suppress(threading.BrokenBarrierError):
                meeting.wait(PATIENCE)
            met.set()
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, function, then_wait)
        yield


@contextmanager
def unlocked(module: Any, function: str, people: int) -> Iterator[None]:
    """All that keeps a balance right taken out, at the worst moment: everybody has read before anyone writes."""
    meeting = all_have_read_before_anyone_writes(module, function, people)
    with without_row_locks(), without_chain(), meeting:
        yield


@contextmanager
def without_chain() -> Iterator[None]:
    """Let the ledger take a line that follows neither from the one before nor from its card."""
    rules = [chain, *as_its_newest_line]
    for rule in rules:
        execute(f"ALTER TABLE {rule.table} DISABLE TRIGGER {rule.name}")
    try:
        yield
    finally:
        for rule in rules:
            execute(f"ALTER TABLE {rule.table} ENABLE TRIGGER {rule.name}")


@contextmanager
def without_unique(table: str, *columns: str) -> Iterator[None]:
    """Take away the uniqueness of some columns of a table; afterwards the database is empty, and has it back."""
    name, definition = _unique_index(table, columns)
    is_constraint = fetch("SELECT 1 FROM pg_constraint WHERE conname = %s", [name])
    execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' if is_constraint else f'DROP INDEX "{name}"')
    try:
        yield
    finally:
        empty_what_has_rows()
        execute(definition)
        if is_constraint:
            execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" UNIQUE USING INDEX "{name}"')


def _unique_index(table: str, columns: tuple[str, ...]) -> tuple[str, str]:
    listed = f"%({', '.join(columns)})%"
    query = (
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s "
        "AND indexdef LIKE 'CREATE UNIQUE%%' AND indexdef LIKE %s"
    )
    ((name, definition),) = fetch(query, [table, listed])
    return name, definition


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def fetch(query: str, parameters: list[Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()
