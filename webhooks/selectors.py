"""Reading endpoints, deliveries and events."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from groundwork.errors import Invalid
from webhooks.catalogue import TEST
from webhooks.errors import EndpointNotFound
from webhooks.models import Delivery, Endpoint, Event, EventLog

KEPT = timedelta(days=30)
CURSOR = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})")


@dataclass(frozen=True)
class Page:
    """Some events in their order; `cursor` is where to go on, `has_more` whether there are more already."""

    events: list[Event]
    cursor: str
    has_more: bool


def endpoint(endpoint_id: int) -> Endpoint:
    """An endpoint of the open scope. Raises EndpointNotFound."""
    found = Endpoint.objects.select_related("merchant").filter(pk=endpoint_id).first()
    if found is None:
        raise EndpointNotFound()
    return found


def deliveries_to(row: Endpoint, state: str = "") -> QuerySet[Delivery]:
    """What goes to an endpoint, newest first; in one state only, if it is given."""
    rows = Delivery.objects.filter(endpoint=row).select_related("event").order_by("-pk")
    return rows.filter(state=state) if state else rows


def events(merchant_id: int, *, now: datetime) -> QuerySet[Event]:
    """What may be read of a merchant's events: those of 30 days, no tests."""
    return Event.objects.filter(merchant_id=merchant_id, happened_at__gte=now - KEPT).exclude(type=TEST)


def read(merchant_id: int, *, after: str, types: Collection[str], limit: int, now: datetime) -> Page:
    """A merchant's events behind a cursor ("": from the first one on). Raises Invalid for a cursor of nobody's.

    A cursor that is ahead of the log (which came back from a backup) reads from the first one on: nothing is lost.
    """
    log = EventLog.objects.get(
        merchant_id=merchant_id
    )  # before the events: none is behind it that is not there
    rows = events(merchant_id, now=now).filter(position__gt=_position(after, log), position__lte=log.position)
    if types:
        rows = rows.filter(type__in=types)
    found = list(rows.order_by("position")[: limit + 1])
    page, has_more = found[:limit], len(found) > limit
    return Page(page, f"{log.pk}.{page[-1].position if has_more else log.position}", has_more)


def _position(cursor: str, log: EventLog) -> int:
    if not cursor:
        return 0
    match = CURSOR.fullmatch(cursor)
    if match is None or int(match[1]) != log.pk:
        raise Invalid.field("after", _("This is no cursor of these events."))
    position = int(match[2])
    return position if position <= log.position else 0
