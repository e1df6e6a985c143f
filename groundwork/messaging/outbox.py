"""The outbox: events announced in the transaction that caused them, delivered afterwards.

`record` writes one row per (event, subscriber); `relay` hands due rows to their handlers, each in a transaction of its
own, so that what a handler wrote and the row's settling commit together, and no handler waits with the locks of
another one. So it needs no lease: a row is held by its lock while it is delivered, and a worker that is killed has
written nothing. A failing row is tried again with growing pauses and then rests as dead.

Rows for a subscriber who `joins` are handed over as one, in one transaction; where that fails, one by one. A row for a
subscriber who heeds an `order` is left to wait while another worker is at one before it.
"""

import dataclasses
import json
import logging
import traceback
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, ClassVar, Protocol, cast

import structlog
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from groundwork import traces
from groundwork.database import locks, prepared
from groundwork.messaging import doorbell, settled
from groundwork.messaging.models import AbstractOutboxMessage, OutboxState
from groundwork.messaging.wiring import subscriptions
from groundwork.queue import clock
from groundwork.queue.pauses import Pauses
from groundwork.queue.queue import Queue

logger = logging.getLogger(__name__)

RELAY_TASK = "groundwork.relay_outbox"
BATCH = 100
SMALL = 20  # ids in a message


class Event(Protocol):
    """A frozen dataclass with a `name`; its fields are ids, and say whose it is."""

    name: ClassVar[str]


def _table() -> type[AbstractOutboxMessage]:
    return cast(type[AbstractOutboxMessage], apps.get_model(settings.OUTBOX_MESSAGE_MODEL))


OUTBOX: Queue[AbstractOutboxMessage] = Queue(
    name="outbox",
    model=_table,
    waiting=Q(state=OutboxState.WAITING),
    dead=Q(state=OutboxState.DEAD),
    pauses=Pauses(first=timedelta(seconds=10), factor=2, longest=timedelta(hours=6)),
    maximum_attempts=12,
    given_up={"state": OutboxState.DEAD},
    outcome="state",
)


def record(*events: Any) -> None:
    """Announce events in the current transaction. Raises TransactionManagementError outside of one."""
    table = _table()
    rows = [
        table(
            **table.whose(event),
            event=event.name,
            subscriber=name,
            payload=dataclasses.asdict(event),
            next_attempt_at=clock.now(),
            request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        )
        for event in events
        for name in subscriptions.names_for(event)
    ]
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "Events are recorded in the transaction that causes them."
        )
    if rows:
        prepared.insert(*rows)
        doorbell.ring(RELAY_TASK)


def relay(*, limit: int = 10_000, seconds: float = 50.0) -> int:
    """Deliver due messages, oldest first, and return how many were settled. Safe to run on several workers.

    It ends after so many messages or so long (after the batch it is at), and then rings for the rest.
    """
    count, end = 0, monotonic() + seconds
    for _round in range(max(1, limit // BATCH)):
        taken, done = _relay_batch()
        count += done
        if taken < BATCH:
            return count
        if monotonic() >= end:
            break
    doorbell.ring(RELAY_TASK)
    return count


def _relay_batch() -> tuple[int, int]:
    with transaction.atomic():  # what another worker is at is passed over
        messages = OUTBOX.take(limit=BATCH)
    return len(messages), sum(_relay_some(ids) for ids in _heard_together(messages))


def _heard_together(messages: Sequence[AbstractOutboxMessage]) -> list[list[int]]:
    """Their ids, those together that are heard as one. What is large, or has failed, is heard alone."""
    together: dict[Any, list[int]] = {}
    for message in messages:
        joins = _is_small(message) and not message.attempts and subscriptions.joins(message.subscriber)
        key = (message.subscriber, _besides_lists(message.payload)) if joins else message.pk
        together.setdefault(key, []).append(message.pk)
    return list(together.values())


def _is_small(message: AbstractOutboxMessage) -> bool:
    """A night's expiry is thousands of cards in a message: ten of them together are too many for one transaction."""
    return sum(len(said) for said in message.payload.values() if isinstance(said, list)) <= SMALL


def _besides_lists(payload: Mapping[str, Any]) -> str:
    return json.dumps({name: said for name, said in payload.items() if not isinstance(said, list)})


def _relay_some(message_ids: list[int]) -> int:
    """Deliver messages as one, or one by one where that fails; returns how many were settled by us."""
    if len(message_ids) > 1:
        with suppress(Exception):  # whose fault it is shows below
            return _relay_as_one(message_ids)
    return sum(map(_relay_one, message_ids))


@transaction.atomic
def _relay_as_one(message_ids: list[int]) -> int:
    messages = OUTBOX.take(OUTBOX.rows().filter(pk__in=message_ids), limit=len(message_ids))
    if messages:
        _hand_over(messages)
        _settle(messages)
    return len(messages)


@transaction.atomic
def _relay_one(message_id: int) -> bool:
    """Deliver a message unless another worker is at it, or was; says whether it is settled by us."""
    for message in OUTBOX.take(OUTBOX.rows().filter(pk=message_id)):
        if not _is_its_turn(message):
            doorbell.ring(RELAY_TASK)  # who is at the one before may have looked before this one was there
            return False
        try:
            with transaction.atomic():
                _hand_over([message])
        except Exception as error:
            _note_failure(message, error)
            return False
        _settle([message])
        return True
    return False


def _is_its_turn(message: AbstractOutboxMessage) -> bool:
    """Whether all was heard that is to be heard before; it is still seen to wait while another worker is at it."""
    names = subscriptions.in_order_with(message.subscriber)
    if not names:
        return True
    before = OUTBOX.rows().filter(OUTBOX.waiting, message.of_the_same(), pk__lt=message.pk, attempts=0)
    return not before.filter(subscriber__in=names).exists()


def _hand_over(messages: Sequence[AbstractOutboxMessage]) -> None:
    """Have the handler hear of messages as one, in the log and the traces of all who announced them.

    Beside the event's own fields it hears when that was (UTC): `announced_at`.
    """
    first, requests = messages[0], dict.fromkeys(message.request_id for message in messages)
    heard = subscriptions.handler(first.subscriber)
    with ExitStack() as around:
        for request_id in requests:
            span = traces.span(f"handle {first.subscriber}", request_id, event=first.event)
            around.enter_context(span)
        said_by = ",".join(requests)
        around.enter_context(structlog.contextvars.bound_contextvars(request_id=said_by))
        around.enter_context(first.scope())
        announced_at = max(message.created_at for message in messages)
        heard({**_joined([message.payload for message in messages]), "announced_at": announced_at})


def _joined(payloads: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Payloads that differ in their lists alone, as one."""
    return {
        name: [each for payload in payloads for each in payload[name]] if isinstance(said, list) else said
        for name, said in payloads[0].items()
    }


def _settle(messages: Sequence[AbstractOutboxMessage]) -> None:
    OUTBOX.tally(OutboxState.DONE, settled.keep(messages))


def _note_failure(message: AbstractOutboxMessage, error: Exception) -> None:
    OUTBOX.postpone(message, last_error=_in_short(error), updated_at=clock.now())
    logger.warning(
        "outbox message failed",
        extra={"message_id": message.pk, "event": message.event, "subscriber": message.subscriber},
        exc_info=error,
    )


def _in_short(error: Exception) -> str:
    """An error's kind, and where in our own code it arose; not its words, which may quote a person. Logs mask those."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    return f"{type(error).__name__}, {ours[-1].name}:{ours[-1].lineno}"


def try_again(message_ids: list[int]) -> int:
    """Put dead messages back into the queue; returns how many."""
    dead = OUTBOX.rows().filter(pk__in=message_ids, state=OutboxState.DEAD)
    with transaction.atomic():
        locks.in_id_order(dead)
        count = dead.update(state=OutboxState.WAITING, attempts=0, next_attempt_at=clock.now())
        doorbell.ring(RELAY_TASK)
    return count


def clean(*, now: datetime, batch: int = 5_000) -> int:
    """Make the days ahead of settled messages, and let go of what was settled a week ago.

    Rows are removed one by one only where they lie in no day: in the rest, or in the queue, where 1.0.0 left them.
    Returns how many days and rows went.
    """
    table = _table()
    days = table.kept_in()._meta.db_table
    settled.make_days(days, now.date())
    queued = table._base_manager.filter(state=OutboxState.DONE, settled_at__lt=now - settled.KEPT)
    rest = table.kept_in()._base_manager.filter(settled_at__lt=now - settled.KEPT - timedelta(days=1))
    return settled.drop_days(days, now) + _remove(queued, batch) + _remove(rest, batch)


def _remove(rows: QuerySet[Any], batch: int) -> int:
    removed = 0
    while True:
        count, _ = rows.model._base_manager.filter(
            pk__in=list(rows.values_list("pk", flat=True)[:batch])
        ).delete()
        removed += count
        if count < batch:
            return removed
