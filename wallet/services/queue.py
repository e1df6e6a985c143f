"""Passes and designs as queues: a row is behind while its wanted version is newer than the one that has arrived.

So what arrives is a version, and a row that was changed meanwhile is behind again. No two workers speak about the same
pass at once: an older content must not arrive after a newer one. Nothing is ever given up, and a worker that is lost
counts as no attempt.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Case, F, Q, TextField, Value, When

from groundwork.queue import clock
from groundwork.queue.pauses import Pauses
from groundwork.queue.queue import NOBODYS, Queue
from wallet.models import PassDesign, Synced, WalletPass
from wallet.services.locks import in_order

LEASE = timedelta(seconds=120)
PAUSES = Pauses(first=timedelta(seconds=5), factor=3, longest=timedelta(minutes=15), jitter=0.25)
LONGEST_ERROR = 500

Row = TypeVar("Row", bound=Synced)

PASSES: Queue[WalletPass] = Queue(
    name="passes", model=lambda: WalletPass, waiting=Synced.LAGGING, lease=LEASE, pauses=PAUSES
)
DESIGNS: Queue[PassDesign] = Queue(
    name="designs", model=lambda: PassDesign, waiting=PassDesign.LAGGING, lease=LEASE, pauses=PAUSES
)
# The same rows again, held by their lock: how far a look has come is kept with the passes that it has reached.
SPREADING: Queue[PassDesign] = Queue(
    name="spreading",
    model=lambda: PassDesign,
    waiting=Q(spread_after_id__isnull=False) | Q(wanted_version__gt=F("spread_version")),
)


def _of(row: Synced) -> Queue[Any]:
    return PASSES if isinstance(row, WalletPass) else DESIGNS


@transaction.atomic
def settle(rows: Iterable[Row], *, rest: timedelta = timedelta()) -> None:
    """The versions with which these rows were taken have arrived; leave them alone for `rest`."""
    rows = list(rows)
    if not rows:
        return
    # All at once: version by version they would not be locked in the order of their ids.
    held = in_order(_of(rows[0]).held(rows))
    by_version: dict[int, list[int]] = {}
    for row in rows:
        by_version.setdefault(row.wanted_version, []).append(row.pk)
    arrived = {"attempts": 0, "last_error": "", "next_attempt_at": clock.now() + rest, **NOBODYS}
    for version, alike in by_version.items():
        count = held.filter(pk__in=alike).update(synced_version=version, **arrived)
        _of(rows[0]).tally("settled", count)


def postpone(row: Synced, error: str, *, wait: timedelta | None = None) -> None:
    """It did not work: try again after `wait` (what the other side asked for) or a growing pause."""
    _of(row).postpone(row, wait=wait, last_error=_said(row, error))


def release(row: Synced, error: str = "") -> None:
    """Put a row back that could not be tried, with the reason, if there is one to be seen in the console."""
    _of(row).release([row], **({"last_error": _said(row, error)} if error else {}))


def _said(row: Synced, error: str) -> Case:
    """A wallet's words, while the row still wants what was sent: whoever was in it may have been erased meanwhile."""
    still = When(wanted_version=row.wanted_version, then=Value(error[:LONGEST_ERROR]))
    return Case(still, default=F("last_error"), output_field=TextField())
