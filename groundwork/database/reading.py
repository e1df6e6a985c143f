"""Reading from a replica, where there is one that keeps up.

    with reading.afar():
        rows = list(Card.objects.filter(...))   # from the replica, or as ever

What nobody declared is read from the primary; so are apps that settings.READ_AFAR does not name (who may sign in, and
do what), and everything within a transaction of the primary, whose own writes it must see. A replica that is away, or
further behind than settings.REPLICA_LAG_SECONDS, is asked again a little later, and until then nobody reads from it.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.db.models import Model

from groundwork.database import waits

logger = logging.getLogger(__name__)

REPLICA = "replica"
LOOK_AGAIN = 2.0  # seconds for which an answer stands
SILENCE = 1.0  # seconds that a replica may take to say how it is
# How far it is behind; nothing where it hears of no primary, as it cannot know then.
LAG = """SELECT CASE
    WHEN NOT pg_is_in_recovery() THEN 0
    WHEN NOT EXISTS (SELECT FROM pg_stat_wal_receiver) THEN NULL
    WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
    ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END"""

HAS = "SELECT pg_last_xact_replay_timestamp() >= %s"

_afar: ContextVar[bool] = ContextVar("reads from a replica", default=False)
_at_home: ContextVar[bool] = ContextVar("reads from the primary, whatever is wished", default=False)


class _Known:
    at = -LOOK_AGAIN
    lag: float | None = None


@contextmanager
def afar(*, since: datetime | None = None) -> Iterator[None]:
    """Let what is read in the block come from a replica, as it was a few seconds ago at worst.

    Args:
        since: only from one that has all that was committed by then.
    """
    before = _afar.set(since is None or (is_configured() and _has(since)))
    try:
        yield
    finally:
        _afar.reset(before)


@contextmanager
def at_home() -> Iterator[None]:
    """Let everything in the block be read from the primary, as for somebody who has just written."""
    before = _at_home.set(True)
    try:
        yield
    finally:
        _at_home.reset(before)


@contextmanager
def one_moment(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """A transaction that only reads, and all of it as it is now, whatever is written meanwhile.

    Within another transaction that is the caller's matter.
    """
    connection = connections[using]
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(using=using):
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def is_configured() -> bool:
    """Whether there is a replica to read from."""
    return REPLICA in connections.settings


def alias() -> str:
    """The connection to read by now: for SQL of one's own, which no router sees."""
    if not _afar.get() or _at_home.get() or not is_configured():
        return DEFAULT_DB_ALIAS
    if connections[DEFAULT_DB_ALIAS].in_atomic_block:
        return DEFAULT_DB_ALIAS
    lag = known_lag()
    return REPLICA if lag is not None and lag <= settings.REPLICA_LAG_SECONDS else DEFAULT_DB_ALIAS


def known_lag() -> float | None:
    """How many seconds the replica was behind, a moment ago; None where it is away or hears of no primary."""
    if monotonic() - _Known.at >= LOOK_AGAIN:
        _Known.lag, _Known.at = _asked(), monotonic()
    return _Known.lag


def _asked() -> float | None:
    lag = _answer(LAG)
    return None if lag is None else float(lag)


def _has(since: datetime) -> bool:
    return bool(_answer(HAS, since))


def _answer(question: str, *parameters: datetime) -> Any:
    """What the replica says; None where it says nothing."""
    try:
        with waits.silence_of(SILENCE), connections[REPLICA].cursor() as cursor:
            cursor.execute(question, parameters)
            return cursor.fetchone()[0]
    except DatabaseError as error:
        logger.warning("the replica does not answer", extra={"error": type(error).__name__})
        return None


class Router:
    """Sends reading of the block `afar` to the replica, and everything else to the primary."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return alias() if model._meta.app_label in settings.READ_AFAR else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        """One and the same database, in two places."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS
