"""What machines ask: is it alive, and can it work."""

import pytest
from django.test import Client

from loyalty_site import health


def broken() -> None:
    raise OSError("away")


@pytest.mark.django_db
def test_with_everything_there_the_site_is_ready(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "cache": "ok", "broker": "ok"}


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["database", "cache", "broker"])
def test_a_part_that_is_away_is_named(client: Client, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    monkeypatch.setitem(health.PROBES, part, broken)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"database": "ok", "cache": "ok", "broker": "ok"} | {
        "status": "unavailable",
        part: "unreachable",
    }


def test_alive_asks_nobody(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in health.PROBES:
        monkeypatch.setitem(health.PROBES, part, broken)
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response["Cache-Control"] == "no-store"


def test_a_probe_needs_no_host_name(client: Client) -> None:
    assert client.get("/healthz", headers={"host": "10.1.2.3"}).status_code == 200
