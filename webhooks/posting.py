"""The way out: POSTs to one address, and what came back. It never raises, and each ends within TIMEOUT seconds.

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
from typing import Self

from webhooks import addresses
from webhooks.addresses import Target
from webhooks.errors import EndpointNotAllowed

TIMEOUT = 15.0
CUT_AGAIN = 0.1  # seconds, where there was nothing to cut yet: a connection in the making
LONGEST_ANSWER = 64 * 1024
NO_ANSWER = "no_answer"
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
        # Head and body go out in two pieces: the second one would wait for the other side to say that it has the first.
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.target.scheme == "https":
            self.sock = _tls().wrap_socket(self.sock, server_hostname=self.target.host)

    def cut(self) -> None:
        """End what is being waited for, from another thread: an answer that comes byte by byte ends, too."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class Deadline:
    """Cuts what takes longer than TIMEOUT: one thread for all messages of a way, which sleeps while they are in time.

    It wakes every TIMEOUT at the latest, and so never too late for what began after it last looked.
    """

    def __init__(self) -> None:
        self.connection: Pinned | None = None
        self._due: float | None = None
        self._is_over = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def begin(self) -> None:
        """Give what begins now its TIMEOUT; it is cut once it has a `connection`."""
        self.connection, self._due = None, monotonic() + TIMEOUT

    def end(self) -> None:
        self.connection = self._due = None

    def close(self) -> None:
        self._is_over.set()

    def _watch(self) -> None:
        wait = TIMEOUT
        while not self._is_over.wait(wait):
            due, connection = self._due, self.connection
            wait = TIMEOUT if due is None else due - monotonic()
            if wait <= 0:
                wait = CUT_AGAIN
                if connection is not None:
                    connection.cut()


class Way:
    """The way to one address; what it is connected to is kept open from one message to the next."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.kept: Pinned | None = None
        self.deadline = Deadline()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.deadline.close()
        if self.kept is not None:
            self.kept.close()

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body there; once more where the other side has closed what was kept open, as servers do."""
        was_kept = self.kept is not None
        answer = self._posted(body, headers)
        return self._posted(body, headers) if was_kept and answer.trouble == NO_ANSWER else answer

    def _posted(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        started = monotonic()
        self.deadline.begin()
        try:
            connection, self.kept = self.kept or self._found(), None
        except EndpointNotAllowed as error:
            return Answer(None, trouble=error.code)
        except OSError:
            return Answer(None, trouble="no_such_address")
        self.deadline.connection = connection
        try:
            connection.request("POST", connection.target.path, body=body, headers=dict(headers))
            response = connection.getresponse()
            answer = Answer(response.status, _text(response))
            if (response.isclosed() or response.length == 0) and not response.will_close:  # read to its end
                response.close()
                self.kept = connection
            return answer
        except TROUBLE as error:
            is_late = monotonic() - started >= TIMEOUT
            return Answer(None, trouble="timeout" if is_late else _kind(error))
        finally:
            self.deadline.end()
            if self.kept is None:
                connection.close()

    def _found(self) -> Pinned:
        target = addresses.parsed(self.url)
        return Pinned(target, addresses.resolved(target))


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send one body to an address."""
    with Way(url) as way:
        return way.post(body, headers)


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
    return "tls" if isinstance(error, ssl.SSLError) else NO_ANSWER
