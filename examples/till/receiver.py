"""Hears webhooks: what is genuine goes into the journal, once, and is answered at once."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from journal import Journal

from loyalty_client import NotGenuine, verify

LONGEST = 1_000_000  # bytes


class Handler(BaseHTTPRequestHandler):
    journal: Journal
    secrets: list[str]

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LONGEST))
        try:
            event = verify(body, dict(self.headers), self.secrets)
        except NotGenuine as reason:
            return self.send_error(400, str(reason))
        if self.journal.hear(event["id"], event["type"], event["data"]):
            print(f"! {event['type']}", flush=True)
        self.send_response(204)
        self.end_headers()
        return None

    def log_message(self, *about: Any) -> None:
        """The till's screen is for the till."""


def listen(port: int, secrets: list[str], journal: Journal) -> ThreadingHTTPServer:
    """Hear webhooks on a port of this machine until the program ends."""
    bound = type("Bound", (Handler,), {"journal": journal, "secrets": secrets})
    server = ThreadingHTTPServer(("127.0.0.1", port), bound)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
