"""A PostgreSQL server: for a test and gone, or kept in a folder."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from loyalty_site.servers import find, supervise
from loyalty_site.servers.find import ServerUnavailableError

LOOPBACK = {"listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
FAST = {
    "max_connections": "300",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "jit": "off",
}


@contextmanager
def temporary(*, in_memory: bool = False, **options: str) -> Iterator[str]:
    """Give the address of an empty server that is fast and would not survive a crash.

    Args:
        in_memory: keep its data there where that can be: a database of many small files is made in a tenth of the time.
        options: its settings where they differ from those of the tests.
    """
    (programs, *_) = find.postgres_programs()
    with supervise.folder("postgres") as home, ExitStack() as elsewhere:
        account = supervise.unprivileged_account()
        memory = supervise.memory() if in_memory else None
        place = elsewhere.enter_context(supervise.folder("postgres", within=memory)) if memory else home
        if account:
            shutil.chown(home, account)
            shutil.chown(place, account)
        programs = readable(programs, home, account)  # which may not be run from everywhere
        initialise(programs, place, account, "--auth", "trust")
        if place != home:
            (home / "data").symlink_to(place / "data")
        with running(programs, home, account, FAST | options, keep=False) as address:
            yield address


@contextmanager
def kept(home: Path) -> Iterator[str]:
    """Give the address of a server whose data is in `home` and there again the next time; it asks for a password.

    Raises ServerUnavailableError, with what to do, if this machine's PostgreSQL cannot use what is there.
    """
    found = find.postgres_programs()
    home, account = settle(home)
    password = home / "password"
    if not (home / "data").exists():
        programs = readable(found[0], home, account)
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        hand_over(password, account)
        initialise(programs, home, account, "--auth", "scram-sha-256", "--pwfile", str(password))
    else:
        programs = readable(fitting(found, home), home, account)
        end_left_over(home / "data")
    with running(programs, home, account, {}, keep=True, password=password.read_text()) as address:
        yield address


def fitting(found: list[Path], home: Path) -> Path:
    """Return the programs of the version that made the data."""
    made_by = int((home / "data" / "PG_VERSION").read_text())
    versions = {find.major_version(programs): programs for programs in reversed(found)}
    if made_by not in versions:
        here = ", ".join(map(str, sorted(versions)))
        raise ServerUnavailableError(
            f"{home} was made by PostgreSQL {made_by}, and this machine has {here}. Install PostgreSQL "
            f"{made_by} to go on with what is there, or begin anew with `make demo-reset`."
        )
    return versions[made_by]


def settle(home: Path) -> tuple[Path, str | None]:
    """Make the folder, and return where it really is and the account that owns it; None for our own.

    PostgreSQL refuses to run as root. Where its account may not look (under /root), the folder is elsewhere and a
    link leads there.
    """
    home.parent.mkdir(parents=True, exist_ok=True)
    home = home.parent.resolve() / home.name
    if os.geteuid() != 0:
        home.mkdir(exist_ok=True)
        owner = pwd.getpwuid(home.stat().st_uid).pw_name
        if home.stat().st_uid != os.geteuid():
            raise ServerUnavailableError(f"{home} belongs to {owner}: go on as root, or remove it as root.")
        return home, None
    if home.exists() and home.stat().st_uid != 0:
        return home.resolve(), pwd.getpwuid(home.stat().st_uid).pw_name
    account = supervise.unprivileged_account()
    if not may_enter(home.parent, account):
        home.unlink(missing_ok=True)
        place = Path("/var/lib") / f"loyalty-{secrets.token_hex(4)}"
        home.symlink_to(place)
        home = place
        sys.stderr.write(f"{account} may not look there: PostgreSQL's data is in {place}.\n")
    home.mkdir(parents=True, exist_ok=True)
    hand_over(home, account)
    return home, account


def may_enter(folder: Path, account: str | None) -> bool:
    """Whether an account may pass through a folder and all above it."""
    asked = subprocess.run(["test", "-x", f"{folder}/."], user=account, cwd="/", check=False)
    return asked.returncode == 0


def hand_over(path: Path, account: str | None) -> None:
    if account:
        shutil.chown(path, account)


def readable(programs: Path, home: Path, account: str | None) -> Path:
    """Return the programs, copied out of a .venv that their account may not read where need be."""
    if account is None or not programs.is_relative_to(sys.prefix):
        return programs
    install, package = programs.parent, programs.parents[1]
    copied = home / "programs" / package.name / install.name
    shutil.rmtree(home / "programs", ignore_errors=True)
    shutil.copytree(install, copied, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, home / "programs" / libraries.name, symlinks=True)
    return copied / programs.name


def initialise(programs: Path, home: Path, account: str | None, *options: str) -> None:
    """Make an empty cluster in home/data; half a one, after a crash, does not count."""
    unfinished = home / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    hand_over(unfinished, account)
    locale = ["--locale", "C.UTF-8"]
    if find.major_version(programs) >= 17:  # its own, which is the same on every system
        locale = ["--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    command = [str(programs / "initdb"), "-D", str(unfinished), "-U", "postgres", "-E", "UTF8", *locale]
    supervise.run([*command, "--no-sync", *options], home, account)
    unfinished.rename(home / "data")


@contextmanager
def running(
    programs: Path,
    home: Path,
    account: str | None,
    options: dict[str, str],
    *,
    keep: bool,
    password: str = "",
) -> Iterator[str]:
    """Run the cluster in home/data on a free port, and give its address."""
    port = supervise.free_port()
    settings = [part for name, value in (LOOPBACK | options).items() for part in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(home / "data"), "-p", str(port), *settings]
    url = f"postgresql://postgres{f':{password}' if password else ''}@127.0.0.1:{port}/postgres"
    with supervise.server(
        command, home, account, ready=lambda: psycopg.connect(url, connect_timeout=1).close(), keep=keep
    ):
        yield url


def end_left_over(data: Path) -> None:
    """Stop the server that a crash left running on this data, and take away what only looks like one."""
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    pid = int(lock.read_text().split()[0])
    if str(data) in supervise.command_of(pid):
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + supervise.STOP_SECONDS
        while lock.exists() and supervise.command_of(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
    else:
        lock.unlink()  # PostgreSQL would take any process with this number, which may be anybody's, for its own
