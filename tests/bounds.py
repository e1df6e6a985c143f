"""How long PostgreSQL lets this connection wait."""

from django.db import connection

NAMES = ["lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"]


def bounds_now() -> dict[str, int]:
    """What PostgreSQL itself goes by, in milliseconds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting::int FROM pg_settings WHERE name IN (%s, %s, %s)", [*NAMES])
        return dict(cursor.fetchall())
