"""/healthz: the process answers. /readyz: it can serve a till, for which it needs the database; and how the rest is.

They are answered before any other middleware, so that a probe needs no host name, no https and no session.
"""

import logging
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from groundwork.database import waits
from loyalty_site.celery import app

logger = logging.getLogger(__name__)

PROBE_TIMEOUT_SECONDS = 0.5
PROBE_SILENCE_SECONDS = 2.0
PROBE_KEY = "loyalty:probe"


def probe_database() -> None:
    """Raise whatever the database raises where it cannot answer a query."""
    with waits.silence_of(PROBE_SILENCE_SECONDS), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")


def probe_cache() -> None:
    """Raise where the cache's Redis takes nothing; a process's own memory always does."""
    if settings.CACHE_URL:
        with redis.Redis.from_url(settings.CACHE_URL, **settings.REDIS_CLIENT_OPTIONS) as client:
            _write(client)


def probe_broker() -> None:
    """Raise where Celery's broker cannot be reached, or takes nothing."""
    options = {"socket_timeout": PROBE_TIMEOUT_SECONDS}  # the worker's own is longer
    with app.connection_for_write(
        connect_timeout=PROBE_TIMEOUT_SECONDS, transport_options=options
    ) as connection:
        connection.ensure_connection(
            max_retries=1, interval_start=0, interval_step=0, timeout=PROBE_TIMEOUT_SECONDS
        )
        client = getattr(connection.default_channel, "client", None)
        if isinstance(client, redis.Redis):
            _write(client)


def _write(client: redis.Redis) -> None:
    """Write what is gone again in a minute: a Redis that is full still answers a ping."""
    client.set(PROBE_KEY, "1", ex=60)


PROBES: dict[str, Callable[[], None]] = {
    "database": probe_database,
    "cache": probe_cache,
    "broker": probe_broker,
}


def readiness() -> dict[str, str]:
    """Return for each part `ok`, `unreachable` or `full`."""
    answers = {}
    for name, probe in PROBES.items():
        try:
            probe()
        except Exception as error:
            logger.warning("not ready: %s (%s)", name, type(error).__name__)
            answers[name] = "full" if isinstance(error, redis.exceptions.OutOfMemoryError) else "unreachable"
        else:
            answers[name] = "ok"
    return answers


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    answers = readiness()
    is_ready = answers["database"] == "ok"
    whole = "ok" if set(answers.values()) == {"ok"} else "degraded"
    return JsonResponse(
        {"status": whole if is_ready else "unavailable", **answers}, status=200 if is_ready else 503
    )


ANSWERS = {"/healthz": healthz, "/healthz/": healthz, "/readyz": readyz, "/readyz/": readyz}


class HealthMiddleware:
    """Answer the two health addresses; pass everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = ANSWERS.get(request.path_info)
        if answer is None:
            return self.get_response(request)
        response = answer(request)
        response["Cache-Control"] = "no-store"
        return response
