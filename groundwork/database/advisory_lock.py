"""Taking turns at long work, without a lock on any row: nobody else waits for it."""

from django.db import connection


def take(what: str, merchant_id: int) -> None:
    """Wait until no other transaction does the same work for this merchant; the turn ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{what}:{merchant_id}"])
