"""replica: what a replica for reading takes from the primary, in CPU of PostgreSQL for a page of the console's lists.

A real one, streamed from the primary. The same pages are asked of the same site, once without it and once with it.
"""

import http.client
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from benchmarks import data, site
from benchmarks.bench_relay import postgres_cpu_seconds
from benchmarks.report import Report
from customers.models import Customer
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty_site.servers import find, postgres, supervise
from tenancy import scope
from tenancy.models import StoreUser, User

CARDS, LINES, DAYS, STORES = 100_000, 4, 365, 10
ROUNDS = 20
PATIENCE, LOOK = 120.0, 0.1  # seconds
AT_MOST = 0.5
LISTS = (Customer, LoyaltyCard, LoyaltyTransaction)


def run(cards: int = CARDS) -> Report:
    """Measure with so many cards, and five lines for each."""
    report = Report("replica")
    shop = data.shop(stores=STORES)
    data.cards(shop, cards, over_days=DAYS, lines=LINES)
    session = _signed_in(shop)
    with replica() as address:
        alone, _nothing = _cpu_of_a_page(session, address)
        primary, afar = _cpu_of_a_page(session, address, DATABASE_REPLICA_URL=address)
    report.add("CPU of the primary for a page of a list", f"{alone * 1000:.1f} ms")
    value = f"{primary * 1000:.1f} ms = {primary / alone:.2f} x"
    report.add("with a replica", value, f"<= {AT_MOST} x", primary <= AT_MOST * alone)
    report.add("and of the replica", f"{afar * 1000:.1f} ms")
    return report


def _signed_in(shop: data.Shop) -> str:
    """The cookie of an owner's session."""
    with scope.merchant(shop.merchant):
        owner = User.objects.create_user("owner@benchmark.example", data.PASSWORD)
        StoreUser.objects.create(merchant=shop.merchant, store=shop.store, user=owner, role="owner")
        client = Client(headers={"host": "localhost"})
        client.force_login(owner, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())


@contextmanager
def replica() -> Iterator[str]:
    """The address of a server that hears of all that is committed at the primary, and has heard all up to now."""
    (programs, *_) = find.postgres_programs()
    with supervise.folder("replica") as home:
        account = supervise.unprivileged_account()
        if account:
            shutil.chown(home, account)
        programs = postgres.readable(programs, home, account)
        primary = connection.settings_dict
        at = ["-h", primary["HOST"], "-p", str(primary["PORT"]), "-U", primary["USER"]]
        copied = [
            str(programs / "pg_basebackup"),
            "-D",
            str(home / "data"),
            "-R",
            "-X",
            "stream",
            "--no-sync",
        ]
        supervise.run([*copied, "-c", "fast", *at], home, account)
        with postgres.running(programs, home, account, postgres.FAST, keep=False) as address:
            _wait_for_all(address)
            yield address


def _wait_for_all(address: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn()")
        (newest,) = cursor.fetchone()
    end = time.monotonic() + PATIENCE
    with psycopg.connect(address, autocommit=True) as asked:
        while asked.execute("SELECT pg_last_wal_replay_lsn() >= %s", [newest]).fetchone() != (True,):
            if time.monotonic() >= end:
                raise RuntimeError(f"The replica is behind after {PATIENCE} seconds")
            time.sleep(LOOK)


def _cpu_of_a_page(session: str, replica: str, **environment: str) -> tuple[float, float]:
    """CPU seconds of the primary and of the replica for one page, in a site with such an environment."""
    with site.web(1, **environment) as server:
        _look_at_all(server.port, session)  # warm
        before = postgres_cpu_seconds(), postgres_cpu_seconds(replica)
        for _round in range(ROUNDS):
            _look_at_all(server.port, session)
        after = postgres_cpu_seconds(), postgres_cpu_seconds(replica)
    pages = ROUNDS * len(LISTS)
    return (after[0] - before[0]) / pages, (after[1] - before[1]) / pages


def _look_at_all(port: int, session: str) -> None:
    there = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    for model in LISTS:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        there.request("GET", address, headers={"Cookie": session, "Host": "localhost"})
        answer = there.getresponse()
        assert (answer.status, b"result_list" in answer.read()) == (200, True), answer.status
    there.close()
