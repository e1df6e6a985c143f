"""Several connections at once, each in a thread of its own, and transactions that commit when they are told to."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections, transaction

from tenancy import scope
from tests.lock_waits import somebody_waits

WAIT = 30  # seconds; only a broken test waits so long


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run `act` in so many threads that begin at the same moment; returns what each returned."""
    together, results = threading.Barrier(count), []

    def run(number: int) -> None:
        together.wait(WAIT)
        try:
            with scope.everything("a race between workers"):
                results.append(act(number))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    return results


class Held:
    """Something that runs in a transaction of its own thread, which commits only when it is told to."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self.act = act
        self.done, self.commit = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        slow = transaction.atomic()
        slow._from_testcase = True  # what commits by itself, as a lease does, waits for it too
        with scope.everything("a slow transaction"), slow:
            self.act()
            self.done.set()
            assert self.commit.wait(WAIT)
        connections.close_all()

    def __enter__(self) -> "Held":
        self.thread.start()
        assert self.done.wait(WAIT)
        return self

    def __exit__(self, *_error: object) -> None:
        self.commit.set()
        self.thread.join(WAIT)


def meanwhile(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """What `second` returns that began before `first` had committed, and went on after that if it had to wait."""
    results: list[Any] = []
    with Held(first) as held:
        thread = threading.Thread(target=lambda: results.extend(at_once(1, lambda _: second())))
        thread.start()
        while thread.is_alive() and not somebody_waits():
            thread.join(0.01)
        held.commit.set()
        thread.join(WAIT)
    return results[0]
