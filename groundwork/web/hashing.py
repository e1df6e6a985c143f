"""Slow hashes that leave a till its own: one at a time in each process, in a thread that gives way to all others.

`PASSWORD_HASHERS` names the classes below instead of Django's. Those who wait cost nothing but a thread each; so that
some are left to answer tills, only so many may (`share`), and the others are told to come back (`Busy`). What a till
itself has hashed is never turned away at once (`at_the_till`): its tries are few, and counted elsewhere.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar

from django.contrib.auth.hashers import BCryptSHA256PasswordHasher, PBKDF2PasswordHasher
from django.db import connections
from django.utils.translation import gettext_lazy as _

from groundwork.errors import DomainError

LEFT_TO_TILLS = 4  # threads, or half of them where that is fewer
WAIT_SECONDS = 2
GIVES_WAY = 10  # steps of `nice`: a tenth of the share of a thread that answers

Answer = TypeVar("Answer")
_places = threading.Semaphore(2)
_is_till: ContextVar[bool] = ContextVar("hashed_at_the_till", default=False)


class Busy(DomainError):
    """Too many passwords are being checked; `retry_after` is in whole seconds."""

    code = "busy"
    status = 503
    message = _("Many people are signing in just now. Please try again in a moment.")


def share(threads: int) -> None:
    """Say how many threads answer in this process; called once, before the first of them does."""
    global _places
    _places = threading.Semaphore(max(1, threads // 2, threads - LEFT_TO_TILLS))


def refuse_if_full() -> None:
    """Raise Busy where a hash would, before anything is looked up for it."""
    if not _places.acquire(blocking=False):
        raise Busy(retry_after=WAIT_SECONDS)
    _places.release()


@contextmanager
def at_the_till() -> Iterator[None]:
    """Let what is hashed in this block wait for its turn, however many wait."""
    token = _is_till.set(True)
    try:
        yield
    finally:
        _is_till.reset(token)


def in_turn(work: Callable[[], Answer]) -> Answer:
    """Return what `work` returns, as soon as no other hash runs in this process.

    Raises Busy if too many wait already, or if its turn does not come in time.
    """
    if _is_till.get():
        return _run(work)
    if not _places.acquire(blocking=False):
        raise Busy(retry_after=WAIT_SECONDS)
    try:
        return _run(work)
    finally:
        _places.release()


def _run(work: Callable[[], Answer]) -> Answer:
    _give_connections_back()
    turn = _thread(os.getpid()).submit(work)
    try:
        return turn.result(WAIT_SECONDS)
    except NotInTime:
        if turn.cancel():
            raise Busy(retry_after=WAIT_SECONDS) from None
        return turn.result()  # it runs already


def _give_connections_back() -> None:
    """To the pool, if there is one; without, each thread keeps a connection that nobody else could use."""
    for connection in connections.all(initialized_only=True):
        if connection.settings_dict["OPTIONS"].get("pool") and not connection.in_atomic_block:
            connection.close()


@cache
def _thread(process: int) -> ThreadPoolExecutor:
    """The one thread of a process; a fork has none of its parent's."""
    return ThreadPoolExecutor(1, "hashes", initializer=_give_way)


def _give_way() -> None:
    if sys.platform == "linux":  # where a thread has a priority of its own
        os.nice(GIVES_WAY)


class _InTurn:
    """What is slow about a hasher is its `encode`, by which it verifies as well."""

    def encode(self, *args: Any, **kwargs: Any) -> str:
        encode: Callable[..., str] = super().encode
        return in_turn(lambda: encode(*args, **kwargs))


class BCryptInTurn(_InTurn, BCryptSHA256PasswordHasher):
    """Django's, in turn."""


class PBKDF2InTurn(_InTurn, PBKDF2PasswordHasher):
    """Django's, in turn."""
