"""What systemd does for the site's own processes (Restart=always, RestartSec=2): one that ended by itself begins again.

A worker of Celery ends where Redis says that it only reads by now, and counts on that.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from deploy.lab.parts import Part

PAUSE = 2.0  # seconds, as in deploy/systemd


@contextmanager
def kept_running(parts: Sequence[Part]) -> Iterator[list[str]]:
    """Start again what ended and nobody has ended; gives the names of those, as they come."""
    begun_again: list[str] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(PAUSE):
            for part in parts:
                if part.has_ended_by_itself():
                    begun_again.append(part.name)
                    part.start()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield begun_again
    finally:
        over.set()
        thread.join()
