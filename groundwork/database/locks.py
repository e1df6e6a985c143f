"""Locks on rows: one order in which all transactions take them, so that none waits for one that waits for it.

The order, from what many rows belong to down to what belongs to one of them:

    merchant, store -> program -> customer -> cards -> promotions -> lines of the ledger and receipts
    -> calendar and roll-ups -> wallet channel, update tag -> pass designs -> passes -> devices

Rows of one table are locked in the order of their ids, and a transaction that needs some of a table twice locks all of
them the first time. What waits in a queue is taken with SKIP LOCKED (`groundwork.queue`), so that nobody
ever waits for a worker: a taken row stands outside of the order. The outbox hands over each message in a transaction of
its own.
"""

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def in_id_order(rows: QuerySet) -> None:
    """Lock rows until the transaction ends, one after the other in the order of their ids.

    For before an UPDATE of many, which locks them as it comes upon them. No id is carried to memory, however many
    rows there are. Call inside of a transaction.
    """
    locked = rows.order_by("pk").select_for_update(no_key=True, of=("self",)).values("pk")
    try:
        query, parameters = locked.query.sql_with_params()
    except EmptyResultSet:  # among no ids at all there is nothing to lock
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({query}) locked", parameters)
