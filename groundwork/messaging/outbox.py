"""The outbox: events announced in the transaction that caused them, delivered afterwards.

`record` writes one row per (event, subscriber); `relay` hands due rows to their handlers, each in a transaction of its
own, so that what a handler wrote and the row's settling commit together, and no handler waits with the locks of
another one. A failing row is tried again with growing pauses and then rests as dead.
"""

import dataclasses
import logging
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, ClassVar, Protocol, cast

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from groundwork.database import locks
from groundwork.messaging import doorbell
from groundwork.messaging.models import AbstractOutboxMessage, OutboxState
from groundwork.messaging.wiring import subscriptions

logger = logging.getLogger(__name__)

RELAY_TASK = "groundwork.relay_outbox"
BATCH = 100
MAXIMUM_ATTEMPTS = 12
KEEP_SETTLED = timedelta(days=7)
CHANGED = ["state", "attempts", "next_attempt_at", "last_error", "settled_at", "updated_at"]


class Event(Protocol):
    """A frozen dataclass with a `name`; its fields are ids, and say whose it is."""

    name: ClassVar[str]


def _table() -> type[AbstractOutboxMessage]:
    return cast(type[AbstractOutboxMessage], apps.get_model(settings.OUTBOX_MESSAGE_MODEL))


def record(*events: Any) -> None:
    """Announce events in the current transaction. Raises TransactionManagementError outside of one."""
    table = _table()
    rows = [
        table(
            **table.whose(event),
            event=event.name,
            subscriber=name,
            payload=dataclasses.asdict(event),
        )
        for event in events
        for name in subscriptions.names_for(event)
    ]
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "Events are recorded in the transaction that causes them."
        )
    if rows:
        table._base_manager.bulk_create(rows)
        doorbell.ring(RELAY_TASK)


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 10 s, 20 s, 40 s ... at most 6 hours."""
    return timedelta(seconds=min(10 * 2 ** (attempts - 1), 6 * 3600))


def relay(*, limit: int = 10_000, seconds: float = 50.0) -> int:
    """Deliver due messages, oldest first, and return how many were settled. Safe to run on several workers.

    It ends after so many messages or so long (after the batch it is at), and then rings for the rest.
    """
    settled, end = 0, monotonic() + seconds
    for _round in range(max(1, limit // BATCH)):
        taken, done = _relay_batch(timezone.now())
        settled += done
        if taken < BATCH:
            return settled
        if monotonic() >= end:
            break
    doorbell.ring(RELAY_TASK)
    return settled


def _relay_batch(now: datetime) -> tuple[int, int]:
    due = _table()._base_manager.filter(state=OutboxState.WAITING, next_attempt_at__lte=now)
    ids = list(due.order_by("next_attempt_at", "id").values_list("pk", flat=True)[:BATCH])
    return len(ids), sum(_relay_one(due.filter(pk=message_id), now) for message_id in ids)


@transaction.atomic
def _relay_one(due: QuerySet[AbstractOutboxMessage], now: datetime) -> bool:
    """Deliver a message unless another worker is at it, or was; says whether it is settled by us."""
    message = due.select_for_update(skip_locked=True).first()
    if message is None:
        return False
    done = _deliver(message, now)
    message.save(update_fields=CHANGED)
    return done


def _deliver(message: AbstractOutboxMessage, now: datetime) -> bool:
    """Hand one message to its handler and note the outcome on the instance."""
    message.updated_at = now
    try:
        with transaction.atomic(), message.scope():
            subscriptions.handler(message.subscriber)(message.payload)
    except Exception as error:
        _note_failure(message, error, now)
        return False
    message.state, message.settled_at, message.last_error = OutboxState.DONE, now, ""
    return True


def _note_failure(message: AbstractOutboxMessage, error: Exception, now: datetime) -> None:
    message.attempts += 1
    message.last_error = f"{type(error).__name__}: {error}"[:2000]
    message.next_attempt_at = now + pause(message.attempts)
    if message.attempts >= MAXIMUM_ATTEMPTS:
        message.state = OutboxState.DEAD
    logger.warning(
        "outbox message failed",
        extra={"message_id": message.pk, "event": message.event, "subscriber": message.subscriber},
        exc_info=error,
    )


def try_again(message_ids: list[int]) -> int:
    """Put dead messages back into the queue; returns how many."""
    dead = _table()._base_manager.filter(pk__in=message_ids, state=OutboxState.DEAD)
    with transaction.atomic():
        locks.in_id_order(dead)
        count = dead.update(state=OutboxState.WAITING, attempts=0, next_attempt_at=timezone.now())
        doorbell.ring(RELAY_TASK)
    return count


def clean(*, now: datetime, batch: int = 5_000) -> int:
    """Remove messages that were settled a week ago or earlier; returns how many."""
    removed = 0
    while True:
        old = _table()._base_manager.filter(state=OutboxState.DONE, settled_at__lt=now - KEEP_SETTLED)
        count, _ = (
            _table()._base_manager.filter(pk__in=list(old.values_list("pk", flat=True)[:batch])).delete()
        )
        removed += count
        if count < batch:
            return removed


def lag(*, now: datetime) -> dict[str, float]:
    """For monitoring: how many messages wait or were given up (dead), and how late the relay is, in seconds.

    Late is the time since the first of those that wait was due: one that failed and pauses is not.
    """
    waiting = _table()._base_manager.filter(state=OutboxState.WAITING)
    first = waiting.order_by("next_attempt_at", "id").values_list("next_attempt_at", flat=True).first()
    return {
        "waiting": waiting.count(),
        "dead": _table()._base_manager.filter(state=OutboxState.DEAD).count(),
        "late_seconds": max(0.0, (now - first).total_seconds()) if first else 0.0,
    }
