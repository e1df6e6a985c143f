"""Pulses: of the tasks, and of the clock, of which one acts."""

import socket
import subprocess

import pytest
from django.db import DatabaseError, connection

from groundwork.watching import pulses
from loyalty_site import watch
from loyalty_site.beat import PULSE, Scheduler
from loyalty_site.celery import app
from tests.loyalty_site.looked_at import everything_runs, grow_old

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulses, "_written", {})


def test_a_task_on_the_clock_notes_that_it_ran_that_it_fails_and_that_it_is_well_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app.loader.import_default_modules()
    task = app.tasks["groundwork.clean_outbox"]
    task()
    (pulse,) = pulses.known()
    assert (pulse.name, pulse.failing_for, pulse.fault) == ("groundwork.clean_outbox", None, "")

    def broken(*args: object, **kwargs: object) -> int:
        raise DatabaseError("row of lea@example.com")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("groundwork.messaging.outbox.clean", broken)
        for _twice in range(2):
            with pytest.raises(DatabaseError):
                task()
    (pulse,) = pulses.known()
    assert pulse.failing_for is not None
    assert pulse.fault == "DatabaseError"
    task()
    (pulse,) = pulses.known()
    assert (pulse.failing_for, pulse.fault) == (None, "")


def test_the_clock_has_a_pulse_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django_celery_beat.schedulers.close_old_connections", lambda: None)
    monkeypatch.setattr("celery.beat.Scheduler.tick", lambda self, *args: 2.0)
    assert Scheduler(app=app, lazy=True).tick() == 2.0
    assert [pulse.name for pulse in pulses.known()] == ["beat"]


def test_of_two_clocks_one_acts_and_the_other_follows_when_that_is_no_longer_heard_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("django_celery_beat.schedulers.close_old_connections", lambda: None)
    sent: list[str] = []
    monkeypatch.setattr("celery.beat.Scheduler.tick", lambda self, *args: sent.append(self.holder) or 2.0)
    first, second = Scheduler(app=app, lazy=True), Scheduler(app=app, lazy=True)
    assert (first.tick(), second.tick(), first.tick()) == (2.0, 5.0, 2.0)
    assert sent == [first.holder] * 2
    grow_old(PULSE, seconds=29)
    assert second.tick() == 5.0
    grow_old(PULSE, seconds=2)
    assert second.tick() == 2.0
    pulses._written.clear()  # the first was asleep, and looks again
    assert first.tick() == 5.0
    assert sent == [first.holder, first.holder, second.holder]


def test_a_clock_that_is_stopped_leaves_the_time_to_the_other_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("django_celery_beat.schedulers.close_old_connections", lambda: None)
    monkeypatch.setattr("celery.beat.Scheduler.tick", lambda self, *args: 2.0)
    first, second = Scheduler(app=app, lazy=True), Scheduler(app=app, lazy=True)
    assert (first.tick(), second.tick()) == (2.0, 5.0)
    second.close()  # who holds nothing lets nothing go
    assert (first.tick(), second.tick()) == (2.0, 5.0)
    second._initial_read = False
    first.close()
    assert second.tick() == 2.0
    assert second._initial_read  # it reads anew what was sent meanwhile


@pytest.mark.django_db(transaction=True)
def test_a_clock_whose_connection_broke_goes_on_with_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("celery.beat.Scheduler.tick", lambda self, *args: 2.0)
    clock = Scheduler(app=app, lazy=True)
    connection.ensure_connection()
    connection.connection.close()  # as when the primary is gone
    assert (clock.tick(), clock.tick()) == (5.0, 2.0)


def test_a_clock_that_was_killed_on_this_machine_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django_celery_beat.schedulers.close_old_connections", lambda: None)
    monkeypatch.setattr("celery.beat.Scheduler.tick", lambda self, *args: 2.0)
    ended = subprocess.Popen(["true"])
    ended.wait()
    killed, other = f"{socket.gethostname()[:100]} {ended.pid} 00", f"elsewhere {ended.pid} 00"
    clock = Scheduler(app=app, lazy=True)
    assert pulses.holds(PULSE, other)
    assert (clock.tick(), pulses.holder_of(PULSE)) == (5.0, other)
    pulses.let_go(PULSE, other)
    assert pulses.holds(PULSE, killed)
    assert (clock.tick(), clock.tick(), pulses.holder_of(PULSE)) == (0.0, 2.0, clock.holder)


def test_what_was_noted_a_moment_ago_is_not_written_again(django_assert_num_queries: object) -> None:
    pulses.beat("letters")
    with django_assert_num_queries(0):  # type: ignore[operator]
        pulses.beat("letters")


def test_a_clock_that_stood_still_for_90_seconds_is_dead_and_what_runs_by_night_may_not_have_run_yet() -> (
    None
):
    assert {name for name, is_so in watch.overdue([]).items() if is_so} > {"beat", "wallet.sync_apple"}
    assert not watch.overdue([])["loyalty.verify_fairness"]
    told = "wallet.sync_apple has not run yet: it does within a minute of the start"
    assert told in [*watch.faults()]
    everything_runs()
    assert [*watch.faults()] == []
    grow_old(PULSE, seconds=85)
    assert [*watch.faults()] == []
    grow_old(PULSE, seconds=10)
    assert [*watch.faults()] == ["beat does not run"]
