"""Whether somebody waits for a lock in this test's own database: other tests run on the same server at once."""

from django.db import connection

WAITS = """
    SELECT 1 FROM pg_locks AS waiting
    WHERE NOT waiting.granted AND EXISTS (
        SELECT 1 FROM pg_locks AS held JOIN pg_database ON pg_database.oid = held.database
        WHERE held.pid = waiting.pid AND pg_database.datname = current_database()
    )
"""  # a wait for a row is one for its transaction, which names no database; what its session holds does


def somebody_waits() -> bool:
    """Whether a session of this database waits for a lock at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(WAITS)
        return cursor.fetchone() is not None
