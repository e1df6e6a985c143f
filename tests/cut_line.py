"""A line to a server that can be cut, as when a cable is pulled or the server's machine dies.

with CutLine(5432) as line: ...   # listens on line.port
line.cut()                        # every connection breaks, and new ones are refused
line.drop()                       # every connection breaks, and new ones work
line.mend()
"""

import socket
import threading
from contextlib import suppress
from types import TracebackType

from loyalty_site.servers.supervise import free_port


class CutLine:
    """Passes bytes on between whoever connects to `port` and a server on this machine."""

    def __init__(self, to: int) -> None:
        self.to, self.port = to, free_port()
        self._ends: list[socket.socket] = []
        self._lock = threading.Lock()
        self._ear: socket.socket | None = None

    def __enter__(self) -> "CutLine":
        self.mend()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()

    def mend(self) -> None:
        """Let connections through (again)."""
        self._ear = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._listen, args=(self._ear,), daemon=True).start()

    def cut(self) -> None:
        """Break every connection, and refuse new ones."""
        if self._ear is not None:
            with suppress(OSError):
                self._ear.shutdown(socket.SHUT_RDWR)
            self._ear.close()
        self.drop()

    def drop(self) -> None:
        """Break every connection that there is."""
        with self._lock:
            ends, self._ends = self._ends, []
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _listen(self, ear: socket.socket) -> None:
        while True:
            try:
                near, _address = ear.accept()
                far = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                return
            with self._lock:
                self._ends += [near, far]
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
