"""Processes that end with the one that wanted them: normally, or when that one is killed."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from loyalty_site.servers.find import ServerUnavailableError

READY_SECONDS = 120  # on a slow machine that does other things as well; one that ends is told of at once
STOP_SECONDS = 30
MEMORY = Path("/dev/shm")
ROOM_BYTES = 6 << 30
ASK_FOR_THE_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Reads from a pipe that nobody writes to: it is at its end when the process that holds the other end is gone.
WATCH = 'read -r nothing; kill -"$2" "$1"; [ -z "$3" ] || { sleep 2; rm -rf "$3"/*/ "$3"; }'

# The servers of this process that are up, each with the file of its messages.
RUNNING: dict[Path, subprocess.Popen[bytes]] = {}


def on_stop(handler: Callable[[int, FrameType | None], object] | signal.Handlers) -> None:
    """Say what a signal that asks us to end does; a hang-up that `nohup` has us ignore stays ignored."""
    for signum in ASK_FOR_THE_END:
        if signum != signal.SIGHUP or signal.getsignal(signum) != signal.SIG_IGN:
            signal.signal(signum, handler)


@contextmanager
def watched(
    process: subprocess.Popen[bytes], stop: signal.Signals = signal.SIGTERM, folder: Path | None = None
) -> Iterator[None]:
    """For as long as the block lasts, see to it that `process` does not outlive us.

    Args:
        process: one that we started.
        stop: the signal it gets when we are killed.
        folder: what is removed then, and what is in folders that links in it lead to.
    """
    watcher = subprocess.Popen(
        ["sh", "-c", WATCH, "watch", str(process.pid), str(stop.value), str(folder or "")],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        watcher.kill()
        watcher.communicate()


@contextmanager
def server(
    command: list[str],
    home: Path,
    account: str | None,
    *,
    ready: Callable[[], object],
    stop: signal.Signals = signal.SIGINT,  # for PostgreSQL: without waiting for its clients
    keep: bool = False,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends.

    Args:
        command: the program and its arguments; it stays in the foreground.
        home: its working folder, where its messages go as well.
        account: the account to run it under; None for our own.
        ready: raises until the server answers.
        stop: the signal that ends it.
        keep: whether its folder outlives us when we are killed.
    """
    log = home / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=home, user=account, stdout=output, stderr=output, start_new_session=True
        )
    with watched(process, stop, None if keep else home):
        try:
            wait_until(ready, process, log)
            RUNNING[log] = process
            yield process
        finally:
            RUNNING.pop(log, None)
            process.send_signal(stop)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def lost() -> list[Path]:
    """Return the messages of those of our servers that ended by themselves."""
    return [log for log, process in RUNNING.items() if process.poll() is not None]


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


@contextmanager
def folder(name: str, *, within: Path | None = None) -> Iterator[Path]:
    """Give a new temporary folder that another account may enter, and remove it at the end."""
    home = Path(tempfile.mkdtemp(prefix=f"loyalty-{name}-", dir=within))
    home.chmod(0o755)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def memory() -> Path | None:
    """Return the folder whose files are in memory, if this machine has one with room for some databases."""
    if not os.access(MEMORY, os.W_OK):
        return None
    available = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return MEMORY if min(available, shutil.disk_usage(MEMORY).free) >= ROOM_BYTES else None


def unprivileged_account() -> str | None:
    """Return the account a PostgreSQL started by root must run under; None for everybody else."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def run(command: list[str], home: Path, account: str | None) -> None:
    """Run a program to its end; raise ServerUnavailableError, in its own words, if it fails."""
    result = subprocess.run(command, cwd=home, user=account, capture_output=True, text=True, check=False)
    if result.returncode:
        raise ServerUnavailableError(f"{command[0]} failed: {result.stderr.strip()}")


def command_of(pid: int) -> str:
    """Return the command line of a running process; empty if there is none."""
    told = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            return told.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    asked = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
