"""The doorbell: tells a worker that a queue table has something new.

Every queue is a table; a lost ring costs a minute, until the sweep. So ringing never waits and never fails: a
background thread speaks to the broker, and rings that come while it is busy become one.
"""

import logging
import os
import threading

from celery import current_app
from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)

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
                    current_app.send_task(task, kwargs=dict(ids), retry=False, ignore_result=True)
                except Exception as error:
                    logger.warning("doorbell not heard", extra={"task": task, "error": type(error).__name__})


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
