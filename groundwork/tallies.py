"""Tallies: how often something came out in which way, of all processes of the site together, for rates and alerts.

    tallies.count("e-mails", "sent")        when the transaction commits; at once outside of one
    tallies.write()                          after a request, and after a task

They are for graphs: what a process has counted and not yet written is lost with it. The ledger is for figures.
"""

import logging
import threading
from collections import Counter
from collections.abc import Mapping
from functools import partial
from time import monotonic
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, models, transaction

logger = logging.getLogger(__name__)

REST = 10.0  # seconds between two writings of a process


class _Counted:
    """What this process has counted and not written yet."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: Counter[tuple[str, str]] = Counter()
        self.written_at = -REST

    def add(self, counted: Mapping[tuple[str, str], int]) -> None:
        with self.lock:
            self.waiting.update(counted)

    def take(self) -> dict[tuple[str, str], int]:
        """All of it, unless there was a writing a moment ago."""
        with self.lock:
            if not self.waiting or monotonic() - self.written_at < REST:
                return {}
            self.written_at = monotonic()
            taken = dict(self.waiting)
            self.waiting.clear()
        return taken


_counted = _Counted()


def count(name: str, outcome: str, times: int = 1) -> None:
    """Count what came out in which way, where anybody asks for figures (METRICS_TOKEN)."""
    if settings.METRICS_TOKEN and times:
        transaction.on_commit(partial(_counted.add, {(name, outcome): times}), robust=True)


def write() -> None:
    """Add what this process has counted to the table, if it has not just done so. It never fails."""
    mine = _counted.take()
    if not mine:
        return
    try:
        _write(sorted(mine.items()))  # in one order, so that no two processes wait for each other in turn
    except DatabaseError as error:
        logger.warning("tallies not written", extra={"error": type(error).__name__})
        _counted.add(mine)


def _table() -> type[models.Model]:
    return apps.get_model(settings.TALLY_MODEL)


def _write(mine: list[tuple[tuple[str, str], int]]) -> None:
    table = connection.ops.quote_name(_table()._meta.db_table)
    rows = ", ".join(["(%s, %s, %s)"] * len(mine))
    values: list[Any] = [value for (name, outcome), times in mine for value in (name, outcome, times)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS kept (name, outcome, times) VALUES {rows} "
            "ON CONFLICT (name, outcome) DO UPDATE SET times = kept.times + excluded.times",
            values,
        )


def known() -> dict[tuple[str, str], int]:
    """All that was ever counted and written: how often, by name and outcome."""
    rows = _table()._base_manager.order_by("name", "outcome").values_list("name", "outcome", "times")
    return {(name, outcome): times for name, outcome, times in rows}
