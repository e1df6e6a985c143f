"""How far events have been made of rows, so that none is lost to a transaction that commits late.

Numbers are given to rows before they are seen: a lower one may turn up after a higher one. So rows are read again from
`settled_id` on, and it moves on only over numbers of which no transaction has any left. Those are told by PostgreSQL's
own count of transactions: whoever has a number has a transaction id already (a card is locked before its line is
written), so that all numbers up to the newest one belong to transactions before the next id to be given. Once all of
these have ended, the number is safe.
"""

from dataclasses import dataclass

from django.db import connection

from webhooks.models import Progress


@dataclass(frozen=True)
class Snapshot:
    """The oldest transaction that has not ended yet, and the next one to begin."""

    oldest: int
    next: int


def snapshot() -> Snapshot:
    """What PostgreSQL says of its transactions just now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(now.now)::text::bigint, pg_snapshot_xmax(now.now)::text::bigint "
            "FROM (SELECT pg_current_snapshot() AS now) AS now"
        )
        oldest, following = cursor.fetchone()
    return Snapshot(oldest, following)


def look(progress: Progress, *, newest_id: int, now: Snapshot) -> None:
    """Note what is safe by now; `newest_id` was read before the snapshot was taken, rows are read after it."""
    if progress.fence_xid is not None and now.oldest >= progress.fence_xid:
        progress.safe_id, progress.fence_xid = progress.fence_id, None
    # A database that came back from a dump counts its transactions from the beginning.
    is_foreign = progress.fence_xid is not None and progress.fence_xid > now.next
    if newest_id > progress.safe_id and (progress.fence_xid is None or is_foreign):
        progress.fence_id, progress.fence_xid = newest_id, now.next


def settle(progress: Progress, *, made_upto: int | None) -> None:
    """Events were made of all rows that were there, up to an id or (None) of all of them."""
    upto = progress.safe_id if made_upto is None else min(progress.safe_id, made_upto)
    progress.settled_id = max(progress.settled_id, upto)
    progress.save()
