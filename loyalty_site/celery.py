"""The Celery application and the whole beat schedule, in one list.

Celery is only the doorbell: each queue is a table, and the sweeps below catch what a lost bell missed.
`loyalty_site.beat` copies into the database what is new here; there operators see it and may change it.
"""

import gc
import os
from contextlib import nullcontext
from datetime import timedelta
from typing import Any, NamedTuple

from celery import Celery, Task
from celery.schedules import crontab, schedule
from celery.signals import beat_init, worker_before_create_process, worker_init, worker_process_init

from groundwork import tallies
from groundwork.database import waits
from groundwork.messaging import doorbell
from groundwork.watching import pulses

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings.local")


class WatchedTask(Task):
    """A task that waits for the database as a worker may, wherever it is run.

    What is on the clock, or done `of` one merchant, has a pulse.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        doorbell.answered(self.name)
        of = f" of {kwargs['of']}" if "of" in kwargs else ""
        is_watched = bool(of) or self.name in app.conf.beat_schedule
        watched = pulses.noted(self.name + of) if is_watched else nullcontext()
        try:
            with waits.of("worker"), watched:
                return super().__call__(*args, **kwargs)
        finally:
            tallies.write()


@worker_init.connect
@beat_init.connect
def begin_as_worker(**about: Any) -> None:
    waits.this_process_is("worker")


@worker_before_create_process.connect
@worker_process_init.connect  # a worker of a single process makes none
def look_through_no_code_for_garbage(**about: Any) -> None:
    """What is loaded stays: to look through it takes a tenth of a second, every few hundred messages."""
    gc.freeze()


app = Celery("loyalty_site", task_cls=WatchedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_sync_every = 1  # what was sent is written at once: another clock may go on from there
app.autodiscover_tasks()


EVERY_MINUTE = crontab()
HOURLY = crontab(minute="5")
EVERY_FEW_SECONDS = schedule(timedelta(seconds=3))
LONGEST_JOB = timedelta(hours=4)


class Job(NamedTuple):
    """A task on the clock. `expires`: seconds after which a run that nobody took is dropped."""

    task: str
    when: schedule
    expires: int

    @property
    def longest_rest(self) -> timedelta:
        """After how long without a run something is wrong with its clock, its queue or its workers."""
        if self.task == "groundwork.run_jobs":
            return LONGEST_JOB  # a worker is at one for as long
        if not isinstance(self.when, crontab) or self.when == EVERY_MINUTE:
            return timedelta(minutes=5)
        return timedelta(hours=3) if len(self.when.hour) == 24 else timedelta(hours=27)


JOBS = [
    Job("groundwork.relay_outbox", EVERY_MINUTE, expires=55),
    Job("notifications.sweep_email_log", EVERY_MINUTE, expires=55),
    Job("notifications.send_account_emails", EVERY_MINUTE, expires=55),
    Job("notifications.send_text_messages", EVERY_MINUTE, expires=55),
    Job("wallet.sweep_passes", EVERY_MINUTE, expires=55),
    Job("wallet.sync_apple", EVERY_MINUTE, expires=55),
    Job("wallet.sync_google", EVERY_MINUTE, expires=55),
    Job("groundwork.run_jobs", EVERY_MINUTE, expires=55),
    Job("webhooks.deliver", EVERY_FEW_SECONDS, expires=2),
    Job("loyalty.move_figures_on", EVERY_MINUTE, expires=55),
    Job("loyalty.expire_points", HOURLY, expires=3300),
    Job("wallet.examine_wallets", HOURLY, expires=3300),
    Job("loyalty.roll_up_statistics", crontab(minute="35"), expires=3300),
    Job("loyalty.count_visits", crontab(minute="50"), expires=3300),
    Job("groundwork.clean_jobs", crontab(minute="45"), expires=3300),
    Job("groundwork.clean_idempotency_keys", crontab(hour="3", minute="15"), expires=6 * 3600),
    Job("groundwork.clean_outbox", crontab(hour="3", minute="25"), expires=6 * 3600),
    Job("loyalty_site.back_up", crontab(hour="2", minute="30"), expires=6 * 3600),
    Job("loyalty_site.drill", crontab(hour="5", minute="30"), expires=6 * 3600),
    Job("loyalty.verify_ledger", crontab(hour="4", minute="10"), expires=6 * 3600),
    Job("loyalty.verify_fairness", crontab(hour="4", minute="20"), expires=6 * 3600),
    Job("loyalty.look_at_tills", crontab(hour="4", minute="30"), expires=6 * 3600),
    Job("loyalty.clean_staff_tokens", crontab(hour="3", minute="35"), expires=6 * 3600),
    Job("tenancy.clean_accounts", crontab(hour="3", minute="40"), expires=6 * 3600),
    Job("tenancy.clean_invitations", crontab(hour="3", minute="55"), expires=6 * 3600),
    Job("notifications.clean_account_emails", crontab(hour="3", minute="45"), expires=6 * 3600),
    Job("webhooks.clean", crontab(hour="4", minute="5"), expires=6 * 3600),
    Job("notifications.clean_text_messages", crontab(hour="3", minute="50"), expires=6 * 3600),
]

app.conf.beat_schedule = {
    job.task: {"task": job.task, "schedule": job.when, "options": {"expire_seconds": job.expires}}
    for job in JOBS
}
