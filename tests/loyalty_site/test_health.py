"""What machines ask: is it alive, and can it work."""

import pytest
import redis
from celery import Celery
from django.test import Client
from pytest_django import Settings

from loyalty_site import health


def broken() -> None:
    raise OSError("away")


@pytest.mark.django_db
def test_with_everything_there_the_site_is_ready(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "cache": "ok", "broker": "ok"}


@pytest.mark.django_db
def test_without_the_database_no_till_can_be_served(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health.PROBES, "database", broken)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "database": "unreachable",
        "cache": "ok",
        "broker": "ok",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["cache", "broker"])
def test_without_cache_or_broker_it_is_ready_and_says_what_is_away(
    client: Client, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setitem(health.PROBES, part, broken)
    response = client.get("/readyz", headers={"host": "10.1.2.3"})
    assert response.status_code == 200
    assert response.json() == {"database": "ok", "cache": "ok", "broker": "ok"} | {
        "status": "degraded",
        part: "unreachable",
    }


@pytest.mark.django_db
def test_a_redis_that_is_full_is_seen_though_it_answers(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings, redis_url: str
) -> None:
    settings.CACHE_URL = redis_url
    with (
        Celery(broker=redis_url, set_as_current=False) as bell,
        redis.Redis.from_url(redis_url) as server,
    ):
        monkeypatch.setattr(health, "app", bell)
        assert client.get("/readyz").json()["status"] == "ok"
        before = server.config_get("maxmemory*")
        server.config_set("maxmemory", 1)
        server.config_set("maxmemory-policy", "noeviction")
        try:
            response = client.get("/readyz")
        finally:
            for name in ("maxmemory", "maxmemory-policy"):
                server.config_set(name, before[name])
    assert response.status_code == 200
    assert response.json() == {"status": "degraded", "database": "ok", "cache": "full", "broker": "full"}


def test_alive_asks_nobody(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in health.PROBES:
        monkeypatch.setitem(health.PROBES, part, broken)
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response["Cache-Control"] == "no-store"


def test_a_probe_needs_no_host_name(client: Client) -> None:
    assert client.get("/healthz", headers={"host": "10.1.2.3"}).status_code == 200
