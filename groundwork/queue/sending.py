"""Sending what waits in a queue to an outside party: several at a time, and none that waits for its answer alone.

    drain(Line(take=next_emails, prepare=written, send=posted, note=noted, breaker=breaker), seconds=50)

Rows are taken, prepared and noted by the caller's thread, one after another, as far as the database goes; only the
party is spoken to in threads of their own.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import Enum
from time import monotonic
from typing import Generic, TypeVar

from groundwork.queue.breaker import Breaker

Row = TypeVar("Row")
Parcel = TypeVar("Parcel")
Answer = TypeVar("Answer")
AT_ONCE = 8


class Contact(Enum):
    """How a party fared: it answered, whatever it said; it kept us waiting; or it could not be reached at all."""

    ANSWERED = "answered"
    SILENT = "silent"
    AWAY = "away"


@dataclass(frozen=True)
class Line(Generic[Row, Parcel, Answer]):
    """How the rows of a queue go out.

    `take`: the next rows, up to so many. `prepare`: what is to be sent, None where nothing is, and the row settled.
    `send`: hands it over, without the database, and raises nothing. `note`: writes down what came of it.
    """

    take: Callable[[int], Sequence[Row]]
    prepare: Callable[[Row], Parcel | None]
    send: Callable[[Parcel], Answer]
    note: Callable[[Row, Answer], Contact]
    breaker: Breaker

    def send_one(self, row: Row) -> None:
        """Send a row that was taken, in the caller's own thread."""
        parcel = self.prepare(row)
        if parcel is not None:
            self.heard(self.note(row, self.send(parcel)))

    def heard(self, contact: Contact) -> Contact:
        """Tell the breaker how it went. A refused connection costs nothing, and says so anew each time."""
        if contact is Contact.ANSWERED:
            self.breaker.worked()
        elif contact is Contact.SILENT:
            self.breaker.failed()
        return contact


def drain(line: Line[Row, Parcel, Answer], *, seconds: float) -> int:
    """Send what is due for so long at most; returns how many rows were taken up.

    It begins with one at a time, has twice as many in flight after each answer, AT_ONCE at most, and ends where the
    party cannot be reached or hangs: the others would only wait for it too. No more is taken than begins at once.
    """
    end, width, taken = monotonic() + seconds, 1, 0
    flying: dict[Future[Answer], Row] = {}
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sending") as threads:
        while True:
            while len(flying) < width and monotonic() < end and not line.breaker.is_open():
                rows = line.take(width - len(flying))
                if not rows:
                    break
                taken += len(rows)
                for row in rows:
                    parcel = line.prepare(row)
                    if parcel is not None:
                        flying[threads.submit(line.send, parcel)] = row
            if not flying:
                return taken
            for landed in wait(flying, return_when=FIRST_COMPLETED).done:
                contact = line.heard(line.note(flying.pop(landed), landed.result()))
                width = min(2 * width, AT_ONCE) if contact is Contact.ANSWERED else 1
                if contact is Contact.AWAY:
                    end = 0.0
