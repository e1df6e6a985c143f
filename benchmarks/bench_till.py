"""till: POST stamps through gunicorn, with sign-in, staff token and idempotency key, over 10,000 cards, 8 clients.

Yardsticks: (a) pgbench with the very SQL statements of one stamp; (b) the smallest DRF view that locks, updates and
inserts. The target is about (b): CPU of the web processes per request.
"""

import os
from collections.abc import Callable

from django.db import connection

from benchmarks import data, pgbench, site
from benchmarks.report import Report
from benchmarks.till_client import Run, Till, hammer

CARDS, CLIENTS, SECONDS = 10_000, 8, 20


def run(seconds: int = SECONDS) -> Report:
    """Measure for so many seconds each."""
    report = Report("till")
    shop = data.shop()
    sql = pgbench.statements_of_one_stamp(shop)
    cards = data.cards(shop, CARDS, points=100)
    connection.close()
    with site.web() as server:
        tills = [Till(server.port, shop) for _ in range(CLIENTS)]
        hammer(tills, Till.stamp, cards=cards, seconds=2)  # warm
        stamps, stamp_cpu = measured(server, tills, Till.stamp, cards, seconds)
        smallest, smallest_cpu = measured(server, tills, Till.smallest, cards, seconds)
    plain = pgbench.transactions_per_second(
        os.environ["DATABASE_URL"], sql, cards=cards, seconds=min(seconds, 10)
    )
    ratio, tail = stamp_cpu / smallest_cpu, stamps.percentile(99) / stamps.percentile(50)
    report.add("stamps a second", f"{stamps.per_second:.0f}")
    if plain:
        report.add("(a) pgbench, the same SQL", f"{plain:.0f} a second = {plain / stamps.per_second:.1f} x")
    report.add(
        "(b) smallest DRF view", f"{smallest.per_second:.0f} a second, {smallest_cpu * 1000:.2f} ms CPU"
    )
    report.add("CPU of a stamp", f"{stamp_cpu * 1000:.2f} ms = {ratio:.2f} x (b)", "<= 2 x (b)", ratio <= 2)
    report.add("SQL statements of a stamp", str(len(sql)), "<= 12", len(sql) <= 12)
    report.add("p50", f"{stamps.percentile(50) * 1000:.1f} ms")
    report.add("p99", f"{stamps.percentile(99) * 1000:.1f} ms = {tail:.1f} x p50", "<= 4 x p50", tail <= 4)
    report.add("errors", " ".join([str(len(stamps.errors)), *stamps.errors[:1]]), "0", not stamps.errors)
    return report


def measured(
    server: site.Server,
    tills: list[Till],
    act: Callable[[Till, int], tuple[int, bytes]],
    cards: tuple[int, int],
    seconds: float,
) -> tuple[Run, float]:
    """A run, and the CPU seconds of the web processes per answered request."""
    before = server.cpu_seconds()
    run = hammer(tills, act, cards=cards, seconds=seconds)
    return run, (server.cpu_seconds() - before) / max(1, len(run.latencies))
