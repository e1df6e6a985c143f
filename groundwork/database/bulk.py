"""Thousands of rows at once, at what the database itself needs for them."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from django.db import connection, models

ROWS_AT_ONCE = 1_000


def update(rows: Sequence[models.Model], *names: str) -> None:
    """Write these fields of all rows, which are of one model and there already.

    Django's `bulk_update` composes a CASE of as many branches as there are rows, for each column: in an import of
    opening balances that was most of the time.
    """
    if not rows:
        return
    meta = rows[0]._meta
    fields: list[Any] = [meta.pk, *(meta.get_field(name) for name in names)]
    most = connection.features.max_query_params
    at_once = min(ROWS_AT_ONCE, most // len(fields)) if most else ROWS_AT_ONCE
    left = iter(rows)
    with connection.cursor() as cursor:
        while some := list(islice(left, at_once)):
            values = [
                field.get_db_prep_save(getattr(row, field.attname), connection)
                for row in some
                for field in fields
            ]
            cursor.execute(_statement(meta.db_table, fields, len(some)), values)


def _statement(table: str, fields: Sequence[Any], count: int) -> str:
    quoted = connection.ops.quote_name
    columns = [quoted(field.column) for field in fields]
    line = f"({', '.join(['%s'] * len(fields))})"
    # A column of which all values are NULL has no type of its own.
    types = [f"::{field.cast_db_type(connection)}" for field in fields]
    changes = [f"{column} = given.{column}{kind}" for column, kind in zip(columns, types, strict=True)]
    return (
        f"WITH given ({', '.join(columns)}) AS (VALUES {', '.join([line] * count)}) "
        f"UPDATE {quoted(table)} SET {', '.join(changes[1:])} FROM given "
        f"WHERE {quoted(table)}.{columns[0]} = given.{columns[0]}"
    )


def present(model: type[models.Model], name: str, values: Sequence[str]) -> set[str]:
    """Which of some thousand texts stand in a unique column, whoever's rows they are in.

    Asked for equality, PostgreSQL now and then takes a column's trigrams for the better index, and needs ten seconds
    for a thousand card numbers; for a range it cannot.
    """
    quoted = connection.ops.quote_name
    field: Any = model._meta.get_field(name)
    table, column = quoted(model._meta.db_table), quoted(field.column)
    placeholders = ", ".join(["(%s)"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH wanted (value) AS (VALUES {placeholders}) SELECT value FROM wanted "
            f"WHERE EXISTS (SELECT 1 FROM {table} WHERE {table}.{column} BETWEEN wanted.value AND wanted.value)",
            list(values),
        )
        return {row[0] for row in cursor.fetchall()}


def tell_planner(*models_: type[models.Model]) -> None:
    """Let PostgreSQL count the rows that this transaction has added to some tables.

    It plans by what it counted last: a table that was empty then is read from end to end for each row of an import,
    by the triggers too, and nobody counts before the transaction is over.
    """
    names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models_)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE (SKIP_LOCKED) {names}")
