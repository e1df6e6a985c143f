"""Who is told how the site runs: Prometheus, Sentry, a collector of traces. None of them unless it is named."""

from loyalty_site.settings.variables import Environment

__all__ = ["METRICS_TOKEN", "OTEL_EXPORTER_OTLP_ENDPOINT", "SENTRY_DSN"]
_env = Environment()

METRICS_TOKEN = _env.str("METRICS_TOKEN", default="")
SENTRY_DSN = _env.str("SENTRY_DSN", default="")
OTEL_EXPORTER_OTLP_ENDPOINT = _env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
