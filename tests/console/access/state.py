"""What the database holds, as a fingerprint: a refusal leaves it as it was, whatever it answers."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, models, transaction

APPS = ("tenancy", "customers", "loyalty", "notifications", "wallet", "webhooks", "django_celery_beat")
# Who looked at what is written down beside; what they did to it is elsewhere.
BOOKS = frozenset({"tenancy_historyentry"})
State = dict[str, str]


def tables(without: frozenset[str] = frozenset()) -> list[str]:
    """The tables of every model of the project, and of the schedule."""
    found = {model._meta.db_table for label in APPS for model in apps.get_app_config(label).get_models()}
    return sorted(found - without)


def state(without: frozenset[str] = frozenset()) -> State:
    """A fingerprint of the rows of each table; the moment of the last sign-in does not count."""
    queries = [
        f"SELECT '{table}', md5(coalesce(string_agg({_row(table)}, E'\\n' ORDER BY {_row(table)}), ''))"
        f' FROM "{table}" t'
        for table in tables(without)
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(queries))
        return dict(cursor.fetchall())


def _row(table: str) -> str:
    return "(to_jsonb(t) - 'last_login')::text" if table == "tenancy_user" else "t::text"


def differences(before: State, after: State) -> list[str]:
    """The tables that are not as they were."""
    return [table for table in before if before[table] != after[table]]


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def values(row: models.Model) -> dict[str, object]:
    """A row as the database has it now, deleted or not; nothing if it is gone."""
    return next(iter(models.QuerySet(type(row)).filter(pk=row.pk).values()), {})
