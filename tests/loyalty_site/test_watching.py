"""What an operator is told of the site as it runs: metrics, alerts, `doctor`, and the name of each request."""

import json
import logging
import re
import shutil
import socket
import subprocess
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.models import F
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from groundwork.watching import pulses
from loyalty_site import health, logs, metrics, watch
from loyalty_site.beat import PULSE, Scheduler
from loyalty_site.celery import app
from tenancy.models import OutboxMessage, Pulse
from tests import factories
from wallet.apple.made_up_chain import make_chain
from wallet.models import WalletChannel

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy/alerts.yml"
TRIALS = ROOT / "deploy/alerts.test.yml"
TOKEN = "0123456789abcdefghij"
LAST = [
    "No backups are made here: BACKUP_FOLDER is not set.",
    "loyalty.verify_ledger: 0 minutes ago",
    "loyalty.verify_fairness: 0 minutes ago",
]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulses, "_written", {})


def scraped(client: Client, settings: Settings) -> dict[tuple[str, ...], float]:
    """Every figure, by its name and its labels' values."""
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", "host": "10.1.2.3"})
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def grow_old(name: str, **age: float) -> None:
    Pulse.objects.filter(name=name).update(beaten_at=F("beaten_at") - timedelta(**age))


def everything_runs() -> None:
    for name in watch.rests():
        pulses.beat(name)


# --- Pulses -----------------------------------------------------------------------------------------------


def test_a_task_on_the_clock_notes_that_it_ran_that_it_fails_and_that_it_is_well_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app.loader.import_default_modules()
    task = app.tasks["groundwork.clean_outbox"]
    task()
    (pulse,) = pulses.known()
    assert (pulse.name, pulse.failing_for, pulse.fault) == ("groundwork.clean_outbox", None, "")

    def broken(*args: object, **kwargs: object) -> int:
        raise DatabaseError("row of lea@example.com")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("groundwork.messaging.outbox.clean", broken)
        for _twice in range(2):
            with pytest.raises(DatabaseError):
                task()
    (pulse,) = pulses.known()
    assert pulse.failing_for is not None
    assert pulse.fault == "DatabaseError"
    task()
    (pulse,) = pulses.known()
    assert (pulse.failing_for, pulse.fault) == (None, "")


def test_the_clock_has_a_pulse_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django_celery_beat.schedulers.close_old_connections", lambda: None)
    monkeypatch.setattr("celery.beat.Scheduler.tick", lambda self, *args: 2.0)
    assert Scheduler(app=app, lazy=True).tick() == 2.0
    assert [pulse.name for pulse in pulses.known()] == ["beat"]


def test_of_two_clocks_one_acts_and_the_other_follows_when_that_is_no_longer_heard_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("django_celery_beat.schedulers.close_old_connections", lambda: None)
    sent: list[str] = []
    monkeypatch.setattr("celery.beat.Scheduler.tick", lambda self, *args: sent.append(self.holder) or 2.0)
    first, second = Scheduler(app=app, lazy=True), Scheduler(app=app, lazy=True)
    assert (first.tick(), second.tick(), first.tick()) == (2.0, 5.0, 2.0)
    assert sent == [first.holder] * 2
    grow_old(PULSE, seconds=29)
    assert second.tick() == 5.0
    grow_old(PULSE, seconds=2)
    assert second.tick() == 2.0
    pulses._written.clear()  # the first was asleep, and looks again
    assert first.tick() == 5.0
    assert sent == [first.holder, first.holder, second.holder]


def test_a_clock_that_is_stopped_leaves_the_time_to_the_other_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("django_celery_beat.schedulers.close_old_connections", lambda: None)
    monkeypatch.setattr("celery.beat.Scheduler.tick", lambda self, *args: 2.0)
    first, second = Scheduler(app=app, lazy=True), Scheduler(app=app, lazy=True)
    assert (first.tick(), second.tick()) == (2.0, 5.0)
    second.close()  # who holds nothing lets nothing go
    assert (first.tick(), second.tick()) == (2.0, 5.0)
    second._initial_read = False
    first.close()
    assert second.tick() == 2.0
    assert second._initial_read  # it reads anew what was sent meanwhile


@pytest.mark.django_db(transaction=True)
def test_a_clock_whose_connection_broke_goes_on_with_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("celery.beat.Scheduler.tick", lambda self, *args: 2.0)
    clock = Scheduler(app=app, lazy=True)
    connection.ensure_connection()
    connection.connection.close()  # as when the primary is gone
    assert (clock.tick(), clock.tick()) == (5.0, 2.0)


def test_a_clock_that_was_killed_on_this_machine_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django_celery_beat.schedulers.close_old_connections", lambda: None)
    monkeypatch.setattr("celery.beat.Scheduler.tick", lambda self, *args: 2.0)
    ended = subprocess.Popen(["true"])
    ended.wait()
    killed, other = f"{socket.gethostname()[:100]} {ended.pid} 00", f"elsewhere {ended.pid} 00"
    clock = Scheduler(app=app, lazy=True)
    assert pulses.holds(PULSE, other)
    assert (clock.tick(), pulses.holder_of(PULSE)) == (5.0, other)
    pulses.let_go(PULSE, other)
    assert pulses.holds(PULSE, killed)
    assert (clock.tick(), clock.tick(), pulses.holder_of(PULSE)) == (0.0, 2.0, clock.holder)


def test_what_was_noted_a_moment_ago_is_not_written_again(django_assert_num_queries: object) -> None:
    pulses.beat("letters")
    with django_assert_num_queries(0):  # type: ignore[operator]
        pulses.beat("letters")


def test_a_clock_that_stood_still_for_90_seconds_is_dead_and_what_runs_by_night_may_not_have_run_yet() -> (
    None
):
    assert {name for name, is_so in watch.overdue([]).items() if is_so} > {"beat", "wallet.sync_apple"}
    assert not watch.overdue([])["loyalty.verify_fairness"]
    everything_runs()
    assert [*watch.faults()] == []
    grow_old(PULSE, seconds=85)
    assert [*watch.faults()] == []
    grow_old(PULSE, seconds=10)
    assert [*watch.faults()] == ["beat does not run"]


# --- Metrics ----------------------------------------------------------------------------------------------


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


# --- Alerts -----------------------------------------------------------------------------------------------


def test_every_alert_and_every_panel_is_about_a_figure_that_there_is_and_each_alert_has_its_entry(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything_runs()
    pulses.failed("beat", ValueError())
    monkeypatch.setattr(metrics.fairness, "last_verdict", lambda: (timezone.now(), 0))
    chain = make_chain(pass_type_id="pass.example.mirabel", team_id="MADEUP1234", now=timezone.now())
    settings.WALLET_APPLE_PASS_TYPE_ID, settings.WALLET_APPLE_TEAM_ID = "pass.example.mirabel", "MADEUP1234"
    settings.WALLET_APPLE_CERTIFICATE = chain.leaf.pem.decode()
    settings.WALLET_APPLE_KEY = chain.leaf.key_pem.decode()
    settings.WALLET_APPLE_WWDR = chain.intermediate.pem.decode()
    WalletChannel.objects.create(platform="apple", examined_at=timezone.now())
    settings.STORAGES = settings.STORAGES | {"backups": {"BACKEND": "loyalty_site.storage.UploadStorage"}}
    client.get("/login/")
    figures = {key[0] for key in scraped(client, settings)}
    rules = yaml.safe_load(RULES.read_text())["groups"][0]["rules"]
    for rule in rules:
        assert set(re.findall(r"loyalty_\w+", rule["expr"])) <= figures, rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket")
    boards = [json.loads(path.read_text()) for path in (ROOT / "deploy/grafana").glob("*.json")]
    asked = [target["expr"] for board in boards for panel in board["panels"] for target in panel["targets"]]
    assert len(asked) >= 12
    for expression in asked:
        assert set(re.findall(r"loyalty_\w+", expression)) <= figures, expression
    headings = re.findall(r"^## (.+)$", (ROOT / "docs/runbook.md").read_text(), re.MULTILINE)
    assert [rule["alert"] for rule in rules] == headings
    if promtool := shutil.which("promtool"):
        subprocess.run([promtool, "check", "rules", RULES], check=True, capture_output=True)


def test_each_alert_has_a_trial_of_its_own() -> None:
    rules = yaml.safe_load(RULES.read_text())["groups"][0]["rules"]
    tried = [
        {each["alertname"]: len(each["exp_alerts"]) for each in trial["alert_rule_test"][1:]}
        for trial in yaml.safe_load(TRIALS.read_text())["tests"]
    ]
    assert tried == [{rule["alert"]: 1} for rule in rules]


def test_each_alert_rings_when_it_should_and_not_before() -> None:
    if (promtool := shutil.which("promtool")) is None:
        pytest.skip("NO ALERT WAS TRIED: promtool is missing (apt-get install prometheus)")
    done = subprocess.run([promtool, "test", "rules", TRIALS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# --- Doctor -----------------------------------------------------------------------------------------------


def test_doctor_is_content_or_says_what_is_wrong(monkeypatch: pytest.MonkeyPatch, mailoutbox: list) -> None:
    everything_runs()
    out = StringIO()
    call_command("doctor", "--mail", "nora@example.com", stdout=out)
    assert out.getvalue().splitlines() == ["The mail server took the test mail.", *LAST, "All is well."]
    assert [mail.to for mail in mailoutbox] == [["nora@example.com"]]
    grow_old("groundwork.relay_outbox", minutes=6)
    monkeypatch.setattr(health, "readiness", lambda: {"database": "ok", "cache": "full"})
    out = StringIO()
    with pytest.raises(CommandError, match="2 things need somebody"):
        call_command("doctor", stdout=out)
    assert out.getvalue().splitlines() == [
        *LAST,
        "wrong: cache is full",
        "wrong: groundwork.relay_outbox does not run",
    ]


# --- The name of a request --------------------------------------------------------------------------------


def test_a_request_has_one_name_in_its_answer_its_problem_and_its_log_lines(client: Client) -> None:
    answer = client.get("/api/v1/cards/1/", headers={"X-Request-Id": "till-7.4711"})
    assert answer["X-Request-Id"] == answer.json()["request_id"] == "till-7.4711"
    made = client.get("/healthz")["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{32}", made)
    assert client.get("/healthz")["X-Request-Id"] != made


@pytest.mark.parametrize("given", ["", "a" * 129, "two words of it", "<script>alert(1)</script>"])
def test_what_is_no_plain_word_names_no_request(client: Client, given: str) -> None:
    assert re.fullmatch(
        "[0-9a-f]{32}", client.get("/healthz", headers={"X-Request-Id": given})["X-Request-Id"]
    )


def test_gunicorn_and_the_site_write_json_with_the_name_of_the_request(client: Client) -> None:
    config = logs.logging_config(as_json=True, level="INFO")
    assert config["loggers"]["gunicorn.error"] == {"handlers": ["out"], "level": "INFO", "propagate": False}
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    kept = Kept()
    kept.setFormatter(logs.json_formatter())
    logging.getLogger("django.request").addHandler(kept)
    try:
        client.get("/no-such-page/", headers={"X-Request-Id": "till-7.4711"})
    finally:
        logging.getLogger("django.request").removeHandler(kept)
    assert [json.loads(line)["request_id"] for line in lines] == ["till-7.4711"]
