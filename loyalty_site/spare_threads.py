"""Spare threads of a web process: /healthz and /readyz are answered while all others wait for something.

gunicorn's `gthread` hands each connection to a pool of threads. While that has one free, nothing here is different.
"""

import select
from concurrent.futures import Future, ThreadPoolExecutor
from socket import MSG_PEEK
from typing import Any

SPARE = 2
PROBES = (b"GET /healthz", b"GET /readyz", b"HEAD /healthz", b"HEAD /readyz")
PATIENCE_SECONDS = 1.0  # for the first bytes of a connection
NO_PROBE = object()


class SpareThreads:
    """Put between a worker of gunicorn and its pool of threads; all but `_look` runs in the worker's main thread."""

    def __init__(self, worker: Any) -> None:
        self.worker = worker
        self.busy = 0
        self.enqueue, self.finish = worker.enqueue_req, worker.finish_request
        self.pool = ThreadPoolExecutor(SPARE, thread_name_prefix="spare")
        worker.enqueue_req, worker.finish_request = self.on_request, self.on_finished

    def on_request(self, connection: Any) -> None:
        """A connection has something to read, or will have."""
        if self.busy < self.worker.cfg.threads:
            self._pass_on(connection)
            return
        looked = self.pool.submit(self._look, connection)
        looked.add_done_callback(
            lambda result: self.worker.method_queue.defer(self._on_looked, connection, result)
        )

    def on_finished(self, connection: Any, result: Future[Any]) -> None:
        """A thread of the pool is free again."""
        self.busy -= 1
        self.finish(connection, result)

    def _pass_on(self, connection: Any) -> None:
        self.busy += 1
        self.enqueue(connection)

    def _look(self, connection: Any) -> Any:
        """Answer a probe; NO_PROBE for whatever else was asked."""
        is_readable, _, _ = select.select([connection.sock], [], [], PATIENCE_SECONDS)
        if not is_readable or not connection.sock.recv(32, MSG_PEEK).startswith(PROBES):
            return NO_PROBE
        return self.worker.handle(connection)

    def _on_looked(self, connection: Any, result: Future[Any]) -> None:
        if result.exception() is None and result.result() is NO_PROBE:
            self._pass_on(connection)
        else:
            self.finish(connection, result)
