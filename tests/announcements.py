"""What services announce: the events of a block, whoever listens to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from groundwork.messaging import outbox


@contextmanager
def announced() -> Iterator[list[Any]]:
    """Collect the events that are recorded while the block runs, in order."""
    events: list[Any] = []
    record = outbox.record

    def remember(*given: Any) -> None:
        events.extend(given)
        record(*given)

    with mock.patch.object(outbox, "record", remember):
        yield events
