"""Containers are locked, and slow clients end at the proxy. Nothing here starts one: the files are read."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from gunicorn.config import Config

from loyalty_site.celery import app
from loyalty_site.management.commands.serve import Command as Serve
from loyalty_site.settings import work

ROOT = Path(__file__).parents[1]
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
NGINX = (ROOT / "deploy/nginx.conf").read_text()


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_writes_nowhere_but_where_it_must_and_gains_nothing(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"cap_add", "privileged", "pid", "network_mode", "devices"} & service.keys()
    assert any(place.split(":")[0] in ("/tmp", "/data") for place in service["tmpfs"])


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_is_nobodys_root(name: str) -> None:
    service = SERVICES[name]
    assert "build" in service or service["user"] not in ("root", "0")


def test_the_image_ends_as_its_own_user() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users[-1:] == ["loyalty"]
    assert lines.index("USER loyalty") > max(n for n, line in enumerate(lines) if line.startswith("COPY"))


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_redis_asks_for_the_password_that_the_site_has() -> None:
    command = SERVICES["redis"]["command"]
    assert command[command.index("--requirepass") + 1] == "${REDIS_PASSWORD}"
    for name in ("web", "worker", "jobs", "webhooks", "beat", "migrate"):
        assert SERVICES[name]["environment"]["REDIS_URL"].startswith("redis://:${REDIS_PASSWORD:?")


def queues_of(command: list[str]) -> set[str]:
    return set(command[command.index("--queues") + 1].split(",")) if "--queues" in command else set()


def test_every_queue_has_workers_and_each_outside_party_its_own() -> None:
    queues = {work.DEFAULT, *work.OF_QUEUE}
    in_compose = [queues_of(service.get("command", [])) for service in SERVICES.values()]
    serve = Serve()
    in_serve = [
        queues_of(command) for command in (serve.worker(), serve.outside(), serve.jobs(), serve.webhooks())
    ]
    target = (ROOT / "deploy/systemd/loyalty.target").read_text()
    in_systemd = [{name} for name in re.findall(r"loyalty-worker@(\w+)\.service", target)]
    for place in (in_compose, in_serve, in_systemd):
        assert sorted(queues) == sorted(name for group in place for name in group)
    for party in queues - {work.DEFAULT, "relay"}:
        assert {party} in in_compose
    assert {queue.name for queue in settings.CELERY_TASK_QUEUES} == queues


def test_every_task_that_is_routed_exists() -> None:
    app.loader.import_default_modules()
    assert set(settings.CELERY_TASK_ROUTES) - set(app.tasks) == set()


def test_every_unit_runs_as_nobodys_root_and_writes_only_its_own() -> None:
    units = list((ROOT / "deploy/systemd").glob("*.service"))
    assert len(units) == 3
    for unit in units:
        lines = unit.read_text().splitlines()
        assert {
            "User=loyalty",
            "NoNewPrivileges=yes",
            "ProtectSystem=strict",
            "CapabilityBoundingSet=",
        } < set(lines)


def directive(name: str) -> list[str]:
    return re.findall(rf"^\s*{name} ([^;]+);", NGINX, re.MULTILINE)


def test_slow_clients_end_at_the_proxy() -> None:
    assert (directive("proxy_request_buffering"), directive("proxy_buffering")) == (["on"], ["on"])
    for name in ("client_header_timeout", "client_body_timeout", "send_timeout"):
        (seconds,) = directive(name)
        assert 0 < int(seconds.removesuffix("s")) <= 30
    assert NGINX.count("{") == NGINX.count("}")


def test_the_proxy_lets_go_of_a_connection_before_the_site_does() -> None:
    """Else a call meets one that has just ended, and a POST is not sent a second time."""
    (upstream,) = re.findall(r"upstream site \{(.*?)\}", NGINX, re.DOTALL)
    (seconds,) = re.findall(r"keepalive_timeout (\d+)s;", upstream)
    assert int(seconds) < Config().keepalive


def test_the_proxy_looks_for_the_site_anew_when_an_update_has_moved_it() -> None:
    assert SERVICES["proxy"]["depends_on"] == {"web": {"condition": "service_healthy", "restart": True}}


def test_only_what_has_a_key_is_sent_a_second_time_when_a_process_ends_under_it() -> None:
    (ordinary,) = re.findall(r"location / \{(.*?)\n        \}", NGINX, re.DOTALL)
    (with_a_key,) = re.findall(r"location @with_a_key \{(.*?)\}", NGINX, re.DOTALL)
    assert "if ($http_idempotency_key)" in ordinary
    assert "non_idempotent" in with_a_key
    assert directive("proxy_next_upstream") == ["error timeout non_idempotent"]


def test_the_proxy_says_who_called_and_how_as_the_site_counts_on_it() -> None:
    headers = dict(value.split(" ", 1) for value in directive("proxy_set_header"))
    assert headers["X-Forwarded-For"] == "$proxy_add_x_forwarded_for"
    assert (headers["X-Forwarded-Proto"], headers["Host"]) == ("$scheme", "$host")
    assert SERVICES["web"]["environment"]["TRUSTED_PROXY_COUNT"] == "${TRUSTED_PROXY_COUNT:-1}"


def test_the_proxy_takes_the_largest_import_and_no_name_in_its_log() -> None:
    assert directive("client_max_body_size") == ["60m"]
    assert directive("access_log") == ["off"]
