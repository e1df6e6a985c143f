"""partitions: the ledger in one table, and the same lines in a table of one partition a month, beside each other.

Of each what is done most: writing a line, finding a card's newest one (the database's own chain asks for it at every
line), a card's history, a day's figures, and the sums of verify_ledger. Both have the same indexes, but for what a
partitioned table cannot hold: whatever is unique there is so within a month only (docs/decisions/0030).

`make bench-partitions`, or `python -m benchmarks partitions 1000000 19`: so many cards, so many lines each.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from benchmarks import data
from benchmarks.bench_verify import AGGREGATE
from benchmarks.report import Report

CARDS, LINES, DAYS = 200_000, 24, 720
ASKED, WRITTEN, TIMES = 2_000, 5_000, 3
WHOLE, PARTED = "loyalty_loyaltytransaction", "ledger_by_month"

NEWEST = "SELECT * FROM {table} WHERE card_id = %s ORDER BY id DESC LIMIT 1"
HISTORY = "SELECT * FROM {table} WHERE card_id = %s ORDER BY id DESC LIMIT 25"
DAY = """SELECT store_id, transaction_type, COUNT(*), SUM(stamps_delta), SUM(points_delta) FROM {table}
    WHERE merchant_id = %s AND created_at >= now() - interval '30 hours' AND created_at < now() - interval '6 hours'
    GROUP BY store_id, transaction_type"""
MONTHS = """SELECT month::date, (month + interval '1 month')::date FROM generate_series(
    (SELECT date_trunc('month', MIN(created_at)) FROM loyalty_loyaltytransaction), now(), interval '1 month'
) AS month"""
INDEXES = """SELECT pg_get_indexdef(indexrelid), indisunique FROM pg_index
    WHERE indrelid = 'loyalty_loyaltytransaction'::regclass"""


def run(cards: int = CARDS, lines: int = LINES) -> Report:
    """Measure with so many cards and lines."""
    report = Report("partitions")
    shop = data.shop()
    first, last = data.cards(shop, cards, over_days=DAYS, lines=lines)
    with connection.cursor() as cursor, data.unguarded(cursor):
        months, unique = _part(cursor)
        cursor.execute(f"SELECT COUNT(*), pg_table_size('{WHOLE}') + pg_indexes_size('{WHOLE}') FROM {WHOLE}")
        count, size = cursor.fetchone()
        report.add("lines, with indexes", f"{count:,}, {size / 2**30:.1f} GB, {months} months")
        report.add("unique among all lines, within a month only", str(unique))
        asked = [first + (last - first) * number // ASKED for number in range(ASKED)]
        _compare(report, "a line written", lambda table: _write(cursor, table))
        _compare(report, "a card's newest line", lambda table: _ask(cursor, table, NEWEST, asked))
        _compare(report, "a card's history", lambda table: _ask(cursor, table, HISTORY, asked))
        _compare(report, "a day's figures", lambda table: _ask(cursor, table, DAY, [shop.merchant.pk] * 3))
        sums = AGGREGATE.replace("%", "%%")
        _compare(
            report, "verify's sums", lambda table: _ask(cursor, table, sums.replace(WHOLE, "{table}"), [None])
        )
    return report


def _part(cursor: Any) -> tuple[int, int]:
    """Copy the ledger into partitions, with its indexes; how many months, and how many unique indexes it lost."""
    cursor.execute(f"CREATE TABLE {PARTED} (LIKE {WHOLE} INCLUDING DEFAULTS) PARTITION BY RANGE (created_at)")
    cursor.execute(MONTHS)
    months = cursor.fetchall()
    for number, (begin, end) in enumerate(months):
        cursor.execute(
            f"CREATE TABLE {PARTED}_{number} PARTITION OF {PARTED} FOR VALUES FROM ('{begin}') TO ('{end}')"
        )
    cursor.execute(f"INSERT INTO {PARTED} SELECT * FROM {WHOLE}")
    cursor.execute(INDEXES)
    definitions = cursor.fetchall()
    for number, (definition, is_unique) in enumerate(definitions):
        on = definition.split(" USING ", 1)[1]
        of_a_month = on.replace(")", ", created_at)", 1) if is_unique else on
        kind = "UNIQUE INDEX" if is_unique else "INDEX"
        cursor.execute(f"CREATE {kind} {PARTED}_index_{number} ON {PARTED} USING {of_a_month}")
    cursor.execute(f"VACUUM ANALYZE {WHOLE}")
    cursor.execute(f"VACUUM ANALYZE {PARTED}")
    return len(months), sum(is_unique for _definition, is_unique in definitions)


def _compare(report: Report, title: str, seconds: Callable[[str], float]) -> None:
    """The better of some times each, in turn, so that a busy machine troubles both alike."""
    taken = [(seconds(WHOLE), seconds(PARTED)) for _time in range(TIMES)]
    whole, parted = (min(each) for each in zip(*taken, strict=True))
    report.add(f"{title}, in one table", f"{whole * 1000:,.3f} ms")
    report.add(f"{title}, in partitions", f"{parted * 1000:,.3f} ms = {parted / whole:.2f} x")


def _ask(cursor: Any, table: str, sql: str, asked: Iterable[Any]) -> float:
    """Seconds for one answer."""
    statement, count, started = sql.format(table=table), 0, time.perf_counter()
    for about in asked:
        cursor.execute(statement, None if about is None else [about])
        cursor.fetchall()
        count += 1
    return (time.perf_counter() - started) / count


def _write(cursor: Any, table: str) -> float:
    """Seconds for one line, each in a transaction of its own."""
    cursor.execute(f"SELECT * FROM {WHOLE} ORDER BY id DESC LIMIT 1")
    names = [column.name for column in cursor.description]
    line = dict(zip(names, cursor.fetchone(), strict=True))
    columns, places = ", ".join(names), ", ".join(f"%({name})s" for name in names)
    statement = f"INSERT INTO {table} ({columns}) VALUES ({places})"
    started = time.perf_counter()
    for number in range(WRITTEN):
        cursor.execute(statement, line | {"id": line["id"] + number + 1})
    return (time.perf_counter() - started) / WRITTEN
