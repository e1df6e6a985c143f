"""The clock: one list, and every name in it is a task."""

import pytest
from celery.schedules import crontab
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import ModelEntry

from loyalty_site.celery import JOBS, app


def test_every_job_names_a_task_that_exists() -> None:
    app.loader.import_default_modules()
    assert [job.task for job in JOBS if job.task not in app.tasks] == []


def test_the_sweeps_run_each_minute_and_expiry_each_hour() -> None:
    every_minute = {job.task for job in JOBS if job.when == crontab()}
    assert every_minute == {"tenancy.relay_outbox", "notifications.sweep_email_log", "wallet.sweep_passes"}
    assert next(job.when for job in JOBS if job.task == "loyalty.expire_points") == crontab(minute="5")


@pytest.mark.django_db
def test_a_run_that_nobody_took_is_dropped_before_the_next() -> None:
    for name, entry in app.conf.beat_schedule.items():
        ModelEntry.from_entry(name, app=app, **entry)
    assert PeriodicTask.objects.get(name="tenancy.relay_outbox").expire_seconds == 55
    assert PeriodicTask.objects.count() == len(JOBS)


def test_a_broker_that_is_away_costs_a_request_little() -> None:
    assert app.conf.broker_connection_timeout == 0.5
    assert app.conf.task_publish_retry is False
