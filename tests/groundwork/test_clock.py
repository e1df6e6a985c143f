"""The clock that services read, and a story of the past that is told through it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from groundwork import clock
from loyalty.models import LoyaltyTransaction
from loyalty.services import stamps
from tenancy import scope
from tenancy.actor import Actor
from tests import factories

MARCH = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def test_the_clock_is_the_machines_until_it_is_set() -> None:
    with time_machine.travel(MARCH, tick=False):
        assert clock.now() == MARCH
        with clock.at(MARCH - timedelta(days=9)):
            assert clock.now() == MARCH - timedelta(days=9)
            with clock.at(MARCH - timedelta(days=20)):
                assert clock.now() == MARCH - timedelta(days=20)
            assert clock.now() == MARCH - timedelta(days=9)
            assert timezone.now() == MARCH
        assert clock.now() == MARCH


def test_a_clock_that_was_set_is_let_go_after_a_failure() -> None:
    with time_machine.travel(MARCH, tick=False):
        with pytest.raises(ZeroDivisionError), clock.at(MARCH - timedelta(days=9)):
            _ = 1 / 0
        assert clock.now() == MARCH


def test_another_thread_keeps_its_own_time() -> None:
    seen = []
    with time_machine.travel(MARCH, tick=False), clock.at(MARCH - timedelta(days=9)):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen == [MARCH]


def test_a_moment_without_its_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"), clock.at(datetime(2026, 3, 10, 11, 0)):
        pass


@pytest.mark.django_db
def test_a_stamp_of_the_past_is_booked_in_the_past() -> None:
    with scope.everything("a test of the clock"):
        with clock.at(MARCH - timedelta(days=1)):
            shop = factories.shop()
            card = factories.card(shop.store)
        with clock.at(MARCH):
            stamps.give(store=shop.store, card_id=card.pk, actor=Actor(role="manager"))
        line = LoyaltyTransaction.objects.get(transaction_type="stamp_earned")
        card.refresh_from_db()
    assert (line.transaction_at, line.created_at, card.last_activity_at) == (MARCH, MARCH, MARCH)
