"""Rules that the database itself holds by triggers.

A rule is installed idempotently after every migration. Each app lists its own in `<app>/triggers.py` as RULES.

A broken rule raises `django.db.IntegrityError` with the rule's sentence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig
from django.db import connections


@dataclass(frozen=True)
class Rule:
    """A trigger: `when` it fires on `table`, and what it does, in PL/pgSQL; `refuse_when` writes the usual ones."""

    name: str
    table: str
    when: str
    body: str

    def install(self, connection: Any) -> None:
        """Create or replace the trigger on this connection's database."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $body$\n"
                f"BEGIN\n{self.body}\nRETURN NEW;\nEND $body$"
            )
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER {self.name} {self.when} ON {self.table} "
                f"FOR EACH ROW EXECUTE FUNCTION {self.name}()"
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
