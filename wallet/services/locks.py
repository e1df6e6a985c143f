"""Locking rows before many of them are changed at once."""

from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def in_order(rows: QuerySet[Row]) -> QuerySet[Row]:
    """The same rows, locked until the transaction ends, one after the other in the order of their ids.

    A bare UPDATE of many rows locks them as it comes upon them, and two of them could wait for each other. Call
    inside of a transaction.
    """
    locked = rows.order_by("pk").select_for_update(no_key=True, of=("self",))
    return rows.model._base_manager.filter(pk__in=list(locked.values_list("pk", flat=True)))
