"""What a call writes to PostgreSQL's log, record by record: which table or index, by what, and how many bytes.

Read with pg_walinspect, which comes with PostgreSQL from 15 on. Copies of whole pages after a checkpoint, which depend
on the time of day, are not counted, nor is what PostgreSQL notes of itself (statistics).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection

CALLS = 300
RECORDS = """
SELECT record_type, COALESCE(relation.relname, 'transaction'), count(*), sum(record_length - fpi_length)
FROM pg_get_wal_records_info(%s, %s) record
LEFT JOIN pg_class relation ON relation.relfilenode = substring(block_ref FROM 'rel \\d+/\\d+/(\\d+)')::oid
WHERE relation.relnamespace IS NULL OR relation.relnamespace = 'public'::regnamespace
GROUP BY 1, 2 ORDER BY 4 DESC"""


@dataclass(frozen=True)
class Record:
    """Records of one kind for one table or index, per call."""

    kind: str
    relation: str
    count: float
    size: float


def records(act: Callable[[int], Any], ids: range) -> list[Record]:
    """What each of CALLS calls of `act` wrote, the largest first; nothing where PostgreSQL cannot tell."""
    chosen = [ids[number * len(ids) // CALLS] for number in range(CALLS)]
    with connection.cursor() as cursor:
        try:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_walinspect")
        except DatabaseError:
            return []
        for each in chosen:  # what is new of a card or a page is written once
            act(each)
        began = _now(cursor)
        for each in chosen:
            act(each)
        ended = _now(cursor)
        cursor.execute("SELECT pg_switch_wal()")
        while not _is_flushed(cursor, ended):
            time.sleep(0.05)
        cursor.execute(RECORDS, [began, ended])
        return [Record(kind, name, count / CALLS, int(size) / CALLS) for kind, name, count, size in cursor]


def _now(cursor: Any) -> str:
    cursor.execute("SELECT pg_current_wal_insert_lsn()")
    return str(cursor.fetchone()[0])


def _is_flushed(cursor: Any, upto: str) -> bool:
    cursor.execute("SELECT pg_current_wal_flush_lsn() >= %s::pg_lsn", [upto])
    return bool(cursor.fetchone()[0])
