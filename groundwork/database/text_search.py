"""A trigram index for "part of a name" searches: a migration operation.

It does nothing where the server comes without pg_trgm: searches are slower there, and find the same.
"""

from typing import Any

from django.db.migrations.operations.base import Operation

SAMPLES = 1_000  # of a column, to tell how common a part of a text is


class TrigramIndex(Operation):
    """Create a GIN trigram index on one text column (and the pg_trgm extension, which is a trusted one)."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, name: str, table: str, column: str) -> None:
        self.name, self.table, self.column = name, table, column

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The index is invisible to the models."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if self._extension_available(schema_editor.connection):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            schema_editor.execute(
                f"CREATE INDEX IF NOT EXISTS {self.name} ON {self.table} USING gin ({self.column} gin_trgm_ops)"
            )
            # Whether a text is in every tenth row or in every thousandth decides how it is best looked for.
            schema_editor.execute(f"ALTER TABLE {self.table} ALTER {self.column} SET STATISTICS {SAMPLES}")

    def _extension_available(self, connection: Any) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
            return cursor.fetchone() is not None

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(f"DROP INDEX IF EXISTS {self.name}")

    def describe(self) -> str:
        return f"Trigram index on {self.table}.{self.column}"
