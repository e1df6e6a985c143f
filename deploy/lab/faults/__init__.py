"""What happens to the lab, each by its name: a fault, how long it lasts, and what must be true meanwhile.

A fault takes the day (`chaos.Day`), does its harm, mends it, and returns what it has seen in words. What must hold is
held by `day.must`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from deploy.lab.faults import database, neighbours, processes

if TYPE_CHECKING:
    from deploy.lab.chaos import Day

Fault = Callable[["Day"], str]
FAULTS: dict[str, Fault] = {
    "primary-lost": database.primary_lost,
    "replica-lost": database.replica_lost,
    "nobody-in-step": database.nobody_in_step,
    "etcd-minority-lost": neighbours.etcd_minority_lost,
    "pgbouncer-restarted": neighbours.pgbouncer_restarted,
    "redis-lost": neighbours.redis_lost,
    "table-locked": database.table_locked,
    "database-silent": database.silent,
    "card-held": database.card_held,
    "web-renewed": processes.web_renewed,
    "mail-hangs": neighbours.mail_hangs,
    "clock-lost": processes.clock_lost,
}
SHORT = ("primary-lost", "pgbouncer-restarted", "table-locked", "card-held")
