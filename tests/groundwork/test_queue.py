"""The queue that all queues are: what is due, whose it is, and what comes of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from groundwork.messaging import outbox
from groundwork.messaging.outbox import OUTBOX
from groundwork.messaging.wiring import subscriptions
from groundwork.queue.pauses import Pauses
from groundwork.queue.queue import Queue
from loyalty.events import ProgramChanged
from tenancy import scope
from tests import factories
from tests.groundwork import listeners
from tests.groundwork.queued import seconds, waiting
from wallet.models import PassDesign

pytestmark = pytest.mark.django_db
HOUR, LEASE = timedelta(hours=1), timedelta(minutes=2)

# The designs' table as a queue that uses all there is to say.
TRIED: Queue[PassDesign] = Queue(
    name="tried",
    model=lambda: PassDesign,
    waiting=Q(synced_version=0),
    dead=Q(is_refused=True),
    lease=LEASE,
    pauses=Pauses(first=timedelta(seconds=10), factor=2, longest=HOUR),
    maximum_attempts=2,
    taken={"digest": "taken"},
    put_back={"digest": "put back"},
    given_up={"digest": "given up", "is_refused": True, "synced_version": 1},
)
BEGUN = replace(TRIED, counts_taking=True)


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    listeners.heard.clear()
    with subscriptions.filled(*listeners.SUBSCRIPTIONS), scope.everything("a worker"):
        yield


def runs_out(queue: Queue[Any]) -> None:
    queue.rows().update(leased_until=Now() - timedelta(seconds=1))


# --- Taking -----------------------------------------------------------------------------------------------


def test_what_is_taken_is_taken_once_until_its_lease_runs_out() -> None:
    (row,) = waiting()
    (taken,) = TRIED.take()
    assert (taken.pk, taken.digest, taken.attempts) == (row.pk, "taken", 0)
    assert seconds(row, "leased_until") == LEASE.total_seconds()
    assert TRIED.take() == TRIED.take(early=True) == []
    runs_out(TRIED)
    assert [each.pk for each in TRIED.take()] == [row.pk]


def test_what_has_waited_longest_is_taken_first_and_no_more_than_was_asked_for() -> None:
    first, second, third = waiting(3)
    PassDesign.objects.filter(pk=third.pk).update(next_attempt_at=Now() - HOUR)
    assert [row.pk for row in TRIED.take(limit=2)] == [third.pk, first.pk]
    assert [row.pk for row in TRIED.take(limit=2)] == [second.pk]


def test_what_is_not_due_is_taken_only_by_who_cannot_wait() -> None:
    (row,) = waiting()
    PassDesign.objects.update(next_attempt_at=Now() + timedelta(minutes=1))
    assert TRIED.take() == []
    assert [each.pk for each in TRIED.take(early=True)] == [row.pk]


def test_what_does_not_wait_is_not_taken() -> None:
    waiting()
    PassDesign.objects.update(synced_version=1)
    assert TRIED.take() == TRIED.take(early=True) == []


# --- What came of it --------------------------------------------------------------------------------------


def test_what_is_settled_is_nobodys() -> None:
    waiting(3)
    assert TRIED.settle(TRIED.take(limit=3), synced_version=1) == 3
    assert set(PassDesign.objects.values_list("synced_version", "lease", "leased_until")) == {(1, None, None)}
    assert TRIED.settle([]) == 0


@pytest.mark.parametrize(
    "late",
    [
        lambda row: TRIED.settle([row], synced_version=1),
        lambda row: TRIED.postpone(row),
        lambda row: TRIED.release([row]),
        lambda row: TRIED.renew(row),
    ],
    ids=["settle", "postpone", "release", "renew"],
)
def test_who_comes_back_after_somebody_else_took_it_changes_nothing(
    late: Callable[[PassDesign], int],
) -> None:
    (row,) = waiting()
    (slow,) = TRIED.take()
    runs_out(TRIED)
    (quick,) = TRIED.take()
    before = PassDesign.objects.values().get(pk=row.pk)
    assert not late(slow)
    assert PassDesign.objects.values().get(pk=row.pk) == before
    assert late(quick)


def test_what_fails_pauses_longer_each_time_and_is_given_up_in_the_end() -> None:
    (row,) = waiting()
    (taken,) = TRIED.take()
    assert TRIED.postpone(taken)
    row.refresh_from_db()
    assert (row.attempts, row.digest, seconds(row), row.lease) == (1, "put back", 10, None)
    (taken,) = TRIED.take(early=True)
    assert TRIED.postpone(taken)
    row.refresh_from_db()
    assert (row.attempts, row.digest, seconds(row)) == (2, "given up", 20)
    assert TRIED.take(early=True) == []


def test_what_the_other_side_asks_for_is_waited_for_if_it_is_longer_than_the_pause() -> None:
    (row,) = waiting()
    TRIED.postpone(TRIED.take()[0], wait=timedelta(seconds=5))
    assert seconds(row) == 10
    TRIED.postpone(TRIED.take(early=True)[0], wait=timedelta(seconds=90))
    assert seconds(row) == 90


def test_what_could_not_be_tried_is_put_back_and_counts_as_no_attempt() -> None:
    (row,) = waiting()
    for queue in (TRIED, BEGUN):
        assert queue.release(queue.take()) == 1
        row.refresh_from_db()
        assert (row.attempts, row.digest, row.lease) == (0, "put back", None)
        assert len(TRIED.due()) == 1


def test_a_worker_that_is_lost_counts_as_an_attempt_where_taking_counts() -> None:
    (row,) = waiting()
    for queue, attempts in ((TRIED, 0), (BEGUN, 1), (BEGUN, 2)):
        (taken,) = queue.take()
        row.refresh_from_db()
        assert taken.attempts == row.attempts == attempts
        runs_out(queue)
    assert BEGUN.postpone(taken)
    row.refresh_from_db()
    assert (row.attempts, row.digest) == (2, "given up")


def test_a_lease_that_is_renewed_is_as_long_as_a_new_one() -> None:
    (row,) = waiting()
    (taken,) = TRIED.take()
    PassDesign.objects.update(leased_until=Now() + timedelta(seconds=3))
    assert TRIED.renew(taken, digest="half of it")
    row.refresh_from_db()
    assert (row.digest, seconds(row, "leased_until")) == ("half of it", LEASE.total_seconds())


def test_a_queue_without_a_lease_is_held_in_a_transaction_and_what_is_written_goes_with_it() -> None:
    outbox.record(ProgramChanged(merchant_id=factories.shop().merchant.pk, program_id=1))
    (taken,) = OUTBOX.take(OUTBOX.rows().filter(event="loyalty.program_changed"))
    with transaction.atomic():
        assert OUTBOX.settle([taken], state="done") == 1
        transaction.set_rollback(True)
    assert OUTBOX.rows().get(pk=taken.pk).state == "waiting"


# --- Pauses -----------------------------------------------------------------------------------------------


def test_pauses_grow_up_to_the_longest_however_often_it_failed() -> None:
    pauses = Pauses(first=timedelta(seconds=5), factor=3, longest=timedelta(minutes=15))
    assert [pauses.after(n).total_seconds() for n in (1, 2, 3, 5, 6, 32_767)] == [5, 15, 45, 405, 900, 900]


def test_pauses_are_spread_by_their_jitter_and_no_further() -> None:
    pauses = Pauses(first=timedelta(seconds=100), factor=2, longest=HOUR, jitter=0.25)
    found = {pauses.after(1).total_seconds() for _number in range(200)}
    assert 75 <= min(found) < 90 < 110 < max(found) <= 125


# --- Watching ---------------------------------------------------------------------------------------------


def test_late_is_what_is_due_and_nobody_is_at() -> None:
    first, second, _refused = waiting(3)
    PassDesign.objects.filter(pk=_refused.pk).update(is_refused=True, synced_version=1)
    PassDesign.objects.filter(pk=first.pk).update(next_attempt_at=Now() - timedelta(seconds=90))
    PassDesign.objects.filter(pk=second.pk).update(next_attempt_at=Now() + timedelta(seconds=90))
    assert round(TRIED.lag()["late_seconds"]) == 90
    TRIED.take()
    assert TRIED.lag() == {"waiting": 2, "dead": 1, "late_seconds": 0.0}


def test_a_command_says_how_far_behind_each_queue_is() -> None:
    waiting(2)
    PassDesign.objects.update(next_attempt_at=Now() + HOUR)
    out = StringIO()
    call_command("queues", stdout=out)
    assert out.getvalue().splitlines() == [
        "outbox: 0 waiting, 0.0 s late, 0 given up",
        "jobs: 0 waiting, 0.0 s late, 0 given up",
        "e-mails: 0 waiting, 0.0 s late, 0 given up",
        "account e-mails: 0 waiting, 0.0 s late, 0 given up",
        "text messages: 0 waiting, 0.0 s late, 0 given up",
        "passes: 0 waiting, 0.0 s late, 0 given up",
        "designs: 2 waiting, 0.0 s late, 0 given up",
        "webhooks: 0 waiting, 0.0 s late, 0 given up",
    ]
