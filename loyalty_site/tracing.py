"""Where traces go: to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names, if any."""

from django.conf import settings
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from groundwork import traces


def set_up() -> None:
    """Trace from now on, if there is somebody to send traces to. They go in batches, from a thread of their own."""
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        address = f"{settings.OTEL_EXPORTER_OTLP_ENDPOINT.rstrip('/')}/v1/traces"
        traces.send_to(BatchSpanProcessor(OTLPSpanExporter(endpoint=address)))
