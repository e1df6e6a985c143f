"""Taking rows of a queue, and noting what came of them. The table is the queue; no broker is asked.

    EMAILS = Queue(name="e-mails", model=lambda: EmailLog, waiting=Q(status="queued"), lease=timedelta(minutes=5), ...)

    for log in EMAILS.take(limit=10):
        ...                                     no transaction is open
        EMAILS.settle([log], status="sent")     or postpone, or release

A worker *takes* rows with SKIP LOCKED, so that nobody waits for it, and has them until their lease runs out; a worker
that dies leaves just that. It *settles* what is done, *postpones* what did not work and *releases* what it could not
try. Who comes back after somebody else took the row changes nothing: each lease has a token of its own.

A queue without a lease *holds* its rows instead: they stay locked until the transaction ends in which they were taken,
and what is written in it is settled with them, or not at all.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, TypeVar
from uuid import uuid4

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable

from groundwork import tallies
from groundwork.database import locks
from groundwork.queue import clock
from groundwork.queue.models import Leased, Queued
from groundwork.queue.pauses import Pauses

Row = TypeVar("Row", bound=Queued)
AT_ONCE = Pauses(first=timedelta(), factor=1, longest=timedelta())
FAILS_EACH_TIME = 3
NOBODYS: Mapping[str, Any] = {"lease": None, "leased_until": None}


@dataclass(frozen=True)
class Queue(Generic[Row]):
    """A table as a queue.

    `waiting`: what is still to be done, whoever has it; `dead`: what was given up.
    `lease`: how long a worker has what it took; None to hold it by its lock.
    `pauses`: after failed attempts. `maximum_attempts`: with the last one `given_up` is written; `tries_for`: so it is
    with the first that fails so long after the time in the column `since`. None for no end.
    `counts_taking`: a worker that is lost counts as an attempt, too (else only what is postponed does).
    `taken`, `put_back`, `given_up`: columns that say so, for people and constraints; `taken` also by expressions.
    `outcome`: the column whose new value is what came of a row, for the tallies; else it is settled or postponed.
    """

    name: str
    model: Callable[[], type[Row]]
    waiting: Q
    pauses: Pauses = AT_ONCE
    dead: Q | None = None
    lease: timedelta | None = None
    maximum_attempts: int | None = None
    tries_for: timedelta | None = None
    since: str = "created_at"
    counts_taking: bool = False
    taken: Mapping[str, Any] = field(default_factory=dict)
    put_back: Mapping[str, Any] = field(default_factory=dict)
    given_up: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = ""

    def rows(self) -> QuerySet[Row]:
        """The whole table."""
        return self.model()._base_manager.all()

    # --- Taking -------------------------------------------------------------------------------------------

    def free(self, rows: QuerySet[Row] | None = None) -> QuerySet[Row]:
        """Those rows (or all) that wait and that nobody has, also if their time has not come."""
        rows = (self.rows() if rows is None else rows).filter(self.waiting)
        if self.lease is None:
            return rows
        return rows.filter(Q(leased_until__isnull=True) | Q(leased_until__lte=clock.now()))

    def due(self, rows: QuerySet[Row] | None = None) -> QuerySet[Row]:
        """Those rows (or all) that a worker may take, those first that have waited longest."""
        rows = self.free(rows).filter(next_attempt_at__lte=clock.now())
        return rows.order_by("next_attempt_at", "pk")

    def take(
        self,
        rows: QuerySet[Row] | None = None,
        *,
        limit: int = 1,
        early: bool = False,
        under: QuerySet[Any] | None = None,
    ) -> list[Row]:
        """Take up to `limit` due rows (or `early`, free ones); `taken_at` on them is the database's time.

        Leases are committed before it returns; what is held is so until the caller's transaction ends. `under` is a row
        that is locked before anything is looked at; while somebody else has it, nothing is taken.
        """
        may = self.free(rows).order_by("next_attempt_at", "pk") if early else self.due(rows)
        if self.lease is None:
            return self._locked(may, limit)
        with transaction.atomic(durable=True):
            if under is not None and not under.select_for_update(no_key=True, skip_locked=True):
                return []
            picked = self._locked(may, limit)
            if picked:
                self._lease(picked, self.lease)
        return picked

    def _locked(self, may: QuerySet[Row], limit: int) -> list[Row]:
        stamped = may.annotate(taken_at=clock.now())
        return list(stamped.select_for_update(skip_locked=True, of=("self",))[:limit])

    def _lease(self, picked: list[Row], length: timedelta) -> None:
        token = {"lease": uuid4(), "leased_until": picked[0].taken_at + length}  # type: ignore[attr-defined]
        counted = {"attempts": F("attempts") + 1} if self.counts_taking else {}
        self._same(picked).update(**self.taken, **token, **counted)
        for row in picked:
            row.attempts += self.counts_taking
            for name, value in {**self.taken, **token}.items():
                if not isinstance(value, Combinable):
                    setattr(row, name, value)

    def _same(self, rows: Iterable[Row]) -> QuerySet[Row]:
        return self.rows().filter(pk__in=[row.pk for row in rows])

    # --- Noting what came of it ---------------------------------------------------------------------------

    def held(self, rows: Iterable[Row]) -> QuerySet[Row]:
        """Rows that were taken together, as far as they are still ours. Lock them before they are changed."""
        rows = list(rows)
        if self.lease is None:
            return self._same(rows)
        tokens = {row.lease for row in rows if isinstance(row, Leased)}
        return self._same(rows).filter(lease__in=tokens)

    def settle(self, rows: Iterable[Row], **changes: Any) -> int:
        """Note that rows are done with; returns of how many, which is fewer where others have taken them."""
        count = self._note(rows, changes)
        self.tally(str(changes.get(self.outcome, "settled")), count)
        return count

    def postpone(self, row: Row, *, wait: timedelta | None = None, **changes: Any) -> bool:
        """It did not work: try again after `wait` or a growing pause, whichever is longer, or give it up.

        Returns whether it was still ours.
        """
        failed = self._failed(row)
        later = clock.now() + max(wait or timedelta(), self.pauses.after(failed))
        outcome = self.given_up if self.is_last_attempt(row) else self.put_back
        noted = {"attempts": failed, "next_attempt_at": later, **outcome}
        noted |= changes
        count = self._note([row], noted)
        self.tally(str(noted.get(self.outcome, "postponed")), count)
        return count == 1

    def is_last_attempt(self, row: Row) -> bool:
        """Whether a row that was taken is given up if this attempt fails."""
        if self.maximum_attempts is not None and self._failed(row) >= self.maximum_attempts:
            return True
        if self.tries_for is None:
            return False
        waited: timedelta = row.taken_at - getattr(row, self.since)  # type: ignore[attr-defined]
        return waited >= self.tries_for

    def _failed(self, row: Row) -> int:
        return row.attempts + (not self.counts_taking)

    def release(self, rows: Iterable[Row], **changes: Any) -> int:
        """Put rows back that could not be tried, which counts as no attempt; returns how many."""
        uncounted = {"attempts": F("attempts") - 1} if self.counts_taking else {}
        return self._note(rows, {**self.put_back, **uncounted, **changes})

    def renew(self, row: Row, **changes: Any) -> bool:
        """Have a row for another lease from now; False if somebody else has it by now."""
        assert self.lease is not None
        return self.held([row]).update(leased_until=clock.now() + self.lease, **changes) == 1

    def _note(self, rows: Iterable[Row], changes: Mapping[str, Any]) -> int:
        rows = list(rows)
        if not rows:
            return 0
        held, freed = self.held(rows), NOBODYS if self.lease else {}
        if len(rows) == 1:
            return held.update(**freed, **changes)
        with transaction.atomic():
            locks.in_id_order(held)
            return held.update(**freed, **changes)

    # --- Watching -----------------------------------------------------------------------------------------

    def tally(self, outcome: str, count: int) -> None:
        """Count for monitoring what came of so many rows."""
        tallies.count(self.name, outcome, count)

    def next_due_in(self, rows: QuerySet[Row] | None = None) -> timedelta | None:
        """How long until the first of the free rows is due, less than nothing if it is late; None without any."""
        wait = (
            self.free(rows)
            .order_by("next_attempt_at", "pk")
            .annotate(wait=F("next_attempt_at") - clock.now())
        )
        return wait.values_list("wait", flat=True).first()

    def failing(self) -> int:
        """For monitoring: how many rows wait that have failed three times or more."""
        return self.rows().filter(self.waiting, attempts__gte=FAILS_EACH_TIME).count()

    def lag(self) -> dict[str, float]:
        """For monitoring: how many rows wait or were given up (dead), and how late the first one is, in seconds.

        Late is the time since the first of those that nobody has was due: one that failed and pauses is not.
        """
        wait = self.next_due_in()
        return {
            "waiting": self.rows().filter(self.waiting).count(),
            "dead": 0 if self.dead is None else self.rows().filter(self.dead).count(),
            "late_seconds": max(0.0, -wait.total_seconds()) if wait else 0.0,
        }
