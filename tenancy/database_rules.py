"""Rules that the database itself holds by triggers, on PostgreSQL and SQLite alike.

A rule is written once per dialect and installed idempotently after every migration. On SQLite Django rebuilds a
table to change it, which drops its triggers and fails where another table's trigger names it: there the rules step
aside before a migration. Each app lists its own in `<app>/triggers.py` as RULES.

A broken rule raises `django.db.IntegrityError` on both databases, with the rule's sentence.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig
from django.db import connections

EMPTYING = "loyalty.emptying"  # set on a connection that may empty what is never emptied


@dataclass(frozen=True)
class Rule:
    """A trigger: `when` it fires on `table`, and what it does in each dialect.

    `postgresql` is PL/pgSQL, `sqlite` are statements; `refuse_when` and `refuse_when_sqlite` write the usual ones.
    Without `sqlite` only PostgreSQL holds the rule. `only_if` is a condition on OLD and NEW without which nothing is
    done; `each` is ROW or STATEMENT. `at_commit` puts it off until the transaction ends: what must be true of several
    rows together may be untrue while they are written.
    """

    name: str
    table: str
    when: str
    postgresql: str
    sqlite: str = ""
    only_if: str = "true"
    each: str = "ROW"
    at_commit: bool = False

    def install(self, connection: Any) -> None:
        """Create or replace the trigger on this connection's database."""
        statements = self._postgresql() if connection.vendor == "postgresql" else self._sqlite()
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def _postgresql(self) -> list[str]:
        does = f"FOR EACH {self.each} WHEN ({self.only_if}) EXECUTE FUNCTION {self.name}()"
        trigger = f"CREATE OR REPLACE TRIGGER {self.name} {self.when} ON {self.table} {does}"
        if self.at_commit:
            # It knows no OR REPLACE, and a table that has changed in this transaction lets none be dropped.
            trigger = (
                f"DO $do$ BEGIN CREATE CONSTRAINT TRIGGER {self.name} {self.when} ON {self.table} "
                f"DEFERRABLE INITIALLY DEFERRED {does}; EXCEPTION WHEN duplicate_object THEN NULL; END $do$"
            )
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $body$\n"
            f"BEGIN\n{self.postgresql}\nRETURN NEW;\nEND $body$",
            trigger,
        ]

    def _sqlite(self) -> list[str]:
        if not self.sqlite:
            return []
        return [
            f"DROP TRIGGER IF EXISTS {self.name}",
            f"CREATE TRIGGER {self.name} {self.when} ON {self.table} FOR EACH ROW BEGIN\n{self.sqlite}\nEND",
        ]


def refuse_when(condition: str, sentence: str) -> str:
    """PL/pgSQL that refuses a row with a sentence when the condition is true."""
    return f"IF {condition} THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{sentence}'; END IF;"


def refuse_when_sqlite(condition: str, sentence: str) -> str:
    """The same for SQLite."""
    return f"SELECT RAISE(ABORT, '{sentence}') WHERE {condition};"


def same_merchant(table: str, parents: Mapping[str, str]) -> list[Rule]:
    """A row and all it points to belong to one merchant. `parents` is column -> table."""
    postgresql, sqlite = [], []
    for column, parent in parents.items():
        sentence = f"{column}: belongs to another merchant"
        other = f"(SELECT merchant_id FROM {parent} WHERE id = NEW.{column})"
        postgresql.append(
            f"IF NEW.{column} IS NOT NULL THEN "
            + refuse_when(f"{other} IS DISTINCT FROM NEW.merchant_id", sentence)
            + " END IF;"
        )
        sqlite.append(
            refuse_when_sqlite(f"NEW.{column} IS NOT NULL AND {other} IS NOT NEW.merchant_id", sentence)
        )
    # A list of columns, so that an update of a balance or a time does not pay for it.
    columns = ", ".join(["merchant_id", *parents])
    insert, update = f"{table}_of_one_merchant", f"BEFORE UPDATE OF {columns}"
    return [
        Rule(insert, table, "BEFORE INSERT", "\n".join(postgresql), "\n".join(sqlite)),
        Rule(f"{insert}_still", table, update, "\n".join(postgresql), "\n".join(sqlite)),
    ]


def merchant_is_for_ever(table: str) -> Rule:
    """A row never moves to another merchant."""
    sentence = "A row never moves to another merchant"
    return Rule(
        f"{table}_keeps_its_merchant",
        table,
        "BEFORE UPDATE OF merchant_id",
        refuse_when("NEW.merchant_id IS DISTINCT FROM OLD.merchant_id", sentence),
        refuse_when_sqlite("NEW.merchant_id IS NOT OLD.merchant_id", sentence),
    )


def never_emptied(table: str) -> Rule:
    """No TRUNCATE, which passes by what is done for each row; `manage.py flush`, which says what it does, may."""
    sentence = f"{table} is never emptied"
    return Rule(
        f"{table}_is_never_emptied",
        table,
        "BEFORE TRUNCATE",
        refuse_when(f"COALESCE(current_setting('{EMPTYING}', true), '') <> 'on'", sentence),
        each="STATEMENT",
    )


@contextmanager
def emptying(connection: Any) -> Iterator[None]:
    """Let this connection empty tables that are never emptied."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET {EMPTYING} = 'on'")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"RESET {EMPTYING}")


def rules_of(app: AppConfig) -> Iterable[Rule]:
    """The rules an app declares in its `triggers` module, in order."""
    name = f"{app.name}.triggers"
    return import_module(name).RULES if find_spec(name) else []


def step_aside(sender: AppConfig, using: str = "default", **kwargs: Any) -> None:
    """Take an app's triggers off a SQLite database before it is migrated; connected to `pre_migrate`."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for rule in rules_of(sender):
                cursor.execute(f"DROP TRIGGER IF EXISTS {rule.name}")


def install(sender: AppConfig, using: str = "default", **kwargs: Any) -> None:
    """Install an app's rules; connected to `post_migrate`, and skips tables that are not there yet."""
    connection = connections[using]
    rules = list(rules_of(sender))
    if rules:
        tables = set(connection.introspection.table_names())
        for rule in rules:
            if rule.table in tables:
                rule.install(connection)
