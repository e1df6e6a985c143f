"""While every thread of a web process waits for something, it still says that it lives."""

import http.client
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from loyalty_site.servers.supervise import free_port, server
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]
THREADS = 2
SITE = """
import os, socket, threading
freed = threading.Event()

def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/held":
        socket.create_connection(("127.0.0.1", int(os.environ["TOLD_AT"]))).close()
        assert freed.wait(int(os.environ["PATIENCE"]))
    if path == "/healthz/free":
        freed.set()
    start_response("200 OK", [("Content-Length", str(len(path)))])
    return [path.encode()]
"""


def ask(port: int, path: str) -> str:
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    caller.request("GET", path)
    answer = caller.getresponse().read().decode()
    caller.close()
    return answer


def test_a_probe_is_answered_while_all_threads_are_held_and_all_calls_are_answered_after_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "site_that_waits.py").write_text(SITE)
    port = free_port()
    web = ["-m", "gunicorn", "site_that_waits", "--config", str(ROOT / "gunicorn.conf.py")]
    web += ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", str(THREADS)]
    told = socket.create_server(("127.0.0.1", 0))
    told.settimeout(PATIENCE)
    command = [
        "env",
        f"PYTHONPATH={ROOT}:{tmp_path}",
        f"TOLD_AT={told.getsockname()[1]}",
        f"PATIENCE={PATIENCE}",
        sys.executable,
        *web,
        "--no-control-socket",
    ]
    with (
        server(command, tmp_path, None, ready=lambda: ask(port, "/healthz")),
        ThreadPoolExecutor(5) as callers,
        told,
    ):
        held = [callers.submit(ask, port, "/held") for _call in range(THREADS)]
        for _each in held:
            told.accept()[0].close()
        waiting = [callers.submit(ask, port, "/later") for _call in range(3)]
        assert ask(port, "/healthz") == "/healthz"
        assert ask(port, "/healthz/free") == "/healthz/free"
        assert [call.result() for call in held + waiting] == ["/held"] * THREADS + ["/later"] * 3
