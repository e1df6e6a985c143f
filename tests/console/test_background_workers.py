"""Workers that make long exports: broken, lost, and overtaken."""

import io

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from customers.models import Customer
from groundwork.jobs import service as jobs
from groundwork.jobs.queue import JOBS
from tenancy.models import BackgroundJob
from tests.console.asking import ask, content, download
from tests.console.world import World, address


@pytest.fixture(autouse=True)
def everything_is_long(settings: Settings) -> None:
    settings.BACKGROUND_ROWS = 0


def broken(world: World, monkeypatch: pytest.MonkeyPatch) -> BackgroundJob:
    job = ask(world, "owner", Customer)
    monkeypatch.setattr("groundwork.formats.spreadsheets.write", lambda *_args: 1 / 0)
    return job


def test_a_fault_of_ours_is_said_in_words_that_give_nothing_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs.run(broken(world, monkeypatch))
    assert job.state == "failed"
    assert job.error == "Something went wrong on our side. Nothing has changed; please try again."
    assert job.error in world.client("owner").get(address(job)).content.decode()


def test_a_job_whose_worker_was_lost_is_taken_up_again_and_not_for_ever(
    world: World, queues_travel: None
) -> None:
    job = ask(world, "owner", Customer)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for attempt in (1, 2, 3):
            taken = jobs._take()  # and then the worker is gone
            assert (taken.pk, taken.attempts) == (job.pk, attempt)
            assert jobs.run_due() == 0
            clock.shift(JOBS.lease)
        assert jobs.run_due() == 1
    job.refresh_from_db()
    assert (job.state, job.file_size) == ("failed", 0)
    assert job.error.startswith("This was interrupted several times.")


def test_a_worker_that_was_thought_lost_changes_nothing_when_it_comes_back(world: World) -> None:
    job = ask(world, "owner", Customer)
    slow = jobs._take()
    BackgroundJob.objects.filter(pk=job.pk).update(leased_until=timezone.now())
    jobs.run_due()
    made = content(download(world, "owner", job))
    with pytest.raises(jobs.Overtaken):
        jobs.finish(slow, outcome={}, file=io.BytesIO(b"late"))
    jobs.fail(slow, "late")
    assert content(download(world, "owner", job)) == made
