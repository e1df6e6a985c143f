"""Which ids no row will turn up below any more, although ids are given before their rows are seen.

A lower id may be committed after a higher one. So whoever reads rows from an id on goes on only over ids of which no
transaction has any left. Those are told by PostgreSQL's own count of transactions: whoever has an id has a transaction
id already (a card is locked before its line is written), so that all ids up to the newest one belong to transactions
before the next one that gets an id. Once all of these have ended, the id is safe.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, models, transaction


class Fenced(models.Model):
    """A row that remembers how far ids are safe.

    Up to `safe_id` no further row will turn up. Whether that holds up to `fence_id` is known once every transaction
    before `fence_xid` has ended.
    """

    safe_id = models.BigIntegerField(default=0)
    fence_id = models.BigIntegerField(default=0)
    fence_xid = models.BigIntegerField(null=True)

    class Meta:
        abstract = True


@dataclass(frozen=True)
class Snapshot:
    """The oldest transaction that has not ended yet, and the one after the newest that has."""

    oldest: int
    ended: int


def snapshot() -> Snapshot:
    """What PostgreSQL says of its transactions just now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(now.now)::text::bigint, pg_snapshot_xmax(now.now)::text::bigint "
            "FROM (SELECT pg_current_snapshot() AS now) AS now"
        )
        oldest, ended = cursor.fetchone()
    return Snapshot(oldest, ended)


@transaction.atomic
def next_transaction(row: Fenced) -> int:
    """An id that is higher than that of every transaction that has one by now.

    PostgreSQL tells only the newest that has ended, and transactions above it may be under way. So an id is taken:
    that of a savepoint, which gets one of its own as soon as it writes; this one's own may be an old one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {row._meta.db_table} SET fence_xid = fence_xid WHERE id = %s "
            "RETURNING xmin::text::bigint, pg_current_xact_id()::text::bigint",
            [row.pk],
        )
        short, own = cursor.fetchone()
    return own + (short - own) % 2**32  # a row tells the lower half of it


def look(
    row: Fenced, *, newest_id: int, now: Snapshot, following: Callable[[Fenced], int] = next_transaction
) -> None:
    """Note what is safe by now; `newest_id` was read before the snapshot was taken, rows are read after it."""
    if row.fence_xid is not None and now.oldest >= row.fence_xid:
        row.safe_id, row.fence_xid = row.fence_id, None
    # A database that came back from a dump counts its transactions from the beginning.
    is_foreign = row.fence_xid is not None and row.fence_xid > now.ended
    if newest_id > row.safe_id and (row.fence_xid is None or is_foreign):
        row.fence_id, row.fence_xid = newest_id, following(row)
