"""Receivers of all kinds: each event arrives once, the same, and signed. Verified by `standardwebhooks`."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as site
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import Webhook, WebhookVerificationError

from tenancy import scope
from tests import factories
from tests.factories import Shop
from tests.webhooks.conftest import deliver, deliveries, listen
from tests.webhooks.receiver import Answer, Got, Receiver, hang_up, status
from webhooks import posting
from webhooks.models import Delivery, Endpoint
from webhooks.services import delivery, endpoints

NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
PAUSES = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
WAIT = 60  # seconds; only a broken test waits so long


def believed(got: Got, secret: str) -> bool:
    """Whether somebody else's implementation of Standard Webhooks takes a message, at the time of this test."""
    try:
        Webhook(secret).verify(got.body, got.headers)
    except WebhookVerificationError:
        return False
    return True


@pytest.mark.django_db
@pytest.mark.usefixtures("queues_travel")
def test_others_believe_a_message_before_and_after_the_secret_was_changed(
    shop: Shop, receiver: Receiver
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        endpoint, first = listen(shop, receiver.url)
        secrets = [first]

        def heard() -> list[bool]:
            with factories.inside(shop):
                endpoints.send_test(endpoint_id=endpoint.pk)
                deliver()
            return [believed(receiver.got[-1], secret) for secret in secrets]

        assert heard() == [True]
        with factories.inside(shop):
            secrets.append(endpoints.rotate_secret(endpoint_id=endpoint.pk))
        assert heard() == [True, True]
        clock.shift(timedelta(hours=24))
        assert heard() == [False, True]
        forged = Got("/hooks", receiver.got[-1].headers, receiver.got[-1].body + b" ")
        assert not believed(forged, secrets[1])


@pytest.mark.django_db
@pytest.mark.usefixtures("queues_travel")
def test_a_receiver_that_does_everything_wrong_for_three_days_misses_nothing(
    shop: Shop, receiver: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "TIMEOUT", 0.3)
    with time_machine.travel(NOON, tick=False) as clock:
        endpoint, secret = listen(shop, receiver.url, "card.enrolled", "stamps.given")
        with Receiver() as well:
            other, _secret = listen(shop, well.url, "stamps.given")
            with factories.inside(shop):
                Endpoint.objects.update(active_since=NOON)
            factories.card(shop.store, stamps=1)
            worst: Iterator[Answer] = iter(
                [hang_up, receiver.hold, status(500), status(302, Location=well.url), status(404), garbled]
                * 4
            )
            receiver.usual = lambda handler: next(worst)(handler)
            deliver()
            for pause in PAUSES[:-1]:
                clock.shift(timedelta(seconds=pause))
                deliver()
            assert deliveries(other) == [("delivered", 1, 200)]
            assert {state for state, *_rest in deliveries(endpoint)} == {"failed"}
            receiver.usual = status(200)
            clock.shift(timedelta(seconds=PAUSES[-1]))
            deliver()
            assert deliver() == 0
            assert len(well.got) == 1
        assert deliveries(endpoint) == [("delivered", 10, 200)] * 2
        by_event = {each.event_id: each.body for each in receiver.got}
        assert len(receiver.got) == 20
        assert len(by_event) == 2
        assert all(each.body == by_event[each.event_id] for each in receiver.got)
        assert all(believed(each, secret) for each in receiver.got[-2:])


def garbled(handler: BaseHTTPRequestHandler) -> None:
    """Answer with what is no HTTP."""
    handler.wfile.write(b"\x00\xff not http\r\n\r\n")
    hang_up(handler)


# --- A sender that is killed ------------------------------------------------------------------------------


def sender(folder: Path) -> "subprocess.Popen[bytes]":
    """A process that sends what is due, on the test's database."""
    server = connection.settings_dict
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "loyalty_site.settings.local",
        "DATABASE_URL": f"postgresql://{server['USER']}@{server['HOST']}:{server['PORT']}/{server['NAME']}",
        "SECRET_KEY": site.SECRET_KEY,  # what is sealed here is opened there
        "WEBHOOKS_ALLOW_PRIVATE": "true",
        "VAR_DIR": str(folder),
    }
    code = "import django; django.setup(); from webhooks.services import delivery; delivery.run()"
    return subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=site.BASE_DIR)


@pytest.mark.django_db(transaction=True)
def test_a_sender_killed_in_the_middle_sends_the_same_again(
    shop: Shop, receiver: Receiver, tmp_path: Path
) -> None:
    is_asked = threading.Event()

    def hold(handler: BaseHTTPRequestHandler) -> None:
        is_asked.set()
        receiver.let_go.wait(WAIT)
        hang_up(handler)

    endpoint, secret = listen(shop, receiver.url, "card.enrolled")
    factories.card(shop.store)
    receiver.usual = hold
    process = sender(tmp_path)
    try:
        assert is_asked.wait(WAIT)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(WAIT)
    receiver.let_go.set()
    receiver.usual = status(200)

    assert deliver() == 0, "its lease has not run out"
    with scope.everything("a minute and a half later"):
        Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert (delivery.run(), delivery.run()) == (1, 0)
    assert deliveries(endpoint)[0][::2] == ("delivered", 200)
    interrupted, arrived = receiver.got
    assert (interrupted.event_id, interrupted.body) == (arrived.event_id, arrived.body)
    assert believed(interrupted, secret)
    assert believed(arrived, secret)
