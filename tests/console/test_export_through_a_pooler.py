"""A long list becomes a file through PgBouncer in transaction mode, where a connection is another one each time."""

import csv
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client

from groundwork.console import export
from loyalty.models import LoyaltyCard
from tests import factories
from tests.console.world import list_address, sign_in

WAIT = 20  # seconds; only a broken test waits so long
INI = """[databases]
* = host={host} port={server} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
ignore_startup_parameters = options, extra_float_digits
default_pool_size = 2
"""


@contextmanager
def pooler(folder: Path) -> Iterator[int]:
    """PgBouncer in front of the tests' server, with two connections to it; yields its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = connection.settings_dict
    about = {"host": server["HOST"], "server": server["PORT"], "user": server["USER"], "port": port}
    file = folder / "pgbouncer.ini"
    file.write_text(INI.format(**about))
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    account = ["-u", "nobody"] if os.geteuid() == 0 else []
    with subprocess.Popen([str(program), "-q", *account, file]) as started:
        try:
            _wait_for(port)
            yield port
        finally:
            started.terminate()


def _wait_for(port: int) -> None:
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            continue
    raise AssertionError("PgBouncer does not listen")


@contextmanager
def by_way_of(port: int) -> Iterator[None]:
    """Django's connection goes through the pooler."""
    kept = connection.settings_dict["HOST"], connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict |= {"HOST": "127.0.0.1", "PORT": port}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["HOST"], connection.settings_dict["PORT"] = kept


def somebody_else(port: int) -> psycopg.Connection:
    """Another process at the same pooler, in a transaction: it has one of the two connections."""
    other = psycopg.connect(
        host="127.0.0.1",
        port=port,
        user=connection.settings_dict["USER"],
        dbname=connection.settings_dict["NAME"],
    )
    other.execute("SELECT 1")
    return other


def cursors_at_the_server() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_cursors WHERE name LIKE '_django_curs%%'")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_no_cursor_stays_at_the_server_outside_of_a_transaction() -> None:
    shop = factories.shop()
    for _ in range(3):
        factories.card(shop.store)
    with factories.inside(shop):
        rows = LoyaltyCard.objects.iterator(chunk_size=1)
        next(rows)
        assert cursors_at_the_server() == 0
        with transaction.atomic():
            some_at_a_time = LoyaltyCard.objects.iterator(chunk_size=1)
            next(some_at_a_time)
            assert cursors_at_the_server() == 1
        assert len(list(rows)) == 2
    assert cursors_at_the_server() == 0


@pytest.mark.django_db(transaction=True)
def test_a_list_is_exported_while_others_take_the_connections_in_turn(
    tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin"):
        pytest.skip("NOTHING WAS EXPORTED THROUGH A POOLER: pgbouncer is missing (apt-get install pgbouncer)")
    monkeypatch.setattr(export, "CHUNK", 1)
    shop = factories.shop()
    cards = [factories.card(shop.store) for _ in range(4)]
    sign_in(client, shop.owner)
    others: list[psycopg.Connection] = []
    cell = export.Exporting._cell

    def and_somebody_comes(self: export.Exporting, name: str, row: LoyaltyCard) -> object:
        if not others:
            assert cursors_at_the_server() == 1  # the rows come some at a time
            others.append(somebody_else(port))
        return cell(self, name, row)

    monkeypatch.setattr(export.Exporting, "_cell", and_somebody_comes)
    with pooler(tmp_path) as port, by_way_of(port):
        answer = client.get(list_address(LoyaltyCard) + "export/csv/")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        others[0].close()
    listed = {row["Card number"].replace("-", "") for row in csv.DictReader(text.splitlines())}
    assert listed == {card.card_number for card in cards}
