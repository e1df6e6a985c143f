"""Locks on long work, and not on any row: nobody else waits for it."""

from enum import StrEnum, unique

from django.db import connection


@unique
class Work(StrEnum):
    """Every kind of work that is locked. The value is the lock's key, so no other statement may ask for one."""

    IMPORT = "import"  # customers and cards from a file: `loyalty/imports/importing.py`
    FORM = "form"  # a row that is being saved from a form of the console: `groundwork/console/base.py`
    OWNERS = "owners"  # who decides that somebody is no owner any more: `tenancy/services.py`


def take(work: Work, what: int | str) -> None:
    """Wait until no other transaction does the same work for this merchant or row; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{work}:{what}"])
