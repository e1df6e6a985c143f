"""A receiver of webhooks: it notes what it gets, and answers as it is told to."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Got:
    """A request: its path, its headers by their small names, its body as it came, and the port it came from."""

    path: str
    headers: dict[str, str]
    body: bytes
    port: int = 0

    @property
    def event_id(self) -> str:
        return self.headers["webhook-id"]


def status(code: int, body: bytes = b"ok", **headers: str) -> Answer:
    """Answer with a status."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Drop the connection without a word."""
    handler.close_connection = True
    handler.connection.close()


class Server(ThreadingHTTPServer):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.stopped = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever calls may hang up when they like."""


class Receiver:
    """Answers with `answers`, one after the other, and then always with `usual`."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.answers: list[Answer] = []
        self.usual: Answer = status(200)
        self.let_go = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                small = {name.lower(): value for name, value in self.headers.items()}
                receiver.got.append(Got(self.path, small, body, self.client_address[1]))
                answer = receiver.answers.pop(0) if receiver.answers else receiver.usual
                with suppress(OSError):
                    answer(self)

            def log_message(self, *about: Any) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hooks"

    def __enter__(self) -> "Receiver":
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.let_go.set()
        self.server.stopped.set()
        self.server.shutdown()
        self.server.server_close()

    def hold(self, handler: BaseHTTPRequestHandler) -> None:
        """Say nothing until `let_go`."""
        self.let_go.wait(20)
        status(200)(handler)

    @property
    def ids(self) -> list[str]:
        return [each.event_id for each in self.got]
