"""The clock that services read: the machine's, or one that a block of code sets, to tell a story of the past.

    with clock.at(datetime(2026, 3, 10, 11, 0, tzinfo=UTC)):
        stamps.give(...)  # is booked on that day

Only this thread's (or task's) time changes. A service reads it once, after it holds its lock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_set: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The present moment, or the one that is set around the caller."""
    return _set.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stop the clock at a moment for as long as the block lasts. Raises ValueError for one without its offset."""
    if timezone.is_naive(moment):
        raise ValueError("A moment needs its offset.")
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)
