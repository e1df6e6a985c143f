"""Workers that die over an e-mail, or meet: it goes out once."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications.models import EmailLog, Fault, Status
from notifications.services import delivery, queue
from tests.notifications.conftest import Shop
from tests.notifications.logs import state
from tests.notifications.post_office import PostOffice

pytestmark = pytest.mark.django_db


def lease_left(log: EmailLog) -> float:
    """Seconds until others may take the row up."""
    log.refresh_from_db()
    return (log.leased_until - timezone.now()).total_seconds()


def lease_runs_out(log: EmailLog) -> None:
    EmailLog.objects.filter(pk=log.pk).update(leased_until=timezone.now() - timedelta(seconds=1))


def test_a_row_that_somebody_is_sending_is_left_alone_until_the_lease_runs_out(
    shop: Shop, post_office: PostOffice
) -> None:
    log = shop.queued()
    assert queue.take(log.pk).pk == log.pk
    assert 240 < lease_left(log) <= 301
    assert (delivery.deliver(log.pk), delivery.sweep()) == (None, 0)
    lease_runs_out(log)
    assert delivery.sweep() == 1
    assert state(log) == ("sent", 2, "")


@pytest.mark.parametrize("minutes", [-60, 60])
def test_a_worker_whose_clock_is_off_takes_nothing_out_of_anothers_hands(
    shop: Shop, post_office: PostOffice, minutes: int
) -> None:
    log = shop.queued()
    queue.take(log.pk)
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        assert (delivery.deliver(log.pk), delivery.sweep()) == (None, 0)
    assert (state(log), post_office.offered) == (("sending", 1, ""), [])


def test_the_lease_that_a_worker_with_a_wrong_clock_gives_is_as_long_as_any(
    shop: Shop, post_office: PostOffice
) -> None:
    log = shop.queued()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert queue.take_next() == [log]
    assert 240 < lease_left(log) <= 301
    lease_runs_out(log)
    assert delivery.sweep() == 1
    assert state(log) == ("sent", 2, "")


def test_a_worker_that_comes_back_after_its_lease_changes_nothing(
    shop: Shop, post_office: PostOffice
) -> None:
    log = shop.queued()
    slow = queue.take(log.pk)
    lease_runs_out(log)
    delivery.sweep()
    assert not queue.settle(slow, status=Status.FAILED)
    assert state(log) == ("sent", 2, "")


def test_what_workers_were_lost_over_four_times_is_not_tried_again_and_holds_up_nothing(
    shop: Shop, post_office: PostOffice
) -> None:
    lost = [shop.queued(cause=str(number)) for number in range(2)]
    for log in lost:
        for _ in range(4):
            assert queue.take(log.pk) is not None
            lease_runs_out(log)
    other = shop.queued(cause="other")
    assert delivery.sweep() == 1
    assert [state(log) for log in lost] == [("failed", 4, Fault.INTERRUPTED)] * 2
    assert state(other) == ("sent", 1, "")
    assert len(post_office.letters) == 1
