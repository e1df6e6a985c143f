"""A program beside the servers: its end is theirs, and theirs is its."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty_site.servers import __main__ as launcher
from loyalty_site.servers import supervise
from tests.loyalty_site.launched import ROOT, launch

pytestmark = pytest.mark.usefixtures("nothing_given")


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers that are somebody else's, so that none is started."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/cards")
    monkeypatch.setenv("REDIS_URL", "redis://cache/0")


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(
    ("program", "code"), [("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 9)", 137)]
)
def test_the_end_of_the_program_is_our_end(tmp_path: Path, program: str, code: int) -> None:
    with launch(tmp_path, "-c", program) as process:
        assert process.wait() == code


WAITS = (
    "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, {1, 2, 15}); print('here', flush=True); "
    "print(signal.sigwait({1, 2, 15}).name)"
)


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_passed_on_to_the_program(tmp_path: Path, asked: signal.Signals) -> None:
    with launch(tmp_path, "-c", WAITS) as process:
        assert process.stdout.readline() == "here\n"
        process.send_signal(asked)
        assert process.stdout.read() == f"{asked.name}\n"
        assert process.wait() == 0


@pytest.mark.usefixtures("elsewhere")
def test_under_nohup_the_end_of_a_terminal_ends_nothing(tmp_path: Path) -> None:
    with launch(tmp_path, "-c", WAITS, hang_up=signal.SIG_IGN) as process:
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == "SIGTERM\n"
        assert process.wait() == 0


@pytest.fixture
def signals_as_before() -> Iterator[None]:
    before = {signum: signal.getsignal(signum) for signum in supervise.ASK_FOR_THE_END}
    yield
    for signum, handler in before.items():
        signal.signal(signum, handler)


@pytest.mark.usefixtures("signals_as_before")
def test_a_server_that_ends_by_itself_ends_the_program_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    monkeypatch.setitem(supervise.RUNNING, tmp_path / "server.log", ended)
    waiting = [sys.executable, "-c", "import signal; signal.pause()"]
    assert launcher.run(waiting, dict(os.environ)) == 1
    assert f"{tmp_path}/server.log says why" in capsys.readouterr().err


@pytest.mark.usefixtures("signals_as_before")
def test_without_servers_the_launcher_says_why_and_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOCAL_SERVERS", "neither")
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    assert launcher.main(["-c", "raise SystemExit(0)"]) == 1
    assert "PostgreSQL is missing" in capsys.readouterr().err


def test_a_command_beside_a_running_demo_finds_its_servers(tmp_path: Path) -> None:
    (tmp_path / "servers.json").write_text(
        json.dumps({"DATABASE_URL": "postgresql://postgres@127.0.0.1:7/x"})
    )
    command = [
        sys.executable,
        "-c",
        "from loyalty_site.settings import local; print(local.DATABASES['default']['PORT'])",
    ]
    environment = {"VAR_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert told.stdout == "7\n"
