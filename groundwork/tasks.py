"""The floor's tasks: delivering and cleaning the queues. Each is bounded, and safe to run twice or side by side."""

from celery import shared_task
from django.utils import timezone

from groundwork import idempotency
from groundwork.jobs import service as jobs
from groundwork.messaging import outbox


@shared_task(name="groundwork.relay_outbox", soft_time_limit=240, time_limit=300)
def relay_outbox() -> int:
    """Deliver what waits in the outbox; rung on commit, and swept each minute."""
    return outbox.relay()


@shared_task(name="groundwork.clean_outbox", soft_time_limit=600, time_limit=660)
def clean_outbox() -> int:
    """Remove messages settled a week ago."""
    return outbox.clean(now=timezone.now())


@shared_task(name="groundwork.clean_idempotency_keys", soft_time_limit=600, time_limit=660)
def clean_idempotency_keys() -> int:
    """Remove idempotency keys that nobody can repeat any more."""
    return idempotency.clean(now=timezone.now())


@shared_task(name=jobs.RUN_TASK, soft_time_limit=3 * 3600, time_limit=3 * 3600 + 60)
def run_jobs() -> int:
    """Do the imports and exports that wait; rung for when one is asked for, and swept each minute."""
    return jobs.run_due()


@shared_task(name="groundwork.clean_jobs", soft_time_limit=600, time_limit=660)
def clean_jobs() -> int:
    """Remove the files of imports and exports whose time is over."""
    return jobs.clean(now=timezone.now())
