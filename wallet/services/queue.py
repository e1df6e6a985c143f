"""Taking rows that are behind, and noting what came of it. The row is the queue; nothing is sent while it is locked.

A worker leases rows (SKIP LOCKED), so that no two of them speak about the same pass at once: an older content
must not arrive after a newer one. A worker that dies leaves a lease that runs out.
"""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import F, Min, Q, QuerySet
from django.utils import timezone

from wallet.models import Synced
from wallet.services.locks import in_order

LEASE = timedelta(seconds=120)
LONGEST_PAUSE_SECONDS = 15 * 60
LONGEST_ERROR = 500

Row = TypeVar("Row", bound=Synced)


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 5 s, 15 s, 45 s ... 15 minutes, a quarter more or less."""
    seconds = min(5 * 3 ** min(attempts - 1, 10), LONGEST_PAUSE_SECONDS)
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))


def free(rows: QuerySet[Row], *, now: datetime) -> QuerySet[Row]:
    """Those of the rows that are behind and that no worker holds."""
    return rows.filter(Synced.LAGGING).filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now))


def next_due(rows: QuerySet[Row]) -> datetime | None:
    """When the first of the rows that are behind is to be tried."""
    return free(rows, now=timezone.now()).aggregate(due=Min("next_attempt_at"))["due"]


@transaction.atomic
def claim(rows: QuerySet[Row], *, limit: int, now: datetime, early: bool = False) -> list[Row]:
    """Lease up to `limit` rows whose time has come (or `early`), those first that have waited longest."""
    if not early:
        rows = rows.filter(next_attempt_at__lte=now)
    picked = list(
        free(rows, now=now)
        .order_by("next_attempt_at", "pk")
        .select_for_update(skip_locked=True, of=("self",))[:limit]
    )
    until = now + LEASE
    rows.model._base_manager.filter(pk__in=[row.pk for row in picked]).update(leased_until=until)
    for row in picked:
        row.leased_until = until
    return picked


def _held(rows: Iterable[Row]) -> QuerySet[Row]:
    """The same rows in the database, locked, as far as our lease on them still holds."""
    rows = list(rows)
    held = type(rows[0])._base_manager.filter(pk__in=[row.pk for row in rows])
    return in_order(held.filter(leased_until=rows[0].leased_until))


@transaction.atomic
def settle(rows: Iterable[Row], *, now: datetime, rest: timedelta = timedelta()) -> None:
    """The versions that these rows were claimed with have arrived; leave them alone for `rest`."""
    rows = list(rows)
    if not rows:
        return
    held = _held(rows)  # all at once: version by version they would not be locked in the order of their ids
    by_version: dict[int, list[int]] = {}
    for row in rows:
        by_version.setdefault(row.wanted_version, []).append(row.pk)
    for version, alike in by_version.items():
        held.filter(pk__in=alike).update(
            synced_version=version, attempts=0, last_error="", leased_until=None, next_attempt_at=now + rest
        )


@transaction.atomic
def postpone(row: Row, error: str, *, now: datetime, wait: timedelta | None = None) -> None:
    """It did not work: try again after `wait` (what the other side asked for) or a growing pause."""
    later = now + max(wait or timedelta(), pause(row.attempts + 1))
    _held([row]).update(
        attempts=F("attempts") + 1, last_error=error[:LONGEST_ERROR], leased_until=None, next_attempt_at=later
    )


@transaction.atomic
def release(rows: Iterable[Row], error: str = "") -> None:
    """Put rows back that could not be tried, with the reason, if there is one to be seen in the console."""
    rows = list(rows)
    if rows:
        _held(rows).update(leased_until=None, **({"last_error": error[:LONGEST_ERROR]} if error else {}))
