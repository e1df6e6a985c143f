"""The one clock of all queues: the database's.

A worker whose own clock is ahead would take what another one is at, and one whose clock is behind would leave what is
due; so no time of the process is ever compared with one that stands in a queue.
"""

from django.db.models.expressions import Combinable
from django.db.models.functions import Now


def now() -> Combinable:
    """The database's time when a statement begins, to compare with and to reckon from.

    It is not the transaction's beginning, which may be long past in a relay or an import; nor the time of each row
    (`clock_timestamp()`), for which no index can be used. Tests that travel put a value in its place.
    """
    return Now()
