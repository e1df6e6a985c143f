"""A process of the lab: it outlives the command that started it, and is found again by what it wrote down."""

import json
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

STOP_SECONDS = 20


class LabError(RuntimeError):
    """Something of the lab does not do what it should; the message says what and where to look."""


@dataclass
class Part:
    """A program, how it is started, and how one ends it.

    Args:
        home: the lab's folder; its log is in `logs`, what is known of its process in `run`.
        account: who it runs as; None for ourselves.
        stop: the signal that asks it to end.
    """

    name: str
    command: list[str]
    home: Path
    account: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path | None = None
    stop: signal.Signals = signal.SIGTERM

    @property
    def log(self) -> Path:
        return self.home / "logs" / f"{self.name}.log"

    @property
    def note(self) -> Path:
        return self.home / "run" / f"{self.name}.json"

    def start(self) -> None:
        """Start it, unless it runs."""
        if self.process() is not None:
            return
        self.log.touch()
        if self.account:
            os.chown(
                self.log, _account(self.account)[0], -1
            )  # a program may open its own standard error anew
        with self.log.open("ab") as output:
            as_whom = {}
            if self.account:
                user, group = _account(self.account)
                as_whom = {"user": user, "group": group, "extra_groups": []}
            started = subprocess.Popen(
                self.command,
                cwd=self.folder or self.home,
                env=_bare() | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **as_whom,
            )
        self.note.write_text(
            json.dumps({"pid": started.pid, "began": psutil.Process(started.pid).create_time()})
        )

    def process(self) -> psutil.Process | None:
        """Return its process; None if it does not run, or another one has its number by now."""
        try:
            noted = json.loads(self.note.read_text())
            process = psutil.Process(noted["pid"])
            is_it = (
                abs(process.create_time() - noted["began"]) < 1 and process.status() != psutil.STATUS_ZOMBIE
            )
        except (OSError, ValueError, psutil.NoSuchProcess):
            return None
        return process if is_it else None

    def has_ended_by_itself(self) -> bool:
        """Whether it was started and runs no more, though nobody ended it."""
        return self.note.exists() and self.process() is None

    def family(self) -> list[psutil.Process]:
        """Return it and all that it started."""
        process = self.process()
        return [] if process is None else [process, *process.children(recursive=True)]

    def signal(self, what: signal.Signals) -> None:
        """Send it a signal."""
        if process := self.process():
            process.send_signal(what)

    def end(self) -> None:
        """Ask it to end, wait, and end it."""
        end_all([self])

    def kill(self) -> None:
        """SIGKILL it and all that it started, as when its machine loses power."""
        family = self.family()
        self.note.unlink(missing_ok=True)
        for process in family:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(family, timeout=5)

    def words(self, length: int = 1500) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-length:] if self.log.exists() else ""


def end_all(parts: Sequence[Part]) -> None:
    """Ask parts to end, all at once; wait for them, and end what does not."""
    processes = []
    for part in parts:
        family = part.family()
        part.note.unlink(missing_ok=True)
        if family:
            family[0].send_signal(signal.SIGCONT)
            family[0].send_signal(part.stop)
        processes += family
    _gone, alive = psutil.wait_procs(processes, timeout=STOP_SECONDS)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=5)


def until(holds: Callable[[], object], what: str, *, seconds: float = 60, every: float = 0.25) -> float:
    """Wait until something is so, and return for how long. What it raises counts as "not yet".

    Raises LabError after `seconds`.
    """
    began = time.monotonic()
    last: object = None
    while time.monotonic() - began < seconds:
        try:
            last = holds()
        except Exception as error:
            last = error
        if last and not isinstance(last, Exception):
            return time.monotonic() - began
        time.sleep(every)
    raise LabError(f"not in {seconds:.0f} s: {what} ({last!r})")


def _account(name: str) -> tuple[int, int]:

    entry = pwd.getpwnam(name)
    return entry.pw_uid, entry.pw_gid


def _bare() -> dict[str, str]:
    """The environment of a service: nothing of ours but the path and the language."""
    return {
        "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "HOME": "/tmp",
    }
