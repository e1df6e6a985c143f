"""/metrics for Prometheus: requests by route and outcome, and at each look what waits, fails, rests or is locked, and
what came of operations, e-mails, pushes and webhooks.

Counts are those of all web processes of a machine together (gunicorn.conf.py names the folder where they meet); the
rest is read from the database, so that any web process can say it of the whole site. Whoever asks has a token.
"""

import hmac
import logging
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from psycopg_pool import ConnectionPool

from groundwork import tallies
from groundwork.messaging.monitoring import queues
from groundwork.watching import pulses
from loyalty import ledger
from loyalty.reporting import fairness
from loyalty_site import watch
from tenancy import scope
from wallet import figures as wallets

logger = logging.getLogger(__name__)

ADDRESS = "/metrics"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15)
HERE = CollectorRegistry()
REQUESTS = Counter(
    "loyalty_requests", "Requests by route and outcome.", ["method", "route", "status"], registry=HERE
)
SECONDS = Histogram(
    "loyalty_request_seconds", "How long they took.", ["route"], registry=HERE, buckets=BUCKETS
)
POOL = Gauge(
    "loyalty_pool_connections",
    "The web processes' own pools: connections that are open or free, and threads that wait for one.",
    ["state"],
    registry=HERE,
    multiprocess_mode="livesum",
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LOCKS = """SELECT count(*) FILTER (WHERE wait_event_type = 'Lock'), count(*)
    FROM pg_stat_activity WHERE datname = current_database()"""


class Watched(Collector):
    """What the database says, asked at each look; with `loyalty_database_up` 0 and nothing else while it is away."""

    def collect(self) -> Iterable[Metric]:
        try:
            with scope.everything("figures of the whole site, which name nobody"):
                found = [*_queues(), *_outcomes(), *_pulses(), *_verdict(), *_wallets(), *_database()]
        except DatabaseError:
            logger.exception("the database did not answer")
            return [_gauge("database_up", "Whether the database answers.", 0)]
        return [_gauge("database_up", "Whether the database answers.", 1), *found]


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"loyalty_{name}", about, value=value)


def _by(label: str, name: str, about: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"loyalty_{name}", about, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _queues() -> Iterator[Metric]:
    lags = {queue.name: queue.lag() for queue in queues}
    told = {
        "waiting": "How many rows wait.",
        "dead": "How many were given up.",
        "late_seconds": "How late the first of those is that are due.",
    }
    for figure, about in told.items():
        yield _by("queue", f"queue_{figure}", about, {name: lag[figure] for name, lag in lags.items()})
    failing = {queue.name: queue.failing() for queue in queues}
    yield _by("queue", "queue_failing", "How many have failed three times or more.", failing)


def _outcomes() -> Iterator[Metric]:
    counted = tallies.known()
    operations = CounterMetricFamily(
        "loyalty_operations", "What was written in the ledger, by kind.", labels=["kind"]
    )
    outcomes = CounterMetricFamily(
        "loyalty_outcomes", "What came of what waited in a queue, or was sent.", labels=["what", "outcome"]
    )
    for (name, outcome), times in counted.items():
        if name == ledger.OPERATIONS:
            operations.add_metric([outcome], times)
        else:
            outcomes.add_metric([name, outcome], times)
    yield from (operations, outcomes)


def _pulses() -> Iterator[Metric]:
    known = pulses.known()
    overdue = {name: float(is_so) for name, is_so in watch.overdue(known).items()}
    ages = {pulse.name: pulse.age.total_seconds() for pulse in known if pulse.name in overdue}
    failing = {p.name: p.failing_for.total_seconds() for p in known if p.failing_for is not None}
    kept = {name: age.total_seconds() if age else math.inf for name, age in watch.kept(known).items()}
    yield _by("what", "kept_age_seconds", "How long ago a backup and a drill last ended well.", kept)
    yield _by("task", "task_age_seconds", "How long ago a task ran.", ages)
    took = {pulse.name: pulse.took for pulse in known if pulse.took is not None}
    yield _by("task", "task_took_seconds", "How long a task took when it last ended well.", took)
    yield _by("task", "task_overdue", "Whether a task has rested for too long.", overdue)
    yield _by("task", "task_failing_seconds", "For how long a task has failed each time.", failing)


def _verdict() -> Iterator[Metric]:
    verified_at, found = fairness.last_verdict()
    if verified_at is not None:
        yield _gauge("unfair", "What the last verify_fairness found.", found)
        yield _gauge("fairness_verified_timestamp", "When that was.", verified_at.timestamp())


def _wallets() -> Iterator[Metric]:
    for name, about, values in wallets.told():
        yield _by("wallet", name, about, values)


def _database() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(LOCKS)
        locked, connections = cursor.fetchone()
    replicas, lag = watch.replicas()
    yield _gauge("lock_waits", "How many connections wait for a lock.", locked)
    yield _gauge("connections", "How many connections there are.", connections)
    yield _gauge("replicas", "How many replicas stream.", replicas)
    if lag is not None:
        yield _gauge("replica_lag_seconds", "How far the last of them is behind.", lag)


def metrics(request: HttpRequest) -> HttpResponse:
    """All of it, as text. Raises Http404 for who has not the token, or where none is set."""
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    given = request.headers.get("Authorization", "").encode()
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given, wanted):
        raise Http404
    seen = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(seen)
    counted = seen if os.environ.get("PROMETHEUS_MULTIPROC_DIR") else HERE
    watched = CollectorRegistry()
    watched.register(Watched())
    text = generate_latest(counted) + generate_latest(watched)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def note_pool(pool: ConnectionPool | None) -> None:
    """Say how much of this process's pool is in use, if it has one."""
    if pool is not None:
        stats = pool.get_stats()
        POOL.labels("open").set(stats.get("pool_size", 0))
        POOL.labels("free").set(stats.get("pool_available", 0))
        POOL.labels("waiting").set(stats.get("requests_waiting", 0))


class MetricsMiddleware:
    """Counts every request but the probes, and answers /metrics before a host name or TLS is asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == ADDRESS:
            try:
                return metrics(request)
            except Http404:
                return self.get_response(request)
        began = time.monotonic()
        response = self.get_response(request)
        match = request.resolver_match
        route = match.route if match else "none"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(method, route, str(response.status_code)).inc()
        SECONDS.labels(route).observe(time.monotonic() - began)
        note_pool(getattr(connection, "pool", None))
        if response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:  # else the database may be away
            tallies.write()
        return response
