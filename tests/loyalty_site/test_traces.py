"""One trace from a till through the outbox to a handler, and the request's name in the log of all three."""

from collections.abc import Iterator

import pytest
import structlog
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from groundwork import traces
from groundwork.messaging import outbox
from groundwork.messaging.wiring import subscriptions
from loyalty_site import tracing
from tenancy import scope
from tenancy.models import OutboxMessage
from tests import factories
from tests.loyalty.api.till import Till

pytestmark = pytest.mark.django_db


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    kept = InMemorySpanExporter()
    traces.send_to(SimpleSpanProcessor(kept))
    yield kept
    traces.send_to(None)


@pytest.fixture
def stamped() -> factories.Shop:
    """A shop where somebody has been given a stamp by a request that is called "till-7"."""
    shop = factories.shop(stamps_target=1)
    card = factories.card(shop.store)
    OutboxMessage.objects.all().delete()
    till = Till(shop.store, shop.staff)
    till.client.defaults["HTTP_X_REQUEST_ID"] = "till-7"
    assert till.post(f"cards/{card.pk}/stamps/", {}).status_code == 201
    return shop


def named(spans: InMemorySpanExporter, begins: str) -> list[ReadableSpan]:
    return [span for span in spans.get_finished_spans() if span.name.startswith(begins)]


def trace_of(span: ReadableSpan) -> int:
    assert span.context is not None
    return span.context.trace_id


def test_a_stamp_and_all_that_comes_of_it_are_one_trace(spans, stamped) -> None:
    with scope.everything("the relay"):
        settled = outbox.relay()

    (stamp,) = named(spans, "POST api/v1/stores/")
    handled = named(spans, "handle ")
    assert settled == len(handled) > 0
    assert {trace_of(span) for span in handled} == {trace_of(stamp)}
    assert stamp.attributes == {"http.response.status_code": 201}


def test_another_request_is_another_trace(spans, stamped) -> None:
    till = Till(stamped.store, stamped.staff)
    assert till.get().status_code == 200

    others = {trace_of(span) for span in named(spans, "GET ")}
    assert others.isdisjoint(trace_of(span) for span in named(spans, "POST api/v1/stores/"))


def test_what_a_handler_logs_bears_the_name_of_the_request(stamped, monkeypatch) -> None:
    heard = []

    def handler(payload: dict[str, int]) -> None:
        heard.append(structlog.contextvars.get_contextvars().get("request_id"))

    monkeypatch.setattr(subscriptions, "handler", lambda name: handler)
    structlog.contextvars.bind_contextvars(request_id="the worker's own")
    with scope.everything("the relay"):
        outbox.relay()

    assert set(heard) == {"till-7"}
    assert structlog.contextvars.get_contextvars()["request_id"] == "the worker's own"


def test_a_handler_that_fails_is_told_by_its_kind_and_not_in_its_words(spans, stamped, monkeypatch) -> None:
    def fails(payload: dict[str, int]) -> None:
        raise ValueError("lea@example.com")

    monkeypatch.setattr(subscriptions, "handler", lambda name: fails)
    with scope.everything("the relay"):
        assert outbox.relay() == 0

    handled = named(spans, "handle ")
    assert {span.status.description for span in handled} == {"ValueError"}
    assert not any(span.events for span in handled)


def test_without_a_collector_nothing_is_traced(settings, stamped) -> None:
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = ""
    tracing.set_up()

    with traces.span("anything", "till-7") as span:
        assert not span.is_recording()
