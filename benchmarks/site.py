"""The site being measured: gunicorn as it is deployed, and what its processes use."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from loyalty_site.servers import supervise

ROOT = Path(__file__).parents[1]


class Server:
    """A running gunicorn and what its processes have used so far."""

    def __init__(self, port: int, process: psutil.Process) -> None:
        self.port, self.process = port, process

    def cpu_seconds(self) -> float:
        """CPU of the master and its workers, user and system."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(sum(member.cpu_times()[:2]) for member in family)


@contextmanager
def web(workers: int = 2, **environment: str) -> Iterator[Server]:
    """gunicorn with sync workers on PORT, or a free one; ends with the block."""
    port = int(environment.get("PORT") or supervise.free_port())
    command = [sys.executable, "-m", "gunicorn", "loyalty_site.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(workers), "--log-level", "error", "--preload"]
    with running(command, port, os.environ | environment) as server:
        yield server


@contextmanager
def running(command: list[str], port: int, environment: Mapping[str, str]) -> Iterator[Server]:
    """A web server that is started so and answers on a port; ends with the block."""
    with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True) as process:
        try:
            _wait_for(port)
            yield Server(port, psutil.Process(process.pid))
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def _wait_for(port: int, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("The web server did not start.")
