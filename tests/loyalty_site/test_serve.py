"""One command, four processes: they end together, also when the command is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from loyalty_site.management.commands import serve
from loyalty_site.servers import supervise

# The web process says through a pipe that it listens for its stop, and notes when the stop came.
WEB = """
import pathlib, signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
open("pipe", "w").close()
signal.sigwait({signal.SIGTERM})
pathlib.Path("note").write_text("web was stopped")
"""
WORKER_FAILS = "open('pipe').read(); raise SystemExit(3)"
WORKER_ENDS = "open('pipe').read()"
WORKER_ASKS_FOR_THE_END = """
import os, signal
open("pipe").read()
os.kill(os.getppid(), signal.SIGTERM)
signal.pause()
"""


# Killed without a warning, as soon as its child waits for what comes.
KILLED = """
import os, signal, subprocess, sys
from loyalty_site.servers import supervise
waits = (
    "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, {15}); print('here', file=__import__('sys').stderr, "
    "flush=True); signal.sigwait({15}); print('stopped')"
)
child = subprocess.Popen([sys.executable, "-c", waits], stderr=subprocess.PIPE, start_new_session=True)
with supervise.watched(child):
    child.stderr.readline()
    os.kill(os.getpid(), signal.SIGKILL)
"""
ROOT = Path(__file__).resolve().parents[2]


class ServeCommand(serve.Command):
    """The command with children of the test's own."""

    def __init__(self, worker: str) -> None:
        super().__init__(stdout=StringIO())
        self.script = worker

    def require_migrated_database(self) -> None:
        """These children use no database."""

    def web(self, **options: Any) -> list[str]:
        return [sys.executable, "-c", WEB]

    def worker(self) -> list[str]:
        return [sys.executable, "-c", self.script]

    def outside(self) -> list[str]:
        return self.jobs()

    def webhooks(self) -> list[str]:
        return self.jobs()

    def jobs(self) -> list[str]:
        return [sys.executable, "-c", "import signal; signal.pause()"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the children run; the test's own way with signals comes back afterwards."""
    before = {signum: signal.getsignal(signum) for signum in supervise.ASK_FOR_THE_END}
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    monkeypatch.setattr(site, "REDIS_URL", "redis://somewhere.example/0")
    yield tmp_path
    for signum, handler in before.items():
        signal.signal(signum, handler)


def exit_code(worker: str) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        call_command(ServeCommand(worker))
    return ended.value.code


@pytest.mark.parametrize(
    ("worker", "code"), [(WORKER_FAILS, 3), (WORKER_ENDS, 1), (WORKER_ASKS_FOR_THE_END, 0)]
)
def test_when_one_ends_the_other_is_stopped_too(folder: Path, worker: str, code: int) -> None:
    assert exit_code(worker) == code
    assert (folder / "note").read_text() == "web was stopped"


def test_without_servers_the_message_says_how_to_have_them(folder: Path, settings: Settings) -> None:
    settings.REDIS_URL = ""
    with pytest.raises(CommandError, match="REDIS_URL, or run `make serve`"):
        call_command(ServeCommand(WORKER_ENDS))
    assert not (folder / "note").exists()


def test_children_of_a_killed_command_are_stopped() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as command:
        assert command.stdout.read() == "stopped\n"  # the pipe's end: nobody is left to write
    assert command.returncode == -signal.SIGKILL


def test_the_children_are_gunicorn_a_worker_with_its_clock_and_one_for_long_jobs() -> None:
    command = serve.Command()
    web = command.web(address="127.0.0.1:8001", processes=1, threads=8)
    assert web[:4] == [sys.executable, "-m", "gunicorn", "loyalty_site.wsgi:application"]
    assert "127.0.0.1:8001" in web
    assert {"worker", "--beat", "solo", "celery,relay"} < set(command.worker())
    assert {"worker", "threads", "mail,sms,apple,google"} < set(command.outside())
    assert {"worker", "solo", "jobs,keeping"} < set(command.jobs())
    assert {"worker", "solo", "webhooks"} < set(command.webhooks())
    assert "--beat" not in {*command.jobs(), *command.webhooks(), *command.outside()}  # one clock
