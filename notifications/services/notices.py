"""What e-mails about accounts and text messages have in common: rows without words, kept for a week."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Q
from django.utils import timezone

from groundwork.queue.breaker import Breaker
from groundwork.queue.queue import Queue
from groundwork.queue.sending import Contact, Line, drain
from notifications.models import Fault, Notice, Status
from notifications.posting import Failure
from tenancy import scope

logger = logging.getLogger(__name__)

KEEP = timedelta(days=7)
Row = TypeVar("Row", bound=Notice)
Message = TypeVar("Message")


def queue_of(name: str, model: Callable[[], type[Row]], **bounds: Any) -> Queue[Row]:
    """The queue of a table of notices; `bounds`: its lease, pauses, and when it gives up."""
    return Queue(
        name=name,
        model=model,
        waiting=Q(status__in=[Status.QUEUED, Status.SENDING]),
        dead=Q(status=Status.FAILED),
        counts_taking=True,
        taken={"status": Status.SENDING, "fault": ""},
        put_back={"status": Status.QUEUED},
        given_up={"status": Status.FAILED},
        outcome="status",
        **bounds,
    )


@dataclass(frozen=True)
class Sender(Generic[Row, Message]):
    """How the notices of a queue go out. `write`: the message of a row, None if there is nothing to say any more."""

    queue: Queue[Row]
    write: Callable[[Row], Message | None]
    send: Callable[[Message], Failure | None]
    breaker: Breaker

    def send_due(self, *, seconds: float) -> int:
        """Send what is due, oldest first, for so long at most; returns how many rows were taken up.

        Safe on several workers. It ends early if the other side cannot be reached.
        """
        line = Line(
            take=lambda limit: self.queue.take(limit=limit),
            prepare=self._prepare,
            send=self.send,
            note=self._note,
            breaker=self.breaker,
        )
        with scope.everything("the queue holds what goes to everybody"):
            return drain(line, seconds=seconds)

    def _prepare(self, row: Row) -> Message | None:
        try:
            message = self.write(row)
        except Exception as error:
            logger.exception("could not be prepared", extra=self._about(row))
            self._note(row, Failure(Fault.ACCIDENT, type(error).__name__))
            return None
        if message is None:
            self._settle(row, status=Status.SUPPRESSED)
        return message

    def _note(self, row: Row, failure: Failure | None) -> Contact:
        """Note what came of it; the other side's own words are not kept, as they may repeat an address."""
        if failure is None:
            self._settle(row, status=Status.SENT)
            return Contact.ANSWERED
        if failure.permanent:
            self._settle(row, status=Status.FAILED, fault=failure.fault)
        else:
            self.queue.postpone(row, fault=failure.fault, updated_at=timezone.now())
        logger.warning("not sent", extra=self._about(row) | {"fault": failure.fault})
        return failure.contact

    def _settle(self, row: Row, **changes: Any) -> None:
        self.queue.settle([row], updated_at=timezone.now(), **changes)

    def _about(self, row: Row) -> dict[str, Any]:
        return {"queue": self.queue.name, "row_id": row.pk, "attempts": row.attempts}


def clean(queue: Queue[Row], *, now: datetime) -> int:
    """Remove what was settled a week ago or earlier; returns how many."""
    settled = Q(status__in=[Status.SENT, Status.SUPPRESSED, Status.FAILED])
    return queue.rows().filter(settled, updated_at__lt=now - KEEP).delete()[0]
