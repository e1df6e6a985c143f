"""Past all of Django: rows copied and changed by SQL, for tests of what the database itself holds."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction


@contextmanager
def database_refuses(words: str) -> Iterator[None]:
    """Run a block that the database refuses, saying these words; the test's transaction goes on."""
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        yield


@contextmanager
def rolled_back() -> Iterator[None]:
    """Run a block of which nothing stays: what it does would be refused at the commit."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def check_what_waits_for_the_commit() -> None:
    """What a commit would check, in a test that never commits."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def update(row: models.Model, changes: str) -> int:
    """UPDATE one row with a SET clause as it stands; returns how many rows it met."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {row._meta.db_table} SET {changes} WHERE id = %s", [row.pk])
        return cursor.rowcount


def delete(row: models.Model) -> int:
    """DELETE one row; returns how many rows it met."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {row._meta.db_table} WHERE id = %s", [row.pk])
        return cursor.rowcount


def insert_like(row: models.Model, **changes: Any) -> int:
    """INSERT a copy of a row with some columns changed; returns its id."""
    columns = [
        field.column for field in row._meta.concrete_fields if not (field.primary_key or field.generated)
    ]
    table, named = row._meta.db_table, [f'"{column}"' for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(named)} FROM {table} WHERE id = %s", [row.pk])
        values = dict(zip(columns, cursor.fetchone(), strict=True)) | changes
        ready = [json.dumps(value) if isinstance(value, dict) else value for value in values.values()]
        marks = ", ".join(["%s"] * len(columns))
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(named)}) VALUES ({marks}) RETURNING id",
            ready,
        )
        return cursor.fetchone()[0]


def triggers() -> set[str]:
    """The names of the triggers that the database has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        return {name for (name,) in cursor.fetchall()}


def drop_trigger(name: str, table: str) -> None:
    """Take a trigger away, as somebody with the database's keys could."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name} ON {table}")
