"""Messages that were delivered, kept for a week in a table of one partition a day: an old day is dropped, not deleted.

`keep` moves messages there in the transaction that settles them. Days are made ahead by the nightly cleaning; what is
settled on a day that nobody has made lies in the rest, and is deleted from there when its week is over.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from django.db import IntegrityError, OperationalError, connection, transaction

from groundwork.messaging.models import AbstractOutboxMessage
from groundwork.queue import clock

logger = logging.getLogger(__name__)

KEPT = timedelta(days=7)
DAYS_AHEAD = 7
# Whoever settles just then waits so long at most; what could not be done is done the next night.
WAITS = "SET LOCAL lock_timeout = '2s'"
DAYS = (
    "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = %s::regclass"
)
OWNER = "SELECT quote_ident(pg_get_userbyid(relowner)) FROM pg_class WHERE oid = %s::regclass"
NAMED = re.compile(r"_day_(\d{8})$")


def keep(messages: Sequence[AbstractOutboxMessage]) -> int:
    """Move messages out of the queue; returns of how many, which is fewer where somebody has done so before."""
    waiting, kept = type(messages[0]), type(messages[0]).kept_in()
    compiler = kept._base_manager.all().query.get_compiler(connection=connection)
    now, parameters = compiler.compile(clock.now())
    columns = ", ".join(field.column for field in kept._meta.concrete_fields if field.name != "settled_at")
    sql = f"""WITH gone AS (DELETE FROM {waiting._meta.db_table} WHERE id = ANY(%s) RETURNING *)
        INSERT INTO {kept._meta.db_table} ({columns}, settled_at) SELECT {columns}, {now} FROM gone"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [[message.pk for message in messages], *parameters])
        return cursor.rowcount


def make_days(table: str, today: date) -> int:
    """Make the partitions of today and of a week ahead, as far as they are missing; returns how many."""
    there = set(_days(table))
    missing = [day for day in (today + timedelta(days=n) for n in range(DAYS_AHEAD + 1)) if day not in there]
    return sum(_make_day(table, day) for day in missing)


def drop_days(table: str, now: datetime) -> int:
    """Drop each day of which all is older than a week; returns how many."""
    old = [day for day in _days(table) if _begin(day) + timedelta(days=1) <= now - KEPT]
    return sum(_change(f"DROP TABLE {_part(table, day)}") for day in old)


def _days(table: str) -> Iterator[date]:
    with connection.cursor() as cursor:
        cursor.execute(DAYS, [table])
        for (name,) in cursor.fetchall():
            if found := NAMED.search(name):
                yield datetime.strptime(found[1], "%Y%m%d").date()


def _make_day(table: str, day: date) -> bool:
    """A day whose messages lie in the rest already is left there."""
    begin, end = _begin(day), _begin(day) + timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(OWNER, [table])
        (owner,) = cursor.fetchone()
    part = _part(table, day)
    return _change(
        f"CREATE TABLE {part} PARTITION OF {table} FOR VALUES FROM ('{begin}') TO ('{end}')",
        f"ALTER TABLE {part} OWNER TO {owner}",
    )


def _change(*statements: str) -> bool:
    """Change the table's partitions, all of it or nothing; says whether it was done."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in (WAITS, *statements):
                cursor.execute(statement)
    except (OperationalError, IntegrityError):
        logger.warning("partitions of settled messages were left as they are", exc_info=True)
        return False
    return True


def _part(table: str, day: date) -> str:
    return f"{table}_day_{day:%Y%m%d}"


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
