"""Background jobs: imports, exports and prints that take longer than a request may. The table is the queue.

    job = jobs.ask(user=request.user, kind=JobKind.EXPORT, about="loyalty.loyaltycard", parameters={...})

Somebody *asks* for a job, one worker at a time *takes it up* for as long as its lease, does it as that person, with
the roles that they have by then, and *finishes* it in the transaction of its last write. A worker that is killed
leaves a lease that runs out, and nothing else. What a kind of job does is told by a provider named "job_<kind>":
`work(job, progress)`, which ends with `finish(job, ...)`.
"""

import logging
from collections.abc import Callable, Collection
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import IO, Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groundwork.database import reading
from groundwork.errors import DomainError, TooManyJobs
from groundwork.formats.naming import names_any
from groundwork.jobs import files as job_files
from groundwork.jobs.models import AbstractBackgroundJob, JobKind, JobState
from groundwork.jobs.progress import OthersWait, Progress
from groundwork.jobs.queue import JOBS, MAXIMUM_ATTEMPTS, UNFINISHED, table
from groundwork.messaging import doorbell
from groundwork.messaging.wiring import Port
from groundwork.queue import clock
from groundwork.queue.queue import NOBODYS

logger = logging.getLogger(__name__)

RUN_TASK = "groundwork.run_jobs"
UNDER_WAY_AT_MOST = 5  # of one person
KEEP_ROWS = timedelta(days=7)
PEOPLE = "people"  # in an outcome: what of it may name somebody
SOMEBODY_ERASED = gettext_lazy("Somebody's data were erased meanwhile. Please start this again.")


@dataclass(frozen=True)
class Work:
    """What a kind of job does: `work(job, progress)`, which ends with `finish(job, ...)`.

    `reads_afar`: it may read from a replica that has what was there when the job was asked for.
    `goes_on`: it commits part by part and goes on where it was stopped, so it makes room for others that wait.
    """

    kind: JobKind
    work: Callable[[Any, Progress], None]
    reads_afar: bool = False
    goes_on: bool = False


works: Port[Work] = Port()


class Overtaken(Exception):
    """The lease had run out, and somebody else has the job by now: what was done here is undone."""


# --- Asking -----------------------------------------------------------------------------------------------


@transaction.atomic
def ask(
    *,
    user: AbstractBaseUser,
    kind: JobKind,
    about: str,
    parameters: dict[str, Any],
    file_name: str = "",
    file: IO[bytes] | None = None,
) -> AbstractBackgroundJob:
    """Promise a job, in the language and time zone that are active, and ring for it. Raises TooManyJobs."""
    if JOBS.rows().filter(user=user, state__in=UNFINISHED).count() >= UNDER_WAY_AT_MOST:
        raise TooManyJobs()
    job = table()._base_manager.create(
        user=user,
        kind=kind,
        about=about,
        parameters=parameters,
        reach=table().reach_of(user),
        language=translation.get_language() or settings.LANGUAGE_CODE,
        timezone=timezone.get_current_timezone_name(),
        file_name=file_name[-120:],
    )
    if file is not None:
        job_files.store(job, file)
    doorbell.ring(RUN_TASK)
    return job


def confirm(job: AbstractBackgroundJob, **parameters: Any) -> bool:
    """Let a checked import go on, once; False if it has already, or if its file is gone."""
    return go_on(job, to=JobKind.IMPORT, after=(JobKind.CHECK,), **parameters)


@transaction.atomic
def go_on(job: AbstractBackgroundJob, *, to: JobKind, after: Collection[JobKind], **parameters: Any) -> bool:
    """Let a job of several steps take its next one; False if it stands elsewhere by now, or if its file is gone."""
    settled = table()._base_manager.filter(pk=job.pk, kind__in=after, state=JobState.DONE)
    confirmed = settled.filter(file_size__gt=0, expires_at__gt=timezone.now()).update(
        kind=to,
        state=JobState.WAITING,
        parameters=job.parameters | parameters,
        done=0,
        attempts=0,
        next_attempt_at=clock.now(),
        expires_at=None,
    )
    doorbell.ring(RUN_TASK)
    return confirmed == 1


# --- Doing ------------------------------------------------------------------------------------------------


def run_due(*, seconds: float = 50.0) -> int:
    """Do what waits, oldest first, beginning nothing new after so long; returns how many. Safe on several workers."""
    count, end = 0, monotonic() + seconds
    while monotonic() < end:
        job = _take()
        if job is None:
            break
        count += 1
        _perform(job)
    return count


def run(job: AbstractBackgroundJob) -> AbstractBackgroundJob:
    """Do one job here and now, unless somebody else has it; returns it as it is afterwards."""
    taken = _take(JOBS.rows().filter(pk=job.pk))
    if taken is not None:
        _perform(taken)
    return table()._base_manager.get(pk=job.pk)


def _take(rows: QuerySet[AbstractBackgroundJob] | None = None) -> AbstractBackgroundJob | None:
    return next(iter(JOBS.take(rows)), None)


def _perform(job: AbstractBackgroundJob) -> None:
    """Do a job that was taken up, and note what came of it."""
    with translation.override(job.language), timezone.override(job.timezone):
        try:
            if job.attempts > MAXIMUM_ATTEMPTS:
                fail(
                    job, _("This was interrupted several times. Nothing has changed; please try again later.")
                )
                return
            (kind,) = (each for each in works if each.kind == job.kind)
            from_where = reading.afar(since=job.created_at) if kind.reads_afar else nullcontext()
            with job.scope(), Progress(job, goes_on=kind.goes_on) as progress, from_where:
                kind.work(job, progress)
        except OthersWait:
            _make_room(job, progress)
        except Overtaken:
            logger.warning("job was taken over", extra={"job_id": job.pk, "attempt": job.attempts})
        except DomainError as refusal:
            fail(job, str(refusal))
        except Exception:
            logger.exception("job failed", extra={"job_id": job.pk, "kind": job.kind, "about": job.about})
            fail(job, _("Something went wrong on our side. Nothing has changed; please try again."))


def _make_room(job: AbstractBackgroundJob, progress: Progress) -> None:
    """Put a job behind those that wait; it goes on from where it is, and shows how far that is."""
    JOBS.release([job], next_attempt_at=clock.now(), total=progress.total, done=progress.done)
    doorbell.ring(RUN_TASK)


# --- Settling ---------------------------------------------------------------------------------------------


@transaction.atomic
def finish(job: AbstractBackgroundJob, *, outcome: dict[str, Any], file: IO[bytes] | None = None) -> None:
    """Note that the work is done, and keep a file of it in place of the one it came with.

    Call it in the transaction of the work: raises Overtaken if the job is not this worker's any more.
    """
    _settle(job, JobState.DONE, outcome=outcome, total=job.total, done=job.total)
    if file is None:
        job_files.remove(job)
    else:
        job_files.store(job, file)


def fail(job: AbstractBackgroundJob, why: str) -> None:
    """Note that nothing came of it, and remove what it came with; `why` is shown."""
    try:
        with transaction.atomic():
            _settle(job, JobState.FAILED, error=why)
            job_files.remove(job)
    except Overtaken:
        pass


def _settle(job: AbstractBackgroundJob, state: JobState, **changes: Any) -> None:
    if not JOBS.settle([job], **_over(state), **changes):
        raise Overtaken


def _over(state: JobState) -> dict[str, Any]:
    now = timezone.now()
    expires_at = now + timedelta(hours=settings.JOB_FILE_HOURS)
    return {"state": state, "expires_at": expires_at, "updated_at": now}


# --- Forgetting -------------------------------------------------------------------------------------------


@transaction.atomic
def forget(
    about: Callable[[Any], bool], why: Any = SOMEBODY_ERASED, named: Collection[str] = frozenset()
) -> None:
    """Remove what jobs have found and been asked for: a person in it was erased, or `why` else, which is shown.

    The name of a file goes where it says one of those that are `named`: people call files after people.
    Whatever waits or is under way comes to nothing: a worker that is at it has lost its lease.
    """
    concerned = [job.pk for job in JOBS.rows() if about(job)]
    for job in JOBS.rows().filter(pk__in=concerned).select_for_update().order_by("id"):
        if not job.is_over:
            with translation.override(job.language):
                error = str(why)
            JOBS.rows().filter(pk=job.pk).update(error=error, **_over(JobState.FAILED), **NOBODYS)
        job_files.remove(job)
        job.outcome.pop(PEOPLE, None)
        if job.parameters.get("query"):
            job.parameters["query"] = ""  # what was searched for
        if names_any(job.file_name, named):
            job.file_name = ""
        job.save(update_fields=["parameters", "outcome", "file_name", "updated_at"])


# --- Cleaning ---------------------------------------------------------------------------------------------


def clean(*, now: datetime) -> int:
    """Remove files whose time is over, and rows a week later; returns how many files."""
    expired = table()._base_manager.filter(expires_at__lte=now, file_size__gt=0)
    count = 0
    for job in expired.order_by("id").iterator():
        with transaction.atomic():
            job_files.remove(job)
        count += 1
    table()._base_manager.filter(expires_at__lte=now - KEEP_ROWS).delete()
    return count
