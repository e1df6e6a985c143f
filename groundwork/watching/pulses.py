"""Pulses: what runs again and again says that it did, or that it failed.

    with pulses.noted("letters.send"):
        send_letters()

A name that has not been heard of for longer than it should rest is dead; one that fails is told with the kind of its
fault. Noting never fails, and what has just been noted is not written again.

Where several processes stand by for the same, the pulse is the lease of the one that acts: `holds` says who that is.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError
from django.db.models import F, Model, Q
from django.db.models.functions import Coalesce

from groundwork.queue import clock

logger = logging.getLogger(__name__)

REST = 10.0  # seconds for which one writing stands
LEASE = timedelta(seconds=30)  # after so long without a beat somebody else may take what was held
_written: dict[str, float] = {}


@dataclass(frozen=True)
class Pulse:
    """What is known of a name: how long ago it ran, for how long it has failed (None: it does not), and with what.

    `took`: the seconds of its last run that ended well, None where nobody took the time.
    """

    name: str
    age: timedelta
    failing_for: timedelta | None
    fault: str
    took: float | None


def _table() -> type[Model]:
    return apps.get_model(settings.PULSE_MODEL)


def beat(name: str, *, took: float | None = None) -> None:
    """Note that something runs as it should; `took` so many seconds."""
    if monotonic() - _written.get(name, -REST) < REST:
        return
    _write(name, failing_since=None, fault="", took=took)
    _written[name] = monotonic()


def holds(name: str, holder: str) -> bool:
    """Whether of all processes that stand by for `name`, it is `holder` who does it now; its pulse beats if so.

    One that is no longer heard of is followed after LEASE, by the database's clock. While the database is away nobody
    holds anything.
    """
    if monotonic() - _written.get(f"{name} {holder}", -REST) < REST:
        return True
    is_free = Q(held_by__in=["", holder]) | Q(beaten_at__lt=clock.now() - LEASE)
    if not _write(name, is_free, held_by=holder, failing_since=None, fault=""):
        return False
    _written[f"{name} {holder}"] = monotonic()
    return True


def holder_of(name: str) -> str:
    """Who does it now, or did when last heard of; empty for nobody, and while the database is away."""
    try:
        return _table()._base_manager.filter(name=name).values_list("held_by", flat=True).first() or ""
    except DatabaseError:
        return ""


def let_go(name: str, holder: str) -> None:
    """Leave what `holder` holds to the next that asks."""
    _written.pop(f"{name} {holder}", None)
    _write(name, Q(held_by=holder), held_by="")


def failed(name: str, error: BaseException) -> None:
    """Note that something failed: the kind of the error, not its words, which may quote a person."""
    _written.pop(name, None)
    _write(name, failing_since=Coalesce(F("failing_since"), clock.now()), fault=type(error).__name__)


@contextmanager
def noted(name: str) -> Iterator[None]:
    """Note what comes of a block, and how long it took; errors go on to the caller."""
    began = monotonic()
    try:
        yield
    except Exception as error:
        failed(name, error)
        raise
    beat(name, took=monotonic() - began)


def _write(name: str, where: Q = Q(), **state: object) -> bool:  # noqa: B008 - never changed
    """Write the pulse of a name, where it is as it should be; returns whether that was so."""
    rows = _table()._base_manager
    try:
        for _twice in range(2):
            if rows.filter(where, name=name).update(beaten_at=clock.now(), **state):
                return True
            rows.bulk_create([_table()(name=name)], ignore_conflicts=True)
    except DatabaseError as error:
        logger.warning("pulse not noted", extra={"pulse": name, "error": type(error).__name__})
    return False


def known() -> list[Pulse]:
    """All that were ever noted, by name."""
    rows = (
        _table()
        ._base_manager.order_by("name")
        .annotate(age=clock.now() - F("beaten_at"), failing_for=clock.now() - F("failing_since"))
    )
    columns = ("name", "age", "failing_for", "fault", "took")
    return [Pulse(*values) for values in rows.values_list(*columns)]
