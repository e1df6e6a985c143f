"""/healthz: the process answers. /readyz: database, cache and broker can be reached, or which cannot.

They are answered before any other middleware, so that a probe needs no host name, no https and no session.
"""

import logging
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from loyalty_site.celery import app

logger = logging.getLogger(__name__)

PROBE_TIMEOUT_SECONDS = 0.5


def probe_database() -> None:
    """Raise whatever the database raises where it cannot answer a query."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")


def probe_cache() -> None:
    """Raise where the cache's Redis is away; a process's own memory is always there."""
    if settings.CACHE_URL:
        with redis.Redis.from_url(settings.CACHE_URL, **settings.REDIS_CLIENT_OPTIONS) as client:
            client.ping()


def probe_broker() -> None:
    """Raise where Celery's broker cannot be reached."""
    options = {"socket_timeout": PROBE_TIMEOUT_SECONDS}  # the worker's own is longer
    with app.connection_for_write(
        connect_timeout=PROBE_TIMEOUT_SECONDS, transport_options=options
    ) as connection:
        connection.ensure_connection(
            max_retries=1, interval_start=0, interval_step=0, timeout=PROBE_TIMEOUT_SECONDS
        )


PROBES: dict[str, Callable[[], None]] = {
    "database": probe_database,
    "cache": probe_cache,
    "broker": probe_broker,
}


def readiness() -> dict[str, str]:
    """Return for each part `ok` or `unreachable`."""
    answers = {}
    for name, probe in PROBES.items():
        try:
            probe()
        except Exception as error:
            logger.warning("not ready: %s (%s)", name, type(error).__name__)
            answers[name] = "unreachable"
        else:
            answers[name] = "ok"
    return answers


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    answers = readiness()
    ready = set(answers.values()) == {"ok"}
    body = {"status": "ok" if ready else "unavailable", **answers}
    return JsonResponse(body, status=200 if ready else 503)


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
