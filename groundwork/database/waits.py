"""How long the database may be waited for: each kind of work has bounds of its own (settings.DATABASE_WAITS).

A process is of one kind, by which its connections are opened; whatever nobody declared is a till, the least patient.
Work of another kind within it, as the console's in a web process, says so with `of`. Every transaction begins with
the bounds of the work in hand (`groundwork.database.postgresql`), so that they hold behind a pooler that drops
connections' options too.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import transaction


class _Process:
    kind = "till"


GRACE = 400  # milliseconds
_silence: ContextVar[float | None] = ContextVar("bound of silence", default=None)
_work: ContextVar[str | None] = ContextVar("kind of work", default=None)


def this_process_is(kind: str) -> None:
    """Say what a process does, before it opens a connection. `kind`: a key of settings.DATABASE_WAITS."""
    _Process.kind = kind


@contextmanager
def of(kind: str) -> Iterator[None]:
    """Let transactions that begin in the block wait as this kind of work may."""
    before = _work.set(kind)
    try:
        yield
    finally:
        _work.reset(before)


def of_process() -> dict[str, int]:
    """The bounds by which this process opens connections: PostgreSQL's names, milliseconds; 0 is none."""
    return settings.DATABASE_WAITS[_Process.kind]


def of_work() -> dict[str, int]:
    """The bounds of the work in hand, as `of_process`."""
    return settings.DATABASE_WAITS[_work.get() or _Process.kind]


@contextmanager
def silence_of(seconds: float) -> Iterator[None]:
    """Let the server be silent for so long at most in the block."""
    before = _silence.set(seconds)
    try:
        yield
    finally:
        _silence.reset(before)


def silence() -> float | None:
    """For how many seconds the server may say nothing: a little longer than it may be at a statement; None: for ever.

    PostgreSQL keeps to its own bounds as long as it runs; a machine that has stopped keeps to none.
    """
    longest = [bounds["statement_timeout"] for bounds in (of_work(), of_process())]
    if _silence.get() is not None or 0 in longest:
        return _silence.get()
    return (max(longest) + GRACE) / 1_000


def each_in_a_transaction(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """A wrapper of statements, by which those outside of transactions have the bounds of the work in hand as well.

    It costs two round trips for each: for the console, whose lists are read outside of transactions.
    """
    connection = context["connection"]
    if not connection.get_autocommit():
        return execute(sql, params, many, context)
    with transaction.atomic(using=connection.alias):
        return execute(sql, params, many, context)
