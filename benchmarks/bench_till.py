"""till: POST stamps and purchases through gunicorn, with sign-in, staff token and idempotency key, by 8 clients.

Each over 10,000 cards. Yardsticks: (a) pgbench with the very SQL statements of one stamp; (b) the smallest DRF view
that locks, updates and inserts. The targets are about (b): CPU of the web processes and bytes of WAL per request, which
are those of the call alone: what the relay does with it later is not the till's.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from benchmarks import data, pgbench, site
from benchmarks.report import Report
from benchmarks.till_client import Run, Till, hammer
from benchmarks.written import Record, records

CARDS, CLIENTS, SECONDS = 10_000, 8, 20
LARGE = 8  # bytes of a record that is told


@dataclass(frozen=True)
class Measured:
    """A run, and what one of its answered requests took: CPU seconds of the web processes, and bytes of WAL."""

    run: Run
    cpu: float
    wal: list[Record]

    @property
    def bytes_of_wal(self) -> float:
        return sum(record.size for record in self.wal)


def run(seconds: int = SECONDS) -> Report:
    """Measure for so many seconds each."""
    shop = data.shop()
    sql = pgbench.statements_of_one_stamp(shop)
    cards, of_buyers = data.cards(shop, CARDS, points=100), data.cards(shop, CARDS, points=100)
    connection.close()
    with site.web() as server:
        tills = [Till(server.port, shop) for _ in range(CLIENTS)]
        hammer(tills, Till.stamp, cards=cards, seconds=2)  # warm
        stamp = measured(server, tills, Till.stamp, cards, seconds)
        purchase = measured(server, tills, Till.purchase, of_buyers, seconds)
        smallest = measured(server, tills, Till.smallest, cards, seconds)
    plain = pgbench.transactions_per_second(
        os.environ["DATABASE_URL"], sql, cards=cards, seconds=min(seconds, 10)
    )
    return reported(stamp, purchase, smallest, plain=plain, statements=len(sql))


def reported(
    stamp: Measured, purchase: Measured, smallest: Measured, *, plain: float | None, statements: int
) -> Report:
    """What was measured beside its targets."""
    report = Report("till")
    report.add("stamps a second", f"{stamp.run.per_second:.0f}")
    report.add("purchases (stamp and points) a second", f"{purchase.run.per_second:.0f}")
    if plain:
        slower = plain / stamp.run.per_second
        report.add("(a) pgbench, the same SQL", f"{plain:.0f} a second = {slower:.1f} x")
    report.add(
        "(b) smallest DRF view", f"{smallest.run.per_second:.0f} a second, {smallest.cpu * 1000:.2f} ms CPU"
    )
    for name, one, most in (("stamp", stamp, 1.4), ("purchase", purchase, None)):
        ratio = one.cpu / smallest.cpu
        report.add(f"CPU of a {name}", f"{one.cpu * 1000:.2f} ms = {ratio:.2f} x (b)", *most_of(ratio, most))
        if smallest.wal:
            ratio = one.bytes_of_wal / smallest.bytes_of_wal
            said = f"{one.bytes_of_wal:.0f} bytes = {ratio:.2f} x (b)"
            report.add(f"WAL of a {name}", said, *most_of(ratio, most and 2))
    for record in (record for record in stamp.wal if record.size >= LARGE):
        report.add(f"  {record.kind} {record.relation}", f"{record.count:.2f} x, {record.size:.0f} bytes")
    report.add("SQL statements of a stamp", str(statements), "<= 12", statements <= 12)
    middle, last = stamp.run.percentile(50), stamp.run.percentile(99)
    report.add("p50", f"{middle * 1000:.1f} ms")
    report.add("p99", f"{last * 1000:.1f} ms = {last / middle:.1f} x p50", "<= 4 x p50", last <= 4 * middle)
    errors = stamp.run.errors + purchase.run.errors
    report.add("errors", " ".join([str(len(errors)), *errors[:1]]), "0", not errors)
    return report


def most_of(ratio: float, most: float | None) -> tuple[str, bool | None]:
    """How much of (b) it may be, and whether it is no more."""
    return (f"<= {most} x (b)", ratio <= most) if most else ("", None)


def measured(
    server: site.Server,
    tills: list[Till],
    act: Callable[[Till, int], tuple[int, bytes]],
    cards: tuple[int, int],
    seconds: float,
) -> Measured:
    """Let the tills act for so many seconds, and then one of them alone."""
    cpu = server.cpu_seconds()
    run = hammer(tills, act, cards=cards, seconds=seconds)
    cpu = (server.cpu_seconds() - cpu) / max(1, len(run.latencies))
    return Measured(run, cpu, records(lambda card: act(tills[0], card), range(cards[0], cards[1] + 1)))
