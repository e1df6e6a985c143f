"""What waits for an endpoint goes out together; who is slow, or fails, keeps nobody else waiting."""

import gzip
import socket
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from loyalty.services import purchases
from tenancy import scope
from tests import factories
from tests.factories import Shop
from tests.webhooks.conftest import deliver, deliveries, listen
from tests.webhooks.receiver import Answer, Receiver, hang_up, status
from webhooks import posting
from webhooks.models import Delivery, Endpoint
from webhooks.services import delivery, endpoints, log, queue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues_travel")]
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def test_what_waits_together_goes_over_one_connection_up_to_the_first_that_fails(
    shop: Shop, receiver: Receiver
) -> None:
    endpoint, _secret = listen(shop, receiver.url)
    receiver.answers = [status(200), status(204, b""), status(500), status(500)]
    factories.card(shop.store, stamps=1)
    factories.card(shop.store, stamps=1)
    assert deliver() == 4
    failed = [("failed", 1, 500)]
    assert deliveries(endpoint) == [("delivered", 1, 200), ("delivered", 1, 204), *failed, *failed]
    ports = [got.port for got in receiver.got]
    assert (len(set(ports[:3])), ports[3] in ports[:3]) == (1, False)
    with factories.inside(shop):
        assert Endpoint.objects.get().failing_since is not None
        Delivery.objects.update(next_attempt_at=NOON)
    receiver.answers = [status(200, **{"Connection": "close"})]
    assert deliver() == 2
    assert {state for state, _attempts, _status in deliveries(endpoint)} == {"delivered"}
    with factories.inside(shop):
        assert Endpoint.objects.get().failing_since is None
    assert (len(receiver.got), len(set(receiver.ids))) == (6, 4)


def test_what_happened_first_is_told_before_the_rest_is_made_into_events(
    shop: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "BATCH", 2)
    listen(shop, receiver.url, "stamps.given")
    for _customer in range(5):
        factories.card(shop.store, stamps=1)
    made, take = [], queue.take

    def noting(busy: list[Delivery]) -> list[list[Delivery]]:
        made.append(Delivery.objects.count())
        return take(busy)

    monkeypatch.setattr(queue, "take", noting)
    assert (deliver(), len(set(receiver.ids))) == (5, 5)
    assert made[:3] == [1, 2, 3]


def test_many_purchases_are_made_into_events_in_as_many_statements_as_two(
    shop: Shop, receiver: Receiver
) -> None:
    listen(shop, receiver.url)
    cards = [factories.card(shop.store) for _customer in range(9)]

    def statements(count: int) -> int:
        with factories.inside(shop):
            for card in [cards.pop() for _customer in range(count)]:
                purchases.record(
                    store=shop.store, card_id=card.pk, actor=factories.actor(), purchase_amount_cents=450
                )
        with CaptureQueriesContext(connection) as asked:
            log.catch_up(shop.merchant.pk)
        return len(asked)

    assert statements(1) > 0
    assert statements(2) == statements(6)


def test_those_that_fail_have_half_of_the_places(
    shop: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "PLACES", 4)
    monkeypatch.setattr(queue, "FAILING_PLACES", 2)
    for each in (shop, factories.shop(), factories.shop()):
        endpoint, _secret = listen(each, receiver.url)
        with factories.inside(each):
            Endpoint.objects.filter(pk=endpoint.pk).update(failing_since=NOON)
            endpoints.send_test(endpoint_id=endpoint.pk)
    well, _secret = listen(shop, receiver.url, "card.enrolled")
    with factories.inside(shop):
        endpoints.send_test(endpoint_id=well.pk)
    with scope.everything("a worker"):
        taken = queue.take([])
    assert [len(together) for together in taken] == [1, 1, 1]
    assert taken[0][0].endpoint_id == well.pk


def test_a_slow_receiver_is_sent_what_goes_in_a_few_seconds(
    shop: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "LONGEST_TRIP", 0.0)
    endpoint, _secret = listen(shop, receiver.url)
    factories.card(shop.store, stamps=1)
    assert deliver() == 2
    assert deliveries(endpoint) == [("delivered", 1, 200)] * 2
    assert len({got.port for got in receiver.got}) == 2


def test_an_answer_that_comes_byte_by_byte_is_cut_in_time(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "TIMEOUT", 0.4)
    was_cut = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        try:
            for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n":
                if receiver.let_go.wait(0.1):
                    return
                handler.wfile.write(bytes([byte]))
        except OSError:
            was_cut.set()

    receiver.usual = drip
    assert posting.post(receiver.url, b"{}", {}).trouble == "timeout"
    assert was_cut.wait(20)


def test_head_and_body_wait_for_nobody(receiver: Receiver) -> None:
    """They go out in two pieces, of which the second would wait for the first to be acknowledged."""
    with posting.Way(receiver.url) as way:
        assert way.post(b"{}", {}).status == 200
        assert way.kept is not None
        assert way.kept.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def raw(*parts: bytes, again: bytes = b"") -> Answer:
    """Say these bytes, and then others again and again until nobody listens."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        for part in parts:
            handler.wfile.write(part)
        while again and not handler.server.stopped.wait(0.001):  # type: ignore[attr-defined]
            handler.wfile.write(again)

    return answer


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (raw(OK, again=b"X-More: and more\r\n"), (None, "no_answer")),
        (raw(OK, b"X-Long: ", again=b"x" * 1000), (None, "no_answer")),
        (raw(again=b"HTTP/1.1 100 Continue\r\n\r\n"), (None, "timeout")),
        (raw(b"HTTP/1.1 100 Continue\r\n\r\n", OK, b"Content-Length: 0\r\n\r\n"), (200, "")),
        (raw(OK, b"\r\n", again=b"."), (200, "")),
        (raw(OK, b"Content-Length: 9999999999\r\n\r\n", again=b"."), (200, "")),
        (raw(OK, b"Transfer-Encoding: chunked\r\n\r\n", again=b"1\r\n.\r\n"), (200, "")),
        (raw(OK, b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", again=b"."), (200, "")),
        (raw(b"HTTP/1.1 99999 OK\r\n\r\n"), (None, "no_answer")),
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), (None, "no_answer")),
        (raw(), (None, "no_answer")),
    ],
)
def test_whatever_is_said_for_however_long_it_ends_in_time(
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    answer: Answer,
    expected: tuple[int | None, str],
) -> None:
    monkeypatch.setattr(posting, "TIMEOUT", 0.6)
    receiver.usual = answer
    said = posting.post(receiver.url, b"{}", {})
    assert (said.status, said.trouble) == expected
    assert len(said.body) <= posting.LONGEST_ANSWER


def test_what_is_packed_is_not_unpacked(receiver: Receiver) -> None:
    bomb = gzip.compress(bytes(10_000_000))
    receiver.answers = [status(200, bomb, **{"Content-Encoding": "gzip"})]
    said = posting.post(receiver.url, b"{}", {})
    assert (said.status, len(said.body) <= len(bomb)) == (200, True)
    assert receiver.got[0].headers["accept-encoding"] == "identity"


def test_a_body_where_none_may_be_is_nobody_elses_answer(receiver: Receiver) -> None:
    receiver.answers = [status(204, b"and yet a body")]
    with posting.Way(receiver.url) as way:
        answers = [way.post(body, {}) for body in (b"1", b"2")]
    assert [(each.status, each.body) for each in answers] == [(204, ""), (200, "ok")]
    sent = [got.body for got in receiver.got]  # the second once more, where it went before the rest was heard
    assert (sent[:2], set(sent[2:]) <= {b"2"}) == ([b"1", b"2"], True)


def test_what_was_closed_meanwhile_is_opened_again(receiver: Receiver) -> None:
    with posting.Way(receiver.url) as way:
        answers = [way.post(b"1", {}).status]
        receiver.answers = [hang_up]
        answers.append(way.post(b"2", {}).status)
    assert (answers, [got.body for got in receiver.got]) == ([200, 200], [b"1", b"2", b"2"])


def test_an_endpoint_has_one_delivery_on_its_way_until_its_worker_is_lost(
    shop: Shop, receiver: Receiver
) -> None:
    listen(shop, receiver.url)
    factories.card(shop.store, stamps=1)
    with scope.everything("a worker"):
        delivery.catch_up()
        ((mine, other),) = queue.take([])
        factories.card(shop.store)
        delivery.catch_up()
        assert queue.take([]) == []  # what has come since waits for them
        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=91)):  # its worker was killed
            (again,) = queue.take([])
            assert [(each.pk, each.attempts) for each in again][:2] == [(mine.pk, 0), (other.pk, 0)]
            assert queue.DELIVERIES.settle([mine], state="delivered") == 0
            assert queue.DELIVERIES.settle(again, state="delivered") == 3


def test_a_receiver_that_says_nothing_keeps_nobody_elses_waiting(
    shop: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.WEBHOOKS_RETRY_SCHEDULE = [3600]  # on a busy machine this takes longer than the first pause
    monkeypatch.setattr(posting, "TIMEOUT", 0.5)
    monkeypatch.setattr(queue, "PLACES", 6)
    slow = [listen(shop, receiver.url + f"/{number}", "card.enrolled")[0] for number in range(6)]
    receiver.usual = receiver.hold
    factories.card(shop.store)
    neighbour = factories.shop()
    with Receiver() as other:
        quick, _secret = listen(neighbour, other.url, "card.enrolled")
        factories.card(neighbour.store)
        order: list[int] = []
        note = delivery.note
        monkeypatch.setattr(
            delivery,
            "note",
            lambda rows, answers: (order.append(rows[0].endpoint_id), note(rows, answers))[1],
        )
        assert deliver() == 7
    assert quick.pk in order[:5]  # beside the four of the merchant who fills all places
    assert deliveries(slow[0]) == [("failed", 1, None)]
    with scope.everything("a test looks"):
        assert set(Delivery.objects.exclude(endpoint=quick).values_list("trouble", flat=True)) == {"timeout"}
