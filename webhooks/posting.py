"""The way out: one POST to one address, and what came back. It never raises, and ends within TIMEOUT seconds.

Redirects are not followed; an answer is read as far as LONGEST_ANSWER, and no further.
"""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

from webhooks import addresses
from webhooks.addresses import Target
from webhooks.errors import EndpointNotAllowed

TIMEOUT = 15.0
LONGEST_ANSWER = 64 * 1024
TROUBLE = (OSError, http.client.HTTPException, ValueError)


@dataclass(frozen=True)
class Answer:
    """What came back: its status, None if there was none, and then `trouble` says in a word why."""

    status: int | None
    body: str = ""
    trouble: str = ""

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Pinned(http.client.HTTPConnection):
    """Connects to an IP address that was looked at; the other side hears the name, in TLS and in `Host`."""

    def __init__(self, target: Target, ip: str) -> None:
        self.target, self.ip = target, ip
        self.default_port = addresses.PORTS[target.scheme]  # `Host` names any other one
        super().__init__(target.host, target.port, timeout=TIMEOUT)

    def connect(self) -> None:
        self.sock = socket.create_connection((self.ip, self.port), self.timeout)
        if self.target.scheme == "https":
            self.sock = _tls().wrap_socket(self.sock, server_hostname=self.target.host)

    def cut(self) -> None:
        """End what is being waited for, from another thread: an answer that comes byte by byte ends, too."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send a body to an address."""
    started = monotonic()
    try:
        target = addresses.parsed(url)
        connection = Pinned(target, addresses.resolved(target))
    except EndpointNotAllowed as error:
        return Answer(None, trouble=error.code)
    except OSError:
        return Answer(None, trouble="no_such_address")
    deadline = threading.Timer(max(0.1, TIMEOUT - (monotonic() - started)), connection.cut)
    deadline.daemon = True
    deadline.start()
    try:
        connection.request("POST", target.path, body=body, headers=dict(headers))
        response = connection.getresponse()
        return Answer(response.status, _text(response))
    except TROUBLE as error:
        is_late = monotonic() - started >= TIMEOUT
        return Answer(None, trouble="timeout" if is_late else _kind(error))
    finally:
        deadline.cancel()
        connection.close()


def _text(response: http.client.HTTPResponse) -> str:
    """As much of an answer as is kept; it counts by its status, also if the rest never comes."""
    read = b""
    with contextlib.suppress(*TROUBLE):
        while len(read) < LONGEST_ANSWER and (part := response.read1(LONGEST_ANSWER - len(read))):
            read += part
    return read.decode(errors="replace").replace("\0", "\ufffd")


def _kind(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    return "tls" if isinstance(error, ssl.SSLError) else "no_answer"
