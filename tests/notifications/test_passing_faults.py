"""A mail server that says not now, hangs, drops or is away: e-mails wait for it, and it keeps nobody else waiting."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from loyalty_site.servers.supervise import free_port
from notifications.models import EmailLog
from notifications.services import delivery, queue
from tests.notifications.conftest import Shop
from tests.notifications.logs import state
from tests.notifications.post_office import PostOffice, open_post_office

pytestmark = pytest.mark.django_db


def seconds_until_next(log: EmailLog) -> float | None:
    log.refresh_from_db()
    return (log.next_attempt_at - timezone.now()).total_seconds() if log.next_attempt_at else None


@pytest.mark.usefixtures("queues_travel")
def test_a_refusal_for_now_is_tried_for_three_days_with_growing_pauses(
    shop: Shop, post_office: PostOffice
) -> None:
    post_office.recipient = "451 Greylisted, try later"
    log = shop.queued()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for attempt, pause in enumerate((60, 120, 240, 480, 960, 1920, 3600, 3600), start=1):
            assert delivery.deliver(log.pk) == "queued"
            assert state(log) == ("queued", attempt, "deferred")
            assert seconds_until_next(log) == pause
            assert delivery.deliver(log.pk) is None, "not before its time"
            clock.shift(pause)
        clock.move_to(log.queued_at + timedelta(hours=71, minutes=59))
        assert delivery.deliver(log.pk) == "queued"
        clock.shift(timedelta(hours=1))
        assert delivery.deliver(log.pk) == "failed"
        assert state(log) == ("failed", 10, "deferred")
        assert log.error == "451 Greylisted, try later"
        assert seconds_until_next(log) is None

        assert queue.send_again(log.pk).pk == log.pk
        assert delivery.deliver(log.pk) == "queued", "who sends it again gives it three days more"
    assert post_office.letters == []


@pytest.mark.usefixtures("queues_travel")
@pytest.mark.parametrize(
    ("answer", "fault"), [("hang", "interrupted"), ("drop", "interrupted"), ("452 Full", "deferred")]
)
def test_a_server_that_hangs_or_drops_is_tried_again(
    shop: Shop, post_office: PostOffice, settings: Settings, answer: str, fault: str
) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    post_office.data = answer
    log = shop.queued()
    assert delivery.deliver(log.pk) == "queued"
    assert state(log) == ("queued", 1, fault)

    post_office.data = "250 OK"
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert delivery.deliver(log.pk) == "sent"
    assert [letter["Message-ID"] for letter in post_office.letters] == [
        post_office.offered[0]["Message-ID"]
    ], "whoever got both can tell"


@pytest.mark.usefixtures("queues_travel")
def test_a_mail_server_that_is_down_loses_nothing(shop: Shop, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 1
    first, second = shop.queued(cause="1"), shop.queued(cause="2")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert delivery.sweep() == 1, "the others need not wait for a server that is away"
        assert (state(first), state(second)) == (("queued", 1, "unreachable"), ("queued", 0, ""))
        for _ in range(10):
            clock.shift(timedelta(hours=6))
            delivery.sweep()
        assert (state(first), state(second)) == (("queued", 6, "unreachable"), ("queued", 5, "unreachable"))

        with open_post_office(settings.EMAIL_PORT) as office:
            clock.shift(3601)
            assert delivery.sweep() == 2
            assert len(office.letters) == 2
    assert (state(first)[0], state(second)[0]) == ("sent", "sent")


@pytest.mark.usefixtures("queues_travel")
def test_after_three_days_a_server_that_never_came_back_is_given_up(shop: Shop, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 1
    log = shop.queued()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        delivery.sweep()
        assert seconds_until_next(log) == 60
        clock.shift(timedelta(days=3))
        delivery.sweep()
        assert (state(log), seconds_until_next(log)) == (("failed", 2, "unreachable"), None)


@pytest.mark.usefixtures("queues_travel")
def test_a_server_that_hangs_keeps_a_worker_three_times_and_is_tried_again_when_it_may_be_back(
    shop: Shop, post_office: PostOffice, settings: Settings
) -> None:
    settings.EMAIL_TIMEOUT = 0.1
    post_office.data = "hang"
    logs = [shop.queued(cause=str(number)) for number in range(5)]
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert (delivery.sweep(), delivery.sweep()) == (3, 0)
        assert delivery.deliver(logs[4].pk) is None
        assert [state(log) for log in logs] == [("queued", 1, "interrupted")] * 3 + [("queued", 0, "")] * 2
        post_office.data = "250 OK"
        clock.shift(61)
        assert delivery.sweep() == 5
    assert [state(log)[0] for log in logs] == ["sent"] * 5
