"""Rules that the database itself holds by triggers.

A rule is installed idempotently after every migration. Each app lists its own in `<app>/triggers.py` as RULES.

A broken rule raises `django.db.IntegrityError` with the rule's sentence.
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
    """A trigger: `when` it fires on `table`, and what it does, in PL/pgSQL; `refuse_when` writes the usual ones.

    `only_if` is a condition on OLD and NEW without which nothing is done; `each` is ROW or STATEMENT. `at_commit` puts
    it off until the transaction ends: what must be true of several rows together may be untrue while they are written.
    """

    name: str
    table: str
    when: str
    body: str
    only_if: str = "true"
    each: str = "ROW"
    at_commit: bool = False

    def install(self, connection: Any) -> None:
        """Create or replace the trigger on this connection's database."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $body$\n"
                f"BEGIN\n{self.body}\nRETURN NEW;\nEND $body$"
            )
            cursor.execute(self._trigger())

    def _trigger(self) -> str:
        does = f"FOR EACH {self.each} WHEN ({self.only_if}) EXECUTE FUNCTION {self.name}()"
        if not self.at_commit:
            return f"CREATE OR REPLACE TRIGGER {self.name} {self.when} ON {self.table} {does}"
        # It knows no OR REPLACE, and a table that has changed in this transaction lets none be dropped.
        return (
            f"DO $do$ BEGIN CREATE CONSTRAINT TRIGGER {self.name} {self.when} ON {self.table} "
            f"DEFERRABLE INITIALLY DEFERRED {does}; EXCEPTION WHEN duplicate_object THEN NULL; END $do$"
        )


def refuse_when(condition: str, sentence: str) -> str:
    """PL/pgSQL that refuses a row with a sentence when the condition is true."""
    return f"IF {condition} THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{sentence}'; END IF;"


def same_merchant(table: str, parents: Mapping[str, str]) -> list[Rule]:
    """A row and all it points to belong to one merchant. `parents` is column -> table."""
    refusals = []
    for column, parent in parents.items():
        sentence = f"{column}: belongs to another merchant"
        other = f"(SELECT merchant_id FROM {parent} WHERE id = NEW.{column})"
        refusals.append(
            f"IF NEW.{column} IS NOT NULL THEN "
            + refuse_when(f"{other} IS DISTINCT FROM NEW.merchant_id", sentence)
            + " END IF;"
        )
    # A list of columns, so that an update of a balance or a time does not pay for it.
    columns = ", ".join(["merchant_id", *parents])
    insert, update = f"{table}_of_one_merchant", f"BEFORE UPDATE OF {columns}"
    return [
        Rule(insert, table, "BEFORE INSERT", "\n".join(refusals)),
        Rule(f"{insert}_still", table, update, "\n".join(refusals)),
    ]


def merchant_is_for_ever(table: str) -> Rule:
    """A row never moves to another merchant."""
    sentence = "A row never moves to another merchant"
    return Rule(
        f"{table}_keeps_its_merchant",
        table,
        "BEFORE UPDATE OF merchant_id",
        refuse_when("NEW.merchant_id IS DISTINCT FROM OLD.merchant_id", sentence),
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


def install(sender: AppConfig, using: str = "default", **kwargs: Any) -> None:
    """Install an app's rules; connected to `post_migrate`, and skips tables that are not there yet."""
    connection = connections[using]
    rules = list(rules_of(sender))
    if rules:
        tables = set(connection.introspection.table_names())
        for rule in rules:
            if rule.table in tables:
                rule.install(connection)
