"""A merchant's events, one after the other: made of what happened, numbered under one lock, told to endpoints.

What others read of it goes by position, so that nothing is passed over: a position is given after the row is
committed, and the next one only once the one before is committed, too.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from groundwork import clock
from groundwork.database import fences, prepared
from groundwork.formats.wire import moment
from groundwork.queue import clock as queue_clock
from tenancy import scope
from webhooks.catalogue import TEST
from webhooks.models import Delivery, Endpoint, Event, EventLog, Progress
from webhooks.selectors import KEPT
from webhooks.services import progress as reading
from webhooks.services.sources import SOURCES, Draft, Source

BATCH = 200


def locked(merchant_id: int) -> EventLog:
    """A merchant's log, locked until the transaction ends; made with the first look at it."""
    EventLog.objects.get_or_create(merchant_id=merchant_id)
    return _for_update().get(merchant_id=merchant_id)


def _for_update(*, skip_locked: bool = False) -> QuerySet[EventLog]:
    return EventLog.objects.select_for_update(no_key=True, of=("self",), skip_locked=skip_locked)


def catch_up(merchant_id: int, *, rounds: int = 50) -> bool:
    """Make events of what has happened at a merchant, in so many rounds at most; says whether that was all."""
    with scope.merchant(merchant_id):
        return any(_catch_up_once(merchant_id) for _round in range(rounds))


@transaction.atomic
def catch_up_if_free(merchant_id: int) -> bool | None:
    """One round of the same, which waits for nobody: None where somebody else is at it just now."""
    with scope.merchant(merchant_id):
        EventLog.objects.get_or_create(merchant_id=merchant_id)
        log = _for_update(skip_locked=True).filter(merchant_id=merchant_id).first()
        return None if log is None else _make_some(log)


@transaction.atomic
def _catch_up_once(merchant_id: int) -> bool:
    return _make_some(locked(merchant_id))


def _make_some(log: EventLog) -> bool:
    is_all = True
    for source in SOURCES:
        drafts, ended = _read(source, log.merchant_id)
        append(log, drafts)
        is_all = is_all and ended
    return is_all


def _read(source: Source, merchant_id: int) -> tuple[list[Draft], bool]:
    """The next events of one source, and whether these were all."""
    progress = _progress(source, merchant_id)
    rows = source.table().filter(merchant_id=merchant_id)
    newest = _newest(rows)
    if newest <= progress.settled_id:
        return [], True
    fences.look(progress, newest_id=newest, now=fences.snapshot())
    # What is too old to be read is not made again once it was removed.
    recent = rows.filter(pk__gt=progress.settled_id, created_at__gte=clock.now() - KEPT)
    untold = source.without_event(recent).order_by("pk")
    found = list(untold[:BATCH])
    ended = len(found) < BATCH
    reading.settle(progress, made_upto=None if ended else found[-1].pk)
    return source.drafts(found), ended


def _newest(rows: QuerySet[Any]) -> int:
    """The highest id, read from the newest row on; 0 without any."""
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0


def _progress(source: Source, merchant_id: int) -> Progress:
    """How far a source was read; what is older than anybody may ask for is passed over."""
    found = Progress.objects.filter(merchant_id=merchant_id, source=source.name).first()
    if found is None:
        old = source.table().filter(merchant_id=merchant_id, created_at__lt=clock.now() - KEPT)
        begin = _newest(old)
        found = Progress.objects.create(
            merchant_id=merchant_id, source=source.name, settled_id=begin, safe_id=begin
        )
    return found


# --- Writing ----------------------------------------------------------------------------------------------


def append(log: EventLog, drafts: Sequence[Draft]) -> list[Event]:
    """Number events of a locked log, fix their words, and have each endpoint told that wants to hear of them."""
    if not drafts:
        return []
    rows = []
    for draft in drafts:
        log.position += 1
        rows.append(_row(log, draft))
    log.save(update_fields=["position", "updated_at"])
    prepared.insert(*rows)
    endpoints = list(Endpoint.objects.filter(merchant_id=log.merchant_id, is_active=True))
    tell((endpoint, event) for event in rows for endpoint in endpoints if _wants(endpoint, event))
    return rows


def _row(log: EventLog, draft: Draft) -> Event:
    said = {
        "type": draft.type,
        "timestamp": moment(draft.happened_at),
        "data": {**draft.data, "sequence": log.position},
    }
    return Event(
        merchant_id=log.merchant_id,
        event_id=f"evt_{uuid4().hex}",
        position=log.position,
        type=draft.type,
        happened_at=draft.happened_at,
        body=json.dumps(said, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")),
        customer_id=draft.customer_id,
        **draft.about,
    )


def _wants(endpoint: Endpoint, event: Event) -> bool:
    return event.happened_at >= endpoint.active_since and is_for(endpoint, event.type)


def is_for(endpoint: Endpoint, kind: str) -> bool:
    """Whether an endpoint hears of a type of event."""
    return kind != TEST and (not endpoint.types or kind in endpoint.types)


def tell(pairs: Iterable[tuple[Endpoint, Event]]) -> None:
    """Have endpoints told of events, each once."""
    pairs = list(pairs)
    if not pairs:
        return
    # Read once: an expression for each row is compiled for each, which takes longer than all the rest.
    now = Endpoint.objects.filter(pk=pairs[0][0].pk).values_list(queue_clock.now(), flat=True).get()
    rows = [
        Delivery(merchant_id=endpoint.merchant_id, endpoint=endpoint, event=event, next_attempt_at=now)
        for endpoint, event in pairs
    ]
    Delivery.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


# --- Reading ----------------------------------------------------------------------------------------------


def behind() -> list[int]:
    """The merchants that have an endpoint, and rows of which events may have to be made."""
    heard = Endpoint.objects.filter(merchant_id=OuterRef("merchant_id"), is_active=True)
    rows = Progress.objects.filter(Exists(heard), merchant__deleted_at__isnull=True)
    late = Q()
    for source in SOURCES:
        newer = source.table().filter(merchant_id=OuterRef("merchant_id"), pk__gt=OuterRef("settled_id"))
        late |= Q(Exists(newer), source=source.name)
    return sorted(set(rows.filter(late).values_list("merchant_id", flat=True)))


def clean(*, now: datetime) -> int:
    """Remove events of more than 30 days ago, with their deliveries; returns how many events."""
    removed = 0
    with scope.everything("30 days are 30 days for every merchant"):
        for merchant_id in EventLog.objects.values_list("merchant_id", flat=True):
            old = Event.objects.filter(merchant_id=merchant_id, happened_at__lt=now - KEPT)
            while ids := list(old.order_by("pk").values_list("pk", flat=True)[:5000]):
                Delivery.objects.filter(event__in=ids).delete()
                removed += Event.objects.filter(pk__in=ids).delete()[0]
    return removed
