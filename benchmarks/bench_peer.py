"""peer: the till's stamp beside a small, fair service of another make: FastAPI and SQLAlchemy (benchmarks/peers).

Same checks, same database, same client, as many processes. It is a comparison and no target.
"""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, text

from benchmarks import data, site
from benchmarks.bench_till import CARDS, CLIENTS, SECONDS, Measured, measured
from benchmarks.peers import service, tables
from benchmarks.report import Report
from benchmarks.till_client import Till, hammer
from loyalty_site.servers import supervise

STORE = 1


class PeerTill(Till):
    """A terminal of the peer, signed in with a PIN typed."""

    def __init__(self, port: int, session: str, token: str) -> None:
        self.port, self.token, self.cookies = port, token, {"session": session}

    def stamp(self, card_id: int) -> tuple[int, bytes]:
        """Stamp a card, with a fresh idempotency key."""
        headers = {"X-Staff-Token": self.token, "Idempotency-Key": secrets.token_hex(16)}
        return self._call("POST", f"/stores/{STORE}/cards/{card_id}/stamps/", "{}", headers)


def run(seconds: int = SECONDS) -> Report:
    """Measure ours and the peer's for so many seconds each."""
    ours, theirs = _ours(seconds), _theirs(seconds)
    report = Report("peer")
    for name, one in (("ours", ours), ("FastAPI and SQLAlchemy", theirs)):
        words = f"{one.run.per_second:.0f} a second, {one.cpu * 1000:.2f} ms CPU, {one.wal:.0f} bytes of WAL"
        report.add(f"stamps, {name}", words)
        report.add(
            f"errors, {name}",
            " ".join([str(len(one.run.errors)), *one.run.errors[:1]]),
            "0",
            not one.run.errors,
        )
    report.add("CPU of ours", f"{ours.cpu / theirs.cpu:.2f} x the peer's")
    return report


def _ours(seconds: float) -> Measured:
    shop = data.shop()
    cards = data.cards(shop, CARDS)
    with site.web() as server:
        return _measured(server, [Till(server.port, shop) for _ in range(CLIENTS)], cards, seconds)


def _theirs(seconds: float) -> Measured:
    session, token = secrets.token_hex(32), secrets.token_hex(32)
    _fill(session, token)
    with _peer() as server:
        tills: list[Till] = [PeerTill(server.port, session, token) for _ in range(CLIENTS)]
        return _measured(server, tills, (1, CARDS), seconds)


def _measured(server: site.Server, tills: list[Till], cards: tuple[int, int], seconds: float) -> Measured:
    def stamp(till: Till, card_id: int) -> tuple[int, bytes]:
        return till.stamp(card_id)

    hammer(tills, stamp, cards=cards, seconds=2)  # warm
    return measured(server, tills, stamp, cards, seconds)


def _fill(session: str, token: str) -> None:
    with service.engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {tables.SCHEMA}"))
        tables.Table.metadata.create_all(connection)
        for table, row in _people(session, token, datetime.now(UTC) + timedelta(hours=1)):
            connection.execute(insert(table).values(**row))
        card = {"merchant_id": 1, "program_id": 1, "stamp_count": 0, "total_stamps_earned": 0}
        rows = [
            card | {"id": number, "customer_name": f"Customer {number}"} for number in range(1, CARDS + 1)
        ]
        connection.execute(insert(tables.Card), rows)
    service.engine.dispose()


def _people(session: str, token: str, ends_at: datetime) -> list[tuple[type[tables.Table], dict[str, Any]]]:
    limits = {"stamps_target": 10, "cooldown_minutes": 0, "max_daily_stamps": 10**6}
    return [
        (tables.Store, {"id": STORE, "merchant_id": 1, "timezone": "Europe/Luxembourg", "is_active": True}),
        (tables.User, {"id": 1, "email": "staff@example.com", "is_active": True}),
        (tables.Member, {"user_id": 1, "merchant_id": 1, "role": "staff"}),
        (tables.Session, {"digest": service.digest(session), "user_id": 1, "ends_at": ends_at}),
        (tables.StaffPin, {"id": 1, "store_id": STORE, "name": "Marc", "is_active": True}),
        (tables.StaffToken, {"digest": service.digest(token), "pin_id": 1, "ends_at": ends_at}),
        (tables.Program, {"id": 1, "merchant_id": 1, **limits}),
    ]


@contextmanager
def _peer(workers: int = 2) -> Iterator[site.Server]:
    port = supervise.free_port()
    command = [sys.executable, "-m", "uvicorn", f"{service.__name__}:app", "--port", str(port)]
    command += ["--workers", str(workers), "--log-level", "error", "--no-access-log"]
    with site.running(command, port, os.environ) as server:
        yield server
