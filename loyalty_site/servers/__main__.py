"""Run a Python program with PostgreSQL and Valkey beside it: `python -m loyalty_site.servers manage.py serve`.

The servers' data is kept under var/ (VAR_DIR); `--anew` before the program begins without any. DATABASE_URL and
REDIS_URL of the environment are used instead where they are given.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from loyalty_site.servers import kept, supervise
from loyalty_site.servers.find import ServerUnavailableError

ROOT = Path(__file__).resolve().parents[2]
POLL_SECONDS = 0.2


def main(arguments: list[str]) -> int:
    """Return the exit code of the program, or 1 with a sentence where there are no servers to be had."""
    supervise.on_stop(leave)
    anew = arguments[:1] == ["--anew"]
    program = [sys.executable, *arguments[anew:]]
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var")
    try:
        with kept.addresses(var, anew=anew) as found:
            return run(program, os.environ | found)
    except ServerUnavailableError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def run(program: list[str], environment: dict[str, str]) -> int:
    """Run a program to its end; a signal that asks us to end is passed on, and so is the end of our own parent.

    A server that ends under it ends all: the next start finds everything that was written.
    """
    parent = os.getppid()
    process = subprocess.Popen(program, env=environment)
    supervise.on_stop(lambda signum, frame: process.send_signal(signum))
    lost: list[Path] = []
    with supervise.watched(process):
        while process.poll() is None:
            lost = lost or supervise.lost()
            if lost or os.getppid() != parent:
                process.terminate()
            time.sleep(POLL_SECONDS)
    supervise.on_stop(signal.SIG_IGN)
    if lost:
        sys.stderr.write(
            f"A server ended by itself: {lost[0]} says why. Start again: what was written is there.\n"
        )
        return 1
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


def leave(signum: int, frame: FrameType | None) -> None:
    """End before the program has begun, and what was started with us."""
    sys.exit(128 + signum)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
