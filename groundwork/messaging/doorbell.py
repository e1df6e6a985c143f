"""The doorbell: tells a worker that a queue table has something new.

Every queue is a table; a lost ring costs a minute, until the sweep. So ringing never waits and never fails: a
background thread speaks to the broker, and rings that come while it is busy become one.

Nobody rings where a ring is still unanswered: whoever takes it up will see this row, too. That is noted in the cache,
from the ring until a worker begins (`answered`); without it a hundred tills that stamp while the workers are away would
leave a hundred tasks a second, most of them for nothing.
"""

import logging
import os
import threading

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

logger = logging.getLogger(__name__)

UNANSWERED_FOR = 30  # seconds, where the ring itself was lost
Ring = tuple[str, tuple[tuple[str, int], ...]]  # a task's name, and its keyword arguments


class _Ringer:
    def __init__(self) -> None:
        self.pid = os.getpid()
        self.wanted: set[Ring] = set()
        self.lock = threading.Lock()
        self.bell = threading.Event()
        threading.Thread(target=self._run, name="doorbell", daemon=True).start()

    def ring(self, wanted: Ring) -> None:
        with self.lock:
            self.wanted.add(wanted)
        self.bell.set()

    def _run(self) -> None:
        while True:
            self.bell.wait()
            self.bell.clear()
            with self.lock:
                rings, self.wanted = self.wanted, set()
            for task, ids in sorted(rings):
                try:
                    _send(task, dict(ids))
                except Exception as error:
                    logger.warning("doorbell not heard", extra={"task": task, "error": type(error).__name__})


def _send(task: str, ids: dict[str, int]) -> None:
    """Ring, unless the same ring is unanswered. One about a row is for that row alone, and is sent in any case."""
    if not ids and not cache.add(_unanswered(task), 1, UNANSWERED_FOR):
        return
    try:
        current_app.send_task(task, kwargs=ids, retry=False, ignore_result=True)
    except Exception:
        answered(task)
        raise


def answered(task: str) -> None:
    """Somebody begins with a task, and has not looked at its queue yet: from now on it is rung for again."""
    cache.delete(_unanswered(task))


def _unanswered(task: str) -> str:
    return f"rung:{task}"


_ringer: _Ringer | None = None
_make = threading.Lock()


def ring(task: str, **ids: int) -> None:
    """Ring for a Celery task (by name) once the current transaction has committed. Never blocks, never raises."""
    transaction.on_commit(lambda: _ring_now((task, tuple(sorted(ids.items())))), robust=True)


def _ring_now(wanted: Ring) -> None:
    global _ringer
    if not settings.DOORBELL_ENABLED:
        return
    with _make:
        if _ringer is None or _ringer.pid != os.getpid():  # threads do not survive a fork
            _ringer = _Ringer()
    _ringer.ring(wanted)
