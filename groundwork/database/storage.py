"""How PostgreSQL lays a table out on disk, where that is not left to itself."""

from typing import Any

from django.db.migrations.operations.base import Operation


class RoomForUpdates(Operation):
    """Leave so many percent of each page of a table free when rows are added.

    A row that changes in no indexed column, and finds room in its page, is written without touching any index
    (PostgreSQL, "Heap-Only Tuples").
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str, *, percent: int) -> None:
        self.table, self.percent = table, percent

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The layout is invisible to the models."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(f"ALTER TABLE {self.table} SET (fillfactor = {100 - self.percent})")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(f"ALTER TABLE {self.table} RESET (fillfactor)")

    def describe(self) -> str:
        return f"{self.percent} % of each page of {self.table} left free for updates"
