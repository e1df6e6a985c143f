"""The site as whoever watches it sees it: what /metrics says, and pulses of things that run."""

from datetime import timedelta

from django.db.models import F
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from groundwork.watching import pulses
from loyalty_site import watch
from tenancy.models import Pulse

TOKEN = "0123456789abcdefghij"


def scraped(client: Client, settings: Settings) -> dict[tuple[str, ...], float]:
    """Every figure, by its name and its labels' values."""
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", "host": "10.1.2.3"})
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def everything_runs() -> None:
    for name in watch.rests():
        pulses.beat(name)


def grow_old(name: str, **age: float) -> None:
    Pulse.objects.filter(name=name).update(beaten_at=F("beaten_at") - timedelta(**age))
