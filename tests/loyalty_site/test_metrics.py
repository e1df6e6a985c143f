"""/metrics: for whom it is, and what it tells."""

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from psycopg_pool import ConnectionPool
from pytest_django import Settings

from groundwork import tallies
from groundwork.watching import pulses
from loyalty_site import metrics, watch
from loyalty_site.celery import app
from tenancy.models import OutboxMessage, SettledMessage
from tests import factories
from tests.loyalty_site.looked_at import TOKEN, everything_runs, scraped
from tests.webhooks.conftest import deliver, listen

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulses, "_written", {})


def test_metrics_are_for_who_has_the_token(client: Client, settings: Settings) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}x"}).status_code == 404
    assert scraped(client, settings)["loyalty_database_up",] == 1


def test_metrics_tell_what_waits_fails_and_rests(client: Client, settings: Settings) -> None:
    shop = factories.shop()
    everything_runs()
    pulses.failed("loyalty.expire_points_of of 7", KeyError("Mars/Olympus"))
    factories.card(shop.store)
    OutboxMessage.objects.update(attempts=3)
    client.get("/healthz")
    before = scraped(client, settings)
    client.get("/login/")
    client.get("/no-such-page/lea@example.com/")
    told = scraped(client, settings)
    waiting = OutboxMessage.objects.filter(state="waiting").count()
    assert waiting > 0
    assert told["loyalty_queue_waiting", "outbox"] == told["loyalty_queue_failing", "outbox"] == waiting
    assert told["loyalty_queue_waiting", "e-mails"] == 0
    assert told["loyalty_task_overdue", "beat"] == 0
    assert told["loyalty_task_failing_seconds", "loyalty.expire_points_of of 7"] >= 0
    counted = {key: told[key] - before.get(key, 0) for key in told if key[0] == "loyalty_requests_total"}
    assert counted["loyalty_requests_total", "GET", "login/", "200"] == 1
    assert counted["loyalty_requests_total", "GET", "none", "404"] == 1
    assert not any("lea@" in part for key in told for part in key)


def test_without_the_database_metrics_say_just_that(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> list[pulses.Pulse]:
        raise DatabaseError("away")

    monkeypatch.setattr(pulses, "known", away)
    told = scraped(client, settings)
    assert told["loyalty_database_up",] == 0
    assert not any(key[0].startswith("loyalty_queue") for key in told)


@pytest.mark.django_db(transaction=True)
def test_metrics_tell_what_was_done_and_what_came_of_what_was_sent(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.METRICS_TOKEN, settings.WEBHOOKS_ALLOW_PRIVATE = TOKEN, True
    monkeypatch.setattr(tallies, "_counted", tallies._Counted())
    shop = factories.shop()
    listen(shop, "http://127.0.0.1:9/")
    card = factories.card(shop.store)
    factories.give_stamps(card, shop.store, 2)
    deliver()
    client.get("/login/")
    told = scraped(client, settings)
    assert told["loyalty_operations_total", "card_created"] == 1
    assert told["loyalty_operations_total", "stamp_earned"] == 1
    heard = SettledMessage.objects.count()
    assert told["loyalty_outcomes_total", "done", "outbox"] == heard > 0
    assert told["loyalty_outcomes_total", "failed", "webhooks"] == 2  # nobody listens there


def test_metrics_tell_how_long_a_task_took(client: Client, settings: Settings) -> None:
    app.loader.import_default_modules()
    app.tasks["groundwork.clean_outbox"]()
    assert 0 < scraped(client, settings)["loyalty_task_took_seconds", "groundwork.clean_outbox"] < 60


def test_metrics_tell_how_much_of_a_pool_is_in_use(client: Client, settings: Settings) -> None:
    address = connection.get_connection_params()
    kwargs = {
        name: address[name] for name in ("dbname", "user", "password", "host", "port") if name in address
    }
    with ConnectionPool(kwargs=kwargs, min_size=2, max_size=2) as pool:
        pool.wait()
        with pool.connection():
            metrics.note_pool(pool)
    told = scraped(client, settings)
    states = {key[1]: value for key, value in told.items() if key[0] == "loyalty_pool_connections"}
    assert states == {"open": 2, "free": 1, "waiting": 0}


def test_how_far_a_replica_is_behind_is_told_and_never_guessed_where_it_is_hidden(
    client: Client, settings: Settings
) -> None:
    everything_runs()
    with connection.cursor() as cursor:  # a temporary table is found before PostgreSQL's own view
        cursor.execute(
            "CREATE TEMP TABLE pg_stat_replication (state text, replay_lag interval) ON COMMIT DROP"
        )
        cursor.execute("INSERT INTO pg_stat_replication VALUES ('streaming', '61.5 s'), ('streaming', NULL)")
        told = scraped(client, settings)
        assert (told["loyalty_replicas",], told["loyalty_replica_lag_seconds",]) == (2, 61.5)
        assert [*watch.faults()] == []
        cursor.execute("UPDATE pg_stat_replication SET state = NULL, replay_lag = NULL")
    told = scraped(client, settings)
    assert told["loyalty_replicas",] == 2
    assert ("loyalty_replica_lag_seconds",) not in told
    assert [*watch.faults()] == [
        "how far replicas are behind is hidden from the database's role: GRANT pg_monitor to it"
    ]
