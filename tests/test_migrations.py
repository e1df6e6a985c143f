"""A migration after 1.0.0 can be run while tills stamp, and taken back: the rules of CONTRIBUTING, and bad ones."""

from collections.abc import Iterator

import pytest
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    NotInTransactionMixin,
)
from django.db import connection, models
from django.db.migrations import Migration, RunPython, RunSQL, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django_migration_linter.sql_analyser.analyser import analyse_sql_statements
from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser

from tests.sources import LAYERS

LARGE = frozenset(
    {"loyaltycard", "loyaltytransaction", "purchase", "emaillog", "walletpass", "outboxmessage"}
)
ON_A_LARGE_TABLE = {
    operations.AddIndex: "an index is made while the table is held: AddIndexConcurrently",
    operations.RemoveIndex: "an index is dropped while the table is held: RemoveIndexConcurrently",
    operations.AddConstraint: "a constraint looks at every row while the table is held: AddConstraintNotValid",
}
WAYS = (operations.RenameField, operations.RenameModel, operations.AlterModelTable)
# What a migration does in spite of a rule, and why it may: (app, name, fault).
ACCEPTED: dict[tuple[str, str, str], str] = {}

pytestmark = pytest.mark.django_db


def faults(migration: Migration, before: ProjectState) -> Iterator[str]:
    """What would hold up or break the processes of the release before; none if all is well."""
    for operation in migration.operations:
        yield from _of_operation(operation, migration)
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        migration.apply(before.clone(), editor, collect_sql=True)
    errors, _ignored, _warnings = analyse_sql_statements(
        PostgresqlAnalyser, _statements(editor.collected_sql)
    )
    yield from (issue.message for issue in errors)


def _of_operation(operation: Operation, migration: Migration) -> Iterator[str]:
    if not operation.reversible:
        yield "there is no way back"
    if isinstance(operation, WAYS):
        yield "something is renamed, and the old processes know the old name"
    if isinstance(operation, RunPython) or (isinstance(operation, RunSQL) and _writes(operation)):
        yield "rows are filled by a migration, and not by a command"
    table = str(getattr(operation, "model_name", "")).lower()
    if table in LARGE and type(operation) in ON_A_LARGE_TABLE:
        yield ON_A_LARGE_TABLE[type(operation)]
    if isinstance(operation, AddIndexConcurrently) and migration.atomic:
        yield "an index is made concurrently within a transaction"


def _writes(operation: RunSQL) -> bool:
    return any(word in str(operation.sql).upper() for word in ("UPDATE ", "INSERT ", "DELETE "))


def _statements(collected: list[str]) -> list[str]:
    return [sql for sql in collected if not sql.startswith("--")]


def after_the_first() -> list[tuple[str, str]]:
    """Every migration of ours that is not 1.0.0's."""
    loader = MigrationLoader(None)
    return sorted((app, name) for app, name in loader.disk_migrations if app in LAYERS and name[:4] != "0001")


def test_every_migration_after_the_first_can_be_run_under_a_till_and_taken_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Its statements are only collected here, within the test's transaction.
    monkeypatch.setattr(NotInTransactionMixin, "_ensure_not_in_transaction", lambda *args: None)
    loader = MigrationLoader(None)
    found = {
        (app, name, fault)
        for app, name in after_the_first()
        for fault in faults(
            loader.disk_migrations[app, name], loader.project_state([(app, name)], at_end=False)
        )
    }
    assert found - set(ACCEPTED) == set()
    assert set(ACCEPTED) - found == set(), "accepted, but not done"


# --- The rules themselves ---------------------------------------------------------------------------------


def of_loyalty(*steps: Operation, atomic: bool = True) -> list[str]:
    """The faults of a migration of loyalty with these operations, as 1.0.0 has it."""
    migration = Migration("0002_planted", "loyalty")
    migration.operations, migration.atomic = list(steps), atomic
    return list(faults(migration, MigrationLoader(None).project_state([("loyalty", "0001_initial")])))


def add(field: models.Field) -> operations.AddField:
    return operations.AddField("loyaltycard", "mood", field)


POINTS = models.CheckConstraint(condition=models.Q(stamp_count__lt=1_000), name="few_stamps")
INDEX = models.Index(fields=["stamp_count"], name="cards_by_stamps")
BAD: dict[str, tuple[Operation, list[str]]] = {
    "a column that old code does not fill": (
        add(models.CharField(max_length=9, default="")),
        ["NOT NULL constraint on columns"],
    ),
    "a column dropped": (operations.RemoveField("loyaltycard", "stamp_count"), ["DROPPING columns"]),
    "a table dropped": (operations.DeleteModel("CardCode"), ["DROPPING table"]),
    "a column renamed": (
        operations.RenameField("loyaltycard", "stamp_count", "stamps"),
        ["something is renamed, and the old processes know the old name", "RENAMING columns"],
    ),
    "a type changed": (
        operations.AlterField("loyaltycard", "stamp_count", models.BigIntegerField()),
        ["ALTERING columns (Could be backward compatible. You may ignore this migration.)"],
    ),
    "an index of a large table": (
        operations.AddIndex("loyaltycard", INDEX),
        [ON_A_LARGE_TABLE[operations.AddIndex]],
    ),
    "a constraint of a large table": (
        operations.AddConstraint("loyaltycard", POINTS),
        [ON_A_LARGE_TABLE[operations.AddConstraint]],
    ),
    "no way back": (RunSQL("ANALYZE"), ["there is no way back"]),
    "rows filled": (
        RunPython(RunPython.noop, RunPython.noop),
        ["rows are filled by a migration, and not by a command"],
    ),
    "rows filled in SQL": (
        RunSQL("UPDATE loyalty_loyaltycard SET stamp_count = 0", RunSQL.noop),
        ["rows are filled by a migration, and not by a command"],
    ),
    "an index within a transaction": (
        AddIndexConcurrently("loyaltycard", INDEX),
        ["an index is made concurrently within a transaction"],
    ),
}
GOOD: dict[str, Operation] = {
    "a column that may be empty": add(models.CharField(max_length=9, null=True)),
    "a column that the database fills": add(models.CharField(max_length=9, db_default="")),
    "a constraint that looks at new rows alone": AddConstraintNotValid("loyaltycard", POINTS),
    "a statement that is nothing to take back": RunSQL("ANALYZE", RunSQL.noop),
    "a table": operations.CreateModel("Mood", [("id", models.BigAutoField(primary_key=True))]),
    "an index of a small table": operations.AddIndex(
        "staffpin", models.Index(fields=["name"], name="pins_by_name")
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_migration_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    operation, expected = BAD[name]
    if isinstance(operation, AddIndexConcurrently):  # Django itself says so too, once it is run
        monkeypatch.setattr(AddIndexConcurrently, "database_forwards", lambda *args: None)
    assert of_loyalty(operation) == expected


@pytest.mark.parametrize("name", GOOD)
def test_a_good_one_passes(name: str) -> None:
    assert of_loyalty(GOOD[name]) == []


def test_an_index_is_made_beside_the_tills(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AddIndexConcurrently, "database_forwards", lambda *args: None)
    assert of_loyalty(AddIndexConcurrently("loyaltycard", INDEX), atomic=False) == []
