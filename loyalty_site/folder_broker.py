"""The broker of the zero-set-up mode: kombu's folder of messages, safe between processes.

kombu's own transport makes a file and writes it afterwards. A worker that looked in between read an empty
message and ended. Here a message has its name only when it is whole, and one process at a time touches the
tables of exchanges.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """kombu's channel with whole messages and locked tables."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        unfinished = Path(self.data_folder_out) / f"{name}.part"
        try:
            unfinished.write_text(dumps(payload))
            unfinished.rename(unfinished.with_name(name))
        except OSError as error:
            raise ChannelError(f"Cannot add {name!r} to the folder") from error

    def get_table(self, exchange: str) -> list[Any]:
        with self._tables_locked():
            return super().get_table(exchange)

    def _queue_bind(self, *args: Any) -> None:
        with self._tables_locked():
            super()._queue_bind(*args)

    @contextmanager
    def _tables_locked(self) -> Iterator[None]:
        with (self.control_folder / "lock").open("w") as guard:
            filesystem.lock(guard, filesystem.LOCK_EX)
            try:
                yield
            finally:
                filesystem.unlock(guard)


class Transport(filesystem.Transport):
    """`broker_transport` for Celery."""

    Channel = Channel
