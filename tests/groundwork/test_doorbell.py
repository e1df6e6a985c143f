"""The doorbell: rings after the commit, in another thread, and whatever happens to it the till never notices."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from groundwork.messaging import doorbell
from groundwork.tasks import clean_outbox

pytestmark = pytest.mark.django_db


class Worker:
    """Stands where the broker is; a test waits until it has heard something."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, int]]] = []
        self.rang = threading.Event()
        self.free = threading.Event()
        self.free.set()
        self.error: Exception | None = None

    def send_task(self, name: str, kwargs: dict[str, int], **options: Any) -> None:
        assert options["retry"] is False
        self.heard.append((name, kwargs))
        self.rang.set()
        self.free.wait(10)
        if self.error:
            raise self.error

    def waits_for_a_ring(self) -> None:
        assert self.rang.wait(10)
        self.rang.clear()


@pytest.fixture
def worker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    settings.DOORBELL_ENABLED = True
    cache.clear()
    monkeypatch.setattr(doorbell, "_ringer", None)
    stand_in = Worker()
    monkeypatch.setattr(current_app._get_current_object(), "send_task", stand_in.send_task)
    yield stand_in
    stand_in.free.set()


def test_it_rings_after_the_commit_and_not_before(
    worker: Worker, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        doorbell.ring("a.task", row_id=5)
        assert worker.heard == []
    worker.waits_for_a_ring()
    assert worker.heard == [("a.task", {"row_id": 5})]


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_rings_nowhere(worker: Worker) -> None:
    with transaction.atomic():
        doorbell.ring("never.heard")
        transaction.set_rollback(True)
    doorbell.ring("heard")
    worker.waits_for_a_ring()
    assert worker.heard == [("heard", {})]


def test_a_broker_that_hangs_holds_nobody_up_and_many_rings_become_one(
    worker: Worker, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    worker.free.clear()
    with django_capture_on_commit_callbacks(execute=True):
        doorbell.ring("first")
    worker.waits_for_a_ring()  # it hangs in there now
    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(50):
            doorbell.ring("second")
    worker.free.set()
    worker.waits_for_a_ring()
    assert worker.heard == [("first", {}), ("second", {})]


def test_a_broker_that_is_down_is_only_logged(
    worker: Worker,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    worker.error = ConnectionError("no route to the broker")
    with django_capture_on_commit_callbacks(execute=True):
        doorbell.ring("first")
    worker.waits_for_a_ring()
    worker.error = None
    with django_capture_on_commit_callbacks(execute=True):
        doorbell.ring("second")
    worker.waits_for_a_ring()
    assert [name for name, _ids in worker.heard] == ["first", "second"]


def test_nobody_rings_where_a_ring_is_unanswered_until_somebody_begins(
    worker: Worker, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    def ring(task: str, **ids: int) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            doorbell.ring(task, **ids)

    ring("relay")
    worker.waits_for_a_ring()
    ring("relay")
    ring("one.row", row_id=1)
    worker.waits_for_a_ring()
    ring("one.row", row_id=1)
    worker.waits_for_a_ring()
    assert worker.heard == [("relay", {}), *[("one.row", {"row_id": 1})] * 2]
    doorbell.answered("relay")
    ring("relay")
    worker.waits_for_a_ring()
    assert worker.heard[3:] == [("relay", {})]


def test_whoever_takes_a_ring_up_is_rung_for_again(worker: Worker) -> None:
    cache.set("rung:groundwork.clean_outbox", 1)
    clean_outbox()
    assert cache.get("rung:groundwork.clean_outbox") is None


def test_a_ring_that_could_not_be_sent_keeps_no_other_from_being(worker: Worker) -> None:
    worker.error = ConnectionError("no route to the broker")
    for _time in range(2):
        with pytest.raises(ConnectionError):
            doorbell._send("relay", {})
    assert worker.heard == [("relay", {})] * 2


def test_it_can_be_switched_off(
    worker: Worker,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.DOORBELL_ENABLED = False
    with django_capture_on_commit_callbacks(execute=True):
        doorbell.ring("nobody")
    assert (worker.heard, doorbell._ringer) == ([], None)
