"""Django's PostgreSQL with bounded waits: connections by the kind of the process, transactions by that of the work."""

from typing import Any

import psycopg
from django.db import OperationalError
from django.db.backends.postgresql import base
from django.db.backends.utils import debug_transaction
from psycopg.errors import _WaitTimeout
from psycopg.pq import TransactionStatus

from groundwork.database import waits

PROBE_SECONDS = 2.0


SILENT = "the database is silent"


def _bounded(connection: Any) -> Any:
    """Its `wait`, within bounds; the connection ends with them, as nobody knows what still comes over it."""

    def wait(generator: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return psycopg.Connection.wait(connection, generator, interval, timeout or waits.silence())
        except _WaitTimeout:
            connection.was_silent = True
            connection.close()
            raise psycopg.OperationalError(SILENT) from None

    return wait


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's, with the bounds of `groundwork.database.waits`."""

    def get_connection_params(self) -> dict[str, Any]:
        """Bounds for what runs outside of transactions. PgBouncer drops them: there the role has them."""
        params = super().get_connection_params()
        bounds = " ".join(f"-c {name}={milliseconds:d}" for name, milliseconds in waits.of_process().items())
        params["options"] = f"{params.get('options', '')} {bounds}".strip()
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection whose server is not waited for without end, though it neither answers nor is away."""
        connection = super().get_new_connection(conn_params)
        connection.wait = _bounded(connection)
        return connection

    def is_usable(self) -> bool:
        """Whether the connection that was kept still lives. Raises OperationalError where its server is silent.

        Another connection to that would only be waited for anew.
        """
        if self.connection is not None:
            self.connection.was_silent = False  # before: that is over
        with waits.silence_of(PROBE_SECONDS):
            usable = super().is_usable()
        if not usable and getattr(self.connection, "was_silent", False):
            self.close()
            raise OperationalError(SILENT)
        return usable

    def _set_autocommit(self, autocommit: bool) -> None:
        """Begin a transaction ourselves, its bounds in the same message; psycopg's own BEGIN takes nothing along."""
        if autocommit:
            return super()._set_autocommit(True)
        bounds = (f"SET LOCAL {name} = {milliseconds:d}" for name, milliseconds in waits.of_work().items())
        with self.wrap_database_errors:
            self.connection.execute("; ".join(["BEGIN", *bounds]))

    def _commit(self) -> None:
        """Commit without the bound of a statement, whose end PostgreSQL would call a commit.

        One that waits for a replica and is cancelled is kept on this machine alone, and told to have gone well. Ours
        is not: `waits.silence` ends it here, and whoever asks again waits behind its locks until a replica has it.
        """
        if self.connection is None:
            return
        is_whole = self.connection.info.transaction_status == TransactionStatus.INTRANS
        with debug_transaction(self, "COMMIT"), self.wrap_database_errors:
            if is_whole:
                self.connection.execute("SET LOCAL statement_timeout = 0; COMMIT")
            else:
                self.connection.commit()

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor of the server's is one only within a transaction, and ends with it.

        Outside of any it would belong to the session, which a pooler may give to somebody else: all rows come at once.
        """
        if self.get_autocommit():
            name = None
        cursor = super().create_cursor(name)
        if name:
            cursor._withhold = False
        return cursor
