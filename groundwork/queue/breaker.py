"""A circuit breaker: an outside party that hangs is left alone for a while, instead of being waited for each time.

It is the process's own: each worker finds out for itself, and none has to ask another one.
"""

import threading
from datetime import datetime, timedelta

from django.utils import timezone

from groundwork.queue.pauses import Pauses

PATIENCE = 3  # failures in a row
PAUSES = Pauses(first=timedelta(seconds=30), factor=2, longest=timedelta(minutes=5))


class Breaker:
    """Opens after PATIENCE failures in a row, for a pause that grows with each further one; one success closes it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._until: datetime | None = None

    def is_open(self) -> bool:
        """Whether the party is to be left alone just now."""
        now, until = timezone.now(), self._until
        # A clock that was set back must not keep it open for long.
        return until is not None and now < until <= now + PAUSES.longest

    def worked(self) -> None:
        """The party answered, whatever it said."""
        with self._lock:
            self._failures, self._until = 0, None

    def failed(self) -> None:
        """The party kept us waiting for an answer that did not come."""
        with self._lock:
            self._failures += 1
            if self._failures >= PATIENCE:
                self._until = timezone.now() + PAUSES.after(self._failures - PATIENCE + 1)
