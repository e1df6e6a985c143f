"""sign-in: what a till notices of 16 loops that try made-up names, each from an address of its own every time.

The site runs as it is deployed (threads, a trusted proxy), so that no limit per address hides what a hash costs. The
median of a stamp without the loops is the yardstick.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from benchmarks import data, site
from benchmarks.report import Report
from benchmarks.till_client import Run, Till, hammer

CARDS, TILLS, LOOPS, SECONDS, ROUNDS = 10_000, 2, 16, 10, 2


def run(seconds: int = SECONDS) -> Report:
    """Measure without and with the loops in turn, so that a busy machine troubles both alike."""
    report = Report("sign-in")
    shop = data.shop()
    cards = data.cards(shop, CARDS, points=100)
    connection.close()
    alone, beside, answers = Run(), Run(), Counter[str]()
    with site.web(
        TRUSTED_PROXY_COUNT="1", GUNICORN_CMD_ARGS="--worker-class gthread --threads 16 --no-control-socket"
    ) as server:
        tills = [Till(server.port, shop) for _ in range(TILLS)]
        hammer(tills, Till.stamp, cards=cards, seconds=2)  # warm
        for _round in range(ROUNDS):
            add(alone, hammer(tills, Till.stamp, cards=cards, seconds=seconds))
            with guessing(server.port, answers):
                add(beside, hammer(tills, Till.stamp, cards=cards, seconds=seconds))
    ratio = beside.percentile(50) / alone.percentile(50)
    hashed = answers["200"] / beside.seconds
    words = ", ".join(f"{count / beside.seconds:.0f} x {status}" for status, count in sorted(answers.items()))
    report.add("a till's median, alone", f"{alone.percentile(50) * 1000:.1f} ms")
    report.add("with 16 loops", f"{beside.percentile(50) * 1000:.1f} ms = {ratio:.2f} x", "< 2 x", ratio < 2)
    report.add(
        "p99, alone and with", f"{alone.percentile(99) * 1000:.0f}, {beside.percentile(99) * 1000:.0f} ms"
    )
    report.add("sign-ins answered a second", words, "some hashed", hashed > 0)
    errors = alone.errors + beside.errors
    report.add("errors of the till", " ".join([str(len(errors)), *errors[:1]]), "0", not errors)
    return report


def add(to: Run, more: Run) -> None:
    """Count a further run of the same kind in."""
    to.seconds += more.seconds
    to.latencies += more.latencies
    to.errors += more.errors


@contextmanager
def guessing(port: int, answers: Counter[str]) -> Iterator[None]:
    """Try made-up names in LOOPS loops, in a process of their own, while the block lasts; counts the answers."""
    command = [sys.executable, "-m", "benchmarks.guesses", str(port), str(LOOPS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as loops:
        try:
            yield
        finally:
            answers.update(json.loads(loops.communicate("over\n")[0]))
