"""Rules that the database itself holds by triggers.

A rule is installed idempotently after every migration. Each app lists its own in `<app>/triggers.py` as RULES.

A broken rule raises `django.db.IntegrityError` with the rule's sentence.
"""

from collections.abc import Iterable, Iterator
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
