"""Django's PostgreSQL with bounded waits: connections by the kind of the process, transactions by that of the work."""

from typing import Any

from django.db.backends.postgresql import base

from groundwork.database import waits


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's, with the bounds of `groundwork.database.waits`."""

    def get_connection_params(self) -> dict[str, Any]:
        """Bounds for what runs outside of transactions. PgBouncer drops them: there the role has them."""
        params = super().get_connection_params()
        bounds = " ".join(f"-c {name}={milliseconds:d}" for name, milliseconds in waits.of_process().items())
        params["options"] = f"{params.get('options', '')} {bounds}".strip()
        return params

    def _set_autocommit(self, autocommit: bool) -> None:
        """Begin a transaction ourselves, its bounds in the same message; psycopg's own BEGIN takes nothing along."""
        if autocommit:
            return super()._set_autocommit(True)
        bounds = (f"SET LOCAL {name} = {milliseconds:d}" for name, milliseconds in waits.of_work().items())
        with self.wrap_database_errors:
            self.connection.execute("; ".join(["BEGIN", *bounds]))

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor of the server's within a transaction ends with it, as Django means it by psycopg's autocommit."""
        cursor = super().create_cursor(name)
        if name:
            cursor._withhold = self.get_autocommit()
        return cursor
