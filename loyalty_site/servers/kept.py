"""The servers of the demo: their data is under var/, and var/servers.json tells everybody here where they are."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from loyalty_site.servers import postgres, valkey
from loyalty_site.servers.find import ServerUnavailableError

NAMES = ("DATABASE_URL", "REDIS_URL")


def known(var: Path) -> dict[str, str]:
    """Return DATABASE_URL and REDIS_URL of the servers that run for this folder; nothing if none do."""
    try:
        told: dict[str, str] = json.loads((var / "servers.json").read_text())
    except (OSError, ValueError):  # nobody's, somebody else's, or cut off by a crash
        return {}
    return told


@contextmanager
def addresses(var: Path, *, anew: bool = False) -> Iterator[dict[str, str]]:
    """Give DATABASE_URL and REDIS_URL: those of the environment, else of servers that run until the block ends.

    Args:
        var: the folder that keeps the servers' data.
        anew: whether to begin without any of it.

    Raises ServerUnavailableError, with what to do.
    """
    given = {name: os.environ[name] for name in NAMES if os.environ.get(name)}
    if len(given) == len(NAMES):
        yield given
        return
    with alone(var), ExitStack() as running:
        if left_over := known(var).get("REDIS_URL"):
            valkey.end_left_over(left_over)
        if anew:
            forget(var)
        ours = {}
        if "DATABASE_URL" not in given:
            ours["DATABASE_URL"] = running.enter_context(postgres.kept(var / "postgres"))
        if "REDIS_URL" not in given:
            ours["REDIS_URL"] = running.enter_context(valkey.kept(var / "valkey"))
        running.enter_context(told(var, ours))
        yield given | ours


@contextmanager
def alone(var: Path) -> Iterator[None]:
    """Refuse while another process keeps servers in this folder; a killed one holds nothing."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "servers.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise ServerUnavailableError(
                f"The demo in {var} runs already (process {lock.read().strip()}): stop it there first. "
                "`manage.py` uses its database while it runs."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


@contextmanager
def told(var: Path, ours: dict[str, str]) -> Iterator[None]:
    """Write down where the servers are, for this account only: the addresses hold their passwords."""
    file = var / "servers.json"
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps(ours))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def forget(var: Path) -> None:
    """Remove the servers' data, also where `var/postgres` is only a link to it."""
    data = var / "postgres"
    if (data / "data").exists():
        postgres.end_left_over(data.resolve() / "data")
    for place in (data.resolve(), var / "valkey"):
        shutil.rmtree(place, ignore_errors=True)
    if data.is_symlink():
        data.unlink()
