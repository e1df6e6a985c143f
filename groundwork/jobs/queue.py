"""Jobs as a queue: a worker that is lost counts as an attempt, and what has failed is over at once."""

from datetime import timedelta
from typing import cast

from django.apps import apps
from django.conf import settings
from django.db.models import Q

from groundwork.jobs.models import AbstractBackgroundJob, JobState
from groundwork.queue.queue import Queue

MAXIMUM_ATTEMPTS = 3  # what is taken once more is failed
UNFINISHED = (JobState.WAITING, JobState.RUNNING)


def table() -> type[AbstractBackgroundJob]:
    """The concrete table."""
    return cast(type[AbstractBackgroundJob], apps.get_model(settings.BACKGROUND_JOB_MODEL))


# The lease is renewed every few seconds: see `groundwork.jobs.progress`.
JOBS: Queue[AbstractBackgroundJob] = Queue(
    name="jobs",
    model=table,
    waiting=Q(state__in=UNFINISHED),
    dead=Q(state=JobState.FAILED),
    lease=timedelta(minutes=2),
    counts_taking=True,
    taken={"state": JobState.RUNNING, "done": 0},
    put_back={"state": JobState.WAITING},
    outcome="state",
)
