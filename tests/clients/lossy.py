"""A line to the site on which answers get lost: the call arrives, and nothing is heard of it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Line:
    """`lose` says what happens to the next calls that write: "answer" (done, unheard), "call" (not done), "" (nothing).

    `keys` are the idempotency keys that were sent, in order.
    """

    url: str = ""
    lose: list[str] = field(default_factory=list)
    is_cut: bool = False
    keys: list[str | None] = field(default_factory=list)


@contextmanager
def lossy(site: str) -> Iterator[Line]:
    """Stand before a site."""
    line = Line()

    class Handler(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            loss = ""
            if self.command == "POST":
                line.keys.append(self.headers["Idempotency-Key"])
                loss = line.lose.pop(0) if line.lose else ""
            if line.is_cut or loss == "call":
                return self._hang_up()
            there = HTTPConnection(urlsplit(site).netloc, timeout=20)
            there.request(self.command, self.path, body, dict(self.headers))
            answer = there.getresponse()
            content = answer.read()
            there.close()
            if loss == "answer":
                return self._hang_up()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers["Content-Type"] or "text/plain")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            return None

        def _hang_up(self) -> None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

        def log_message(self, *about: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    line.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield line
    finally:
        server.shutdown()
        server.server_close()
