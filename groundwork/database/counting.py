"""How many rows a query has, as far as somebody waits for it.

    found = counting.as_far_as(rows, most=10_001, seconds=0.03)
    found.rows, found.is_all

A query is gone through once, in steps that double, and not begun anew for each: what is dear is its beginning. It is
gone through from the newest row on, or in another order in which its list is read: where a page is found at once, the
counting begins at once too. In no order the database begins where it likes, and that is often with years in which
nothing is as it is asked for. The keys of the first rows are kept: with them the list's first page is known, and what
was searched for is not searched for again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, transaction
from django.db.models import QuerySet

FIRST_STEP = 101  # rows
NEWEST_FIRST = ("-pk",)


@dataclass(frozen=True)
class Counted:
    """How many rows were seen, whether there are no more, and the keys of the first hundred in their order."""

    rows: int
    is_all: bool
    first: Sequence[Any] = ()


def as_far_as(rows: QuerySet, *, most: int, seconds: float, order: Sequence[str] = NEWEST_FIRST) -> Counted:
    """Count rows until there are no more, or `most`, or the time is over.

    Args:
        seconds: that nothing is begun beyond: a step takes as long as all before it.
        order: in which they are gone through.
    """
    try:
        query, parameters = rows.order_by(*order).values("pk")[:most].query.sql_with_params()
    except EmptyResultSet:
        return Counted(0, is_all=True)
    # No savepoint: what fails here has nothing to take back.
    with transaction.atomic(using=rows.db, savepoint=False), connections[rows.db].cursor() as cursor:
        started, found, step = monotonic(), 0, min(FIRST_STEP, most)
        cursor.execute(f"DECLARE counted NO SCROLL CURSOR FOR {query}", parameters)
        while True:
            if found:
                cursor.execute(f"MOVE FORWARD {step:d} IN counted")
            else:
                cursor.execute(f"FETCH FORWARD {step:d} FROM counted")
                first = [key for (key,) in cursor.fetchall()]
            found += cursor.rowcount
            is_all = cursor.rowcount < step
            if is_all or found >= most or 2 * (monotonic() - started) > seconds:
                break
            step = min(found, most - found)
        cursor.execute("CLOSE counted")
    return Counted(found, is_all, first)
