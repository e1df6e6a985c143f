"""A process that has read this house, settings and models and console, as it stands with every guard in its place.

The tests of a mutant run in a child that is forked from it, after functions got the code of the mutant (`swapping`).
"""

import gc
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import django
from django.urls import get_resolver

from tests.mutants import swapping, warm

SETTINGS = "loyalty_site.settings.test"
COLD = 99  # the exit code of a child for which this house would have to be read anew


class Order(NamedTuple):
    """Run pytest with arguments; `before` are the texts of files that were changed since the house was read."""

    arguments: Sequence[str]
    output: Path
    before: Mapping[str, str]


class House:
    """The process, of which one order is carried out at a time."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.ours, theirs = warm.starter.Pipe()
        work = (theirs, folder, dict(environment) | {"DJANGO_SETTINGS_MODULE": SETTINGS})
        self.process = warm.starter.Process(target=_live, args=work)
        self.process.start()

    def run(self, order: Order, *, longest: float) -> int | None:
        """Returns pytest's exit code, COLD, or None if it had to be ended after so many seconds."""
        self.ours.send(order)
        child = self.ours.recv()
        if self.ours.poll(longest):
            return int(self.ours.recv())
        os.killpg(child, signal.SIGKILL)
        self.ours.recv()
        return None

    def close(self) -> None:
        self.ours.close()
        self.process.join()


def _live(theirs: Connection, folder: Path, environment: dict[str, str]) -> None:
    warm.move_to(folder, environment)
    django.setup()
    get_resolver().url_patterns  # noqa: B018 - whose views are read by that
    gc.freeze()
    while True:
        try:
            order = theirs.recv()
        except EOFError:
            return
        if (child := os.fork()) == 0:
            _run(folder, order)
        theirs.send(child)
        theirs.send(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _run(folder: Path, order: Order) -> None:
    """In the child: never returns."""
    os.setsid()  # whatever it starts is ended with it
    code: int = COLD
    try:
        warm.speak_to(order.output)
        swapping.swap(folder, order.before)
        code = sys.modules["pytest"].main(list(order.arguments))
    except swapping.Cold:
        pass
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
