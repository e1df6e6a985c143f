"""How far a background job is, told while it works.

The row says so every few seconds, and the lease is renewed with it, through a connection of its own: an import is
one transaction, of which nobody else sees anything before its end.
"""

import logging
import threading
from types import TracebackType

from django.db import DatabaseError, connection

from groundwork.jobs.models import AbstractBackgroundJob
from groundwork.jobs.queue import JOBS

logger = logging.getLogger(__name__)

TELL_SECONDS = 2.0
PATIENCE_SECONDS = 30.0


class Progress:
    """Counts what is done of a job, for as long as the block lasts."""

    def __init__(self, job: AbstractBackgroundJob) -> None:
        self.job = job
        self.total, self.done = job.total, 0
        self.over = threading.Event()
        self.teller = threading.Thread(target=self._run, name=f"job-{job.pk}", daemon=True)

    def begin(self, total: int) -> None:
        """Say how much there is to do."""
        self.total = self.job.total = total

    def advance(self, count: int = 1) -> None:
        """Say that so much more is done."""
        self.done += count

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
