"""What an operator is told of the site as it runs: metrics, alerts, `doctor`, and the name of each request."""

import json
import logging
import re
import shutil
import subprocess
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from groundwork import tallies
from groundwork.watching import pulses
from loyalty_site import health, logs, metrics
from tests.loyalty_site.looked_at import everything_runs, grow_old, scraped
from wallet.apple.made_up_chain import make_chain
from wallet.models import WalletChannel

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy/alerts.yml"
TRIALS = ROOT / "deploy/alerts.test.yml"
LAST = [
    "No backups are made here: neither BACKUP_FOLDER nor BACKUP_S3 is set.",
    "loyalty.verify_ledger: 0 minutes ago",
    "loyalty.verify_fairness: 0 minutes ago",
]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulses, "_written", {})


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
    pulses.beat("loyalty.expire_points_of of 7", took=12.5)
    tallies._write([(("e-mails", "sent"), 1), (("operations", "stamp_earned"), 1)])
    metrics.POOL.labels("open").set(1)
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


def test_doctor_is_content_or_says_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, mailoutbox: list
) -> None:
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:8000"
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


def test_without_the_database_doctor_says_so_and_still_tries_the_mail(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, mailoutbox: list
) -> None:
    def away(*arguments: object) -> None:
        raise OperationalError("connection refused")

    settings.PUBLIC_BASE_URL = "http://127.0.0.1:8000"
    monkeypatch.setattr(health, "readiness", lambda: {"database": "unreachable", "cache": "ok"})
    out = StringIO()
    with connection.execute_wrapper(away), pytest.raises(CommandError, match="1 thing needs somebody"):
        call_command("doctor", "--mail", "nora@example.com", stdout=out)
    assert out.getvalue().splitlines() == [
        "The mail server took the test mail.",
        "wrong: database is unreachable",
    ]
    assert [mail.to for mail in mailoutbox] == [["nora@example.com"]]


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
