"""The lab's own reckoning, and the configurations that it shares with a real deployment. `make chaos` brings it up."""

import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
import yaml
from django.conf import settings
from django.utils import translation

from deploy.lab import begin, filled, kept, needs, plan, tills
from deploy.lab.parts import Part, until
from deploy.lab.tills import Answer
from loyalty.api.errors import Unavailable

ROOT = Path(__file__).parents[2]


class Ledger:
    """Lines by the key in their notes."""

    def __init__(self, *lines: tuple[str, int, int]) -> None:
        self.lines = lines

    def execute(self, statement: str, parameters: list[int]) -> tuple[tuple[str, int, int], ...]:
        return self.lines


def answer(
    key: str, status: int, line: int = 0, code: str = "", began: float = 0, ended: float = 1
) -> Answer:
    return Answer(key, 7, began, ended, status, code, line)


# --- What tills were told, and what is so -----------------------------------------------------------------


def test_what_was_acknowledged_once_and_stands_once_is_well_however_often_it_was_sent() -> None:
    log = [answer("lab-a", 201, 1), answer("lab-b", 0), answer("lab-b", 503), answer("lab-b", 201, 2)]
    verdict = tills.against_the_ledger(
        [*log, answer("lab-c", 201)], Ledger(("lab-a", 1, 1), ("lab-b", 1, 2)), 1
    )
    assert verdict.is_green
    assert (verdict.settled, verdict.again) == (3, 1)


@pytest.mark.parametrize(
    ("log", "lines", "wrong"),
    [
        ([answer("lab-a", 201, 1)], [], {"lost": ["lab-a"]}),
        ([answer("lab-a", 201, 1)], [("lab-a", 1, 9)], {"lost": ["lab-a"]}),  # done anew by another server
        ([answer("lab-a", 201, 1)], [("lab-a", 2, 1)], {"doubled": ["lab-a"]}),
        ([answer("lab-a", 0)], [("lab-a", 1, 1)], {"untold": ["lab-a"], "open": ["lab-a"]}),
        ([answer("lab-a", 503)], [], {"open": ["lab-a"]}),
        ([answer("lab-a", 409, code="card_inactive")], [], {"refused": {"card_inactive": 1}}),
    ],
)
def test_what_is_lost_doubled_or_open_is_named(
    log: list[Answer], lines: list[tuple[str, int, int]], wrong: dict[str, object]
) -> None:
    verdict = tills.against_the_ledger(log, Ledger(*lines), 1)
    assert not verdict.is_green
    found = {name: getattr(verdict, name) for name in ("lost", "doubled", "untold", "open", "refused")}
    assert {name: what for name, what in found.items() if what} == wrong


def test_silence_is_the_longest_time_in_which_nobody_was_told_of_anything_done() -> None:
    heard = [answer("a", 201, ended=2), answer("b", 503, ended=5), answer("c", 201, ended=9)]
    assert tills.silence(heard, 0, 10) == 7
    assert tills.silence([], 0, 10) == 10


# --- Configurations ---------------------------------------------------------------------------------------


def test_every_place_in_the_configurations_has_a_value_and_every_value_a_place() -> None:
    assert filled.asked_values() == filled.known_values()


def test_the_lab_runs_the_commands_of_the_units(tmp_path: Path) -> None:
    web = filled.unit("loyalty-web@.service", programs=tmp_path, instance="20013")
    assert web[0] == f"{tmp_path}/gunicorn"
    assert web[web.index("--bind") + 1] == "127.0.0.1:20013"
    worker = filled.unit("loyalty-worker@.service", programs=tmp_path, instance="worker2", queues="mail,sms")
    assert worker[worker.index("--queues") + 1] == "mail,sms"
    assert worker[worker.index("--hostname") + 1] == "worker2@lab"
    assert "%" not in "".join(worker)


def test_the_labs_workers_take_every_queue_of_the_target() -> None:
    target = (ROOT / "deploy/systemd/loyalty.target").read_text()
    taken = ",".join(plan.WORKERS.values()).split(",")
    assert sorted(taken) == sorted(re.findall(r"loyalty-worker@(\w+)\.service", target))


def test_the_labs_proxy_is_that_of_a_deployment_before_two_groups(tmp_path: Path) -> None:
    to = tmp_path / "nginx.conf"
    filled.nginx(to, port=20000, plain_port=20001, webs=["127.0.0.1:1", "127.0.0.1:2"], home=tmp_path)
    text = to.read_text()
    assert "server 127.0.0.1:1 max_fails=0;\n        server 127.0.0.1:2 max_fails=0;" in text
    assert "listen 127.0.0.1:20000 ssl http2 default_server;" in text
    assert "proxy_request_buffering on;" in text
    assert f"ssl_certificate {tmp_path}/tls/fullchain.pem;" in text
    assert "/tmp/" not in text.replace(str(tmp_path), "")


def test_what_a_till_was_told_is_on_two_machines_and_a_new_primary_is_found_in_time() -> None:
    told = yaml.safe_load((ROOT / "deploy/cluster/patroni.yml").read_text())["bootstrap"]["dcs"]
    assert told["synchronous_mode"] is True
    assert told["loop_wait"] + 2 * told["retry_timeout"] <= told["ttl"] < 30


def test_who_lacks_packages_is_told_which_and_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs.shutil, "which", lambda name, path=None: None)
    monkeypatch.setattr(needs, "postgres_programs", lambda: ROOT)
    lacking = needs.missing()
    assert lacking == list(needs.PACKAGES.values())
    assert f"apt-get install --no-install-recommends {' '.join(lacking)}" in needs.advice(lacking)


def test_a_machine_without_the_packages_fails_or_skips_the_short_chaos_loudly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from deploy.lab import __main__ as lab  # noqa: PLC0415 - it is a program

    monkeypatch.setattr(needs, "missing", lambda: ["patroni"])
    assert lab.main(["chaos", "--short"]) == 3
    assert "THE LAB CANNOT RUN HERE: Debian's patroni" in capsys.readouterr().err
    assert lab.main(["chaos", "--short", "--where-possible"]) == 0
    assert capsys.readouterr().err.startswith("SKIPPED, nothing was tried: THE LAB CANNOT RUN HERE")


def test_haproxy_takes_its_configuration(tmp_path: Path) -> None:
    try:
        haproxy = needs.program("haproxy")
    except needs.PackagesMissingError:
        pytest.skip("HAPROXY'S CONFIGURATION WAS NOT TRIED: it is missing (apt-get install haproxy)")
    lines = (ROOT / "deploy/cluster/values.env").read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    to = filled.write("haproxy.cfg", tmp_path / "haproxy.cfg", values)
    assert subprocess.run([haproxy, "-c", "-f", str(to)], capture_output=True, check=False).returncode == 0


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Callable[..., requests.Response]]:
    """Asks a deployment's proxy, behind which no web process is."""
    try:
        nginx = needs.program("nginx")
    except needs.PackagesMissingError:
        pytest.skip("THE PROXY WAS NOT TRIED: nginx is missing (apt-get install nginx-light)")
    (tmp_path / "tls").mkdir()
    begin.make_certificate(tmp_path / "tls", None)
    with ExitStack() as taken:
        doors = [taken.enter_context(socket.create_server(("127.0.0.1", 0))) for _each in range(3)]
        https, plain, nobody = (door.getsockname()[1] for door in doors)
    webs = [f"127.0.0.1:{nobody}"]
    conf = filled.nginx(tmp_path / "nginx.conf", port=https, plain_port=plain, webs=webs, home=tmp_path)
    command = [nginx, "-c", str(conf), "-p", str(tmp_path)]
    subprocess.run(command, check=True)  # it listens by then
    with requests.Session() as caller:
        caller.trust_env, caller.verify = False, str(tmp_path / "tls/fullchain.pem")
        yield lambda method, path, **said: caller.request(
            method, f"https://127.0.0.1:{https}{path}", timeout=5, **said
        )
    subprocess.run([*command, "-s", "stop"], check=True)


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "first"}])
def test_while_no_web_process_is_there_a_till_is_told_when_to_come_again(
    ask: Callable[..., requests.Response], key: dict[str, str]
) -> None:
    told = ask("POST", "/api/v1/stores/A/cards/1/stamps/", headers=key)
    assert (told.status_code, told.headers["Retry-After"]) == (503, "5")
    assert told.headers["Content-Type"] == "application/problem+json"
    assert told.json() == {
        "type": "/problems/unavailable",
        "title": "This is not available at the moment. Please try again shortly.",
        "status": 503,
        "code": "unavailable",
        "retry_after": 5,
    }


def test_while_no_web_process_is_there_a_page_says_so_in_every_language(
    ask: Callable[..., requests.Response],
) -> None:
    told = ask("GET", "/login/")
    assert (told.status_code, told.headers["Retry-After"]) == (503, "5")
    assert told.headers["Content-Type"] == "text/html; charset=utf-8"
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            assert str(Unavailable.message) in told.text


def test_a_process_that_ends_by_itself_begins_again_and_one_that_was_ended_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "PAUSE", 0.05)
    for name in ("logs", "run"):
        (tmp_path / name).mkdir()
    begun = tmp_path / "begun"
    worker = Part("worker", ["sh", "-c", f"echo once >> {begun}"], tmp_path)
    other = Part("other", ["tail", "-f", "/dev/null"], tmp_path)
    worker.start()
    other.start()
    with kept.kept_running([worker, other]) as begun_again:
        until(lambda: begun.read_text().count("once") > 2, "it has begun again twice")
        other.end()
        so_far = begun.read_text().count("once")
        until(lambda: begun.read_text().count("once") > so_far + 1, "it goes on")
    assert set(begun_again) == {"worker"}
    assert other.process() is None
    worker.end()
