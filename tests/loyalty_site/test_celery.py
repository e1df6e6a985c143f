"""The clock: one list, and every name in it is a task."""

import pytest
from celery.schedules import crontab
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from loyalty_site.beat import Scheduler
from loyalty_site.celery import JOBS, app


def test_every_job_names_a_task_that_exists() -> None:
    app.loader.import_default_modules()
    assert [job.task for job in JOBS if job.task not in app.tasks] == []


def test_the_sweeps_run_each_minute_and_expiry_each_hour() -> None:
    every_minute = {job.task for job in JOBS if job.when == crontab()}
    assert every_minute == {
        "groundwork.relay_outbox",
        "notifications.sweep_email_log",
        "notifications.send_account_emails",
        "notifications.send_text_messages",
        "wallet.sweep_passes",
        "wallet.sync_apple",
        "wallet.sync_google",
        "groundwork.run_jobs",
        "loyalty.move_figures_on",
    }
    assert next(job.when for job in JOBS if job.task == "loyalty.expire_points") == crontab(minute="5")


@pytest.fixture
def in_one_transaction(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock closes connections that somebody left in a transaction, as each test is."""
    monkeypatch.setattr("django_celery_beat.schedulers.close_old_connections", lambda: None)


@pytest.mark.usefixtures("in_one_transaction")
def test_the_clock_writes_its_jobs_into_the_database() -> None:
    Scheduler(app=app, lazy=False)
    assert set(PeriodicTask.objects.values_list("name", flat=True)) == {job.task for job in JOBS}
    relay = PeriodicTask.objects.get(name="groundwork.relay_outbox")
    assert (relay.task, relay.expire_seconds) == ("groundwork.relay_outbox", 55)


@pytest.mark.usefixtures("in_one_transaction")
def test_what_an_operator_changed_outlives_a_restart_of_the_clock() -> None:
    Scheduler(app=app, lazy=False)
    half_hourly = CrontabSchedule.objects.create(minute="*/30")
    PeriodicTask.objects.filter(name="loyalty.expire_points").update(crontab=half_hourly)
    Scheduler(app=app, lazy=False)
    assert PeriodicTask.objects.get(name="loyalty.expire_points").crontab == half_hourly


def test_a_broker_that_is_away_costs_a_request_little() -> None:
    assert app.conf.broker_connection_timeout == 0.5
    assert app.conf.task_publish_retry is False
