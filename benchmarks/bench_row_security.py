"""row-security: what PostgreSQL's row-level security would cost: the till's SQL, and searching a card by name.

Every tenant table gets a policy that compares its row with the scope named in the transaction's first message, and
is asked by a role that owns nothing: once with row security, once without. The web process, too, would have to name the
scope in a transaction for each statement that runs outside of one today (sign-in, PIN, store): a pooler may give the
next statement another connection.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psutil
from django.apps import apps
from django.db import connection, transaction

from benchmarks import data, pgbench, site
from benchmarks.report import Report
from benchmarks.till_client import Till, hammer
from loyalty import finding
from loyalty.api.pagination import PAGE_SIZE
from tenancy import scope
from tenancy.models.base import TenantOwned

CARDS, SECONDS, ROUNDS, SEARCHES = 200_000, 10, 3, 5
CLIENTS = 4
IN_TRANSACTIONS = {"EACH_IN_A_TRANSACTION": "yes"}
ROLE = "loyalty_site_role"
NAMES = {"a common name": "maria", "a seldom name": "kunigunde", "nobody's name": "xqzw"}
POLICY = """
    merchant_id = ANY ((SELECT string_to_array(current_setting('loyalty.scope', true), ','))::bigint[])
"""


def run(seconds: int = SECONDS, cards: int = CARDS) -> Report:
    """Measure with and without row security in turn, so that a busy machine troubles both alike."""
    report = Report("row-security")
    shop = data.shop()
    sql = pgbench.statements_of_one_stamp(shop)
    written = data.cards(shop, cards, points=100)
    _make_role_and_policies()
    guarded = [_begins_with_scope(statement, shop.merchant.pk) for statement in sql]
    plain_cpu, guarded_cpu = [], []
    for _ in range(ROUNDS):
        _row_security("DISABLE")
        plain_cpu.append(_cpu_of_a_stamp(sql, written, seconds))
        _row_security("ENABLE")
        guarded_cpu.append(_cpu_of_a_stamp(guarded, written, seconds))
    plain, secured = min(plain_cpu), min(guarded_cpu)
    report.add("a stamp's SQL, without", f"{plain * 1000:.3f} ms CPU of the database")
    report.add("a stamp's SQL, with", f"{secured * 1000:.3f} ms = {secured / plain:.3f} x")
    without, with_scope = (_cpu_of_the_web(shop, written, seconds, **each) for each in ({}, IN_TRANSACTIONS))
    report.add("a stamp's web process, without", f"{without * 1000:.2f} ms CPU")
    whole = (with_scope + secured) / (without + plain)
    words = f"{with_scope * 1000:.2f} ms; with the database {whole:.3f} x"
    report.add("a stamp's web process, with", words, "<= 1.05 x", whole <= 1.05)
    for title, text in NAMES.items():
        with_it = _search(shop, text)
        _row_security("DISABLE")
        without = _search(shop, text)
        _row_security("ENABLE")
        words = f"{with_it * 1000:.1f} ms = {with_it / without:.1f} x"
        report.add(f"{title} ({text})", words, "<= 1.05 x", with_it <= 1.05 * without)
    return report


def _tables() -> list[str]:
    return sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, TenantOwned))


def _make_role_and_policies() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE ROLE {ROLE} LOGIN SUPERUSER PASSWORD 'none'"
        )  # for its own sign-in; lowered below
        cursor.execute(f"ALTER ROLE {ROLE} NOSUPERUSER NOBYPASSRLS")
        cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {ROLE}")
        cursor.execute(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {ROLE}")
        for table in _tables():
            cursor.execute(
                f"CREATE POLICY of_the_open_scope ON {table} USING ({POLICY}) WITH CHECK ({POLICY})"
            )


def _row_security(verb: str) -> None:
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f"ALTER TABLE {table} {verb} ROW LEVEL SECURITY")
    connection.close()


def _begins_with_scope(statement: str, merchant_id: int) -> str:
    if not statement.startswith("BEGIN"):
        return statement
    return f"{statement}; SET LOCAL loyalty.scope = '{merchant_id}'"


def _cpu_of_a_stamp(statements: list[str], written: tuple[int, int], seconds: int) -> float:
    """CPU seconds of PostgreSQL for one stamp, as the role that owns nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = psutil.Process(cursor.fetchone()[0]).parent()
        cursor.execute(f"GRANT CREATE ON SCHEMA public TO {ROLE}")
    before, started = _used(server), time.monotonic()
    url = os.environ["DATABASE_URL"]
    separator = "&" if "?" in url else "?"
    per_second = pgbench.transactions_per_second(
        f"{url}{separator}options=-crole%3D{ROLE}", statements, cards=written, seconds=seconds
    )
    if not per_second:
        raise RuntimeError("pgbench is needed.")
    return (_used(server) - before) / (per_second * min(seconds, time.monotonic() - started))


def _cpu_of_the_web(shop: data.Shop, written: tuple[int, int], seconds: int, **environment: str) -> float:
    """CPU seconds of the web processes for one stamp."""
    with site.web(**environment) as server:
        tills = [Till(server.port, shop) for _ in range(CLIENTS)]
        hammer(tills, Till.stamp, cards=written, seconds=2)  # warm
        before = server.cpu_seconds()
        run = hammer(tills, Till.stamp, cards=written, seconds=seconds)
        return (server.cpu_seconds() - before) / len(run.latencies)


def _used(server: psutil.Process) -> float:
    """CPU seconds of the server's backends: of those that have ended, and of those that have not been seen to."""
    while True:
        with suppress(psutil.NoSuchProcess):  # one has ended meanwhile: its time is the server's from now on
            living = sum(sum(backend.cpu_times()[:2]) for backend in server.children())
            times = server.cpu_times()
            return times.children_user + times.children_system + living


def _search(shop: data.Shop, text: str) -> float:
    """Seconds of the first page of a search, as the role."""
    with scope.merchant(shop.merchant), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}; SET LOCAL loyalty.scope = '{shop.merchant.pk}'")
        rows = finding.search_cards(shop.store, text=text)
        return min(_time(lambda: list(rows.all()[: PAGE_SIZE + 1])) for _ in range(SEARCHES))


def _time(act: Callable[[], Any]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
