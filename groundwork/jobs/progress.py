"""How far a background job is, told while it works.

The row says so every few seconds, and the lease is renewed with it, through a connection of its own: an import is
one transaction, of which nobody else sees anything before its end.
"""

import logging
import threading
from time import monotonic
from types import TracebackType

from django.db import DatabaseError, connection

from groundwork.jobs.models import AbstractBackgroundJob
from groundwork.jobs.queue import JOBS

logger = logging.getLogger(__name__)

TELL_SECONDS = 2.0
PATIENCE_SECONDS = 30.0
TURN_SECONDS = 10.0


class OthersWait(Exception):
    """A job that goes on where it was stopped has had its turn, and others wait for the worker."""


class Progress:
    """Counts what is done of a job, for as long as the block lasts.

    `goes_on`: what is counted as done is committed, and whoever takes the job up again goes on from there. So it makes
    room for those that wait: after ten seconds `advance` raises OthersWait if there are any.
    """

    def __init__(self, job: AbstractBackgroundJob, *, goes_on: bool = False) -> None:
        self.job = job
        self.turn_ends = monotonic() + TURN_SECONDS if goes_on else None
        self.total, self.done = job.total, 0
        self.over = threading.Event()
        self.teller = threading.Thread(target=self._run, name=f"job-{job.pk}", daemon=True)

    def begin(self, total: int) -> None:
        """Say how much there is to do."""
        self.total = self.job.total = total

    def advance(self, count: int = 1) -> None:
        """Say that so much more is done."""
        self.done += count
        if self.turn_ends is not None and monotonic() >= self.turn_ends:
            if JOBS.due().exclude(pk=self.job.pk).exists():
                raise OthersWait
            self.turn_ends = monotonic() + TURN_SECONDS

    def __enter__(self) -> "Progress":
        self.teller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self.teller.join(PATIENCE_SECONDS)

    def _run(self) -> None:
        try:
            while not self.over.wait(TELL_SECONDS):
                self._tell()
        finally:
            connection.close()

    def _tell(self) -> None:
        try:
            JOBS.renew(self.job, total=self.total, done=self.done)
        except DatabaseError as error:
            logger.info("progress not told", extra={"job_id": self.job.pk, "error": type(error).__name__})
