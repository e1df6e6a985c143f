"""What the mutants of this house need: copies of the checkout, one PostgreSQL and one Redis for all."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from loyalty_site.servers import postgres, valkey
from tests.mutants.house import House
from tests.mutants.mutant import Mutant, NoLongerApplies
from tests.mutants.run import ALONE, Worker

ROOT = Path(__file__).parents[2]
TEMPLATE = "mutants"


def copy_checkout(to: Path) -> None:
    """Copy what git knows, and what is new and not ignored, as it stands now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    # A patched file is as old and as long as it was before: what is compiled must be known by its content.
    compiling = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash", str(to)]
    subprocess.run(compiling, check=True, stdout=subprocess.DEVNULL)


class ClonedDatabases:
    """Databases of one server: a clone of migrated tables for each run, less what its mutants take out."""

    def __init__(self, address: str, copy: Path) -> None:
        self.address = address
        with self._server() as server:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        migrating = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        names = {"DJANGO_SETTINGS_MODULE": "loyalty_site.settings.test", "DATABASE_URL": self.url(TEMPLATE)}
        subprocess.run(migrating, cwd=copy, env=os.environ | names, check=True)

    def url(self, name: str) -> str:
        """The address of one of its databases."""
        return urlsplit(self.address)._replace(path=f"/{name}").geturl()

    def options(self, number: int, mutants: Sequence[Mutant]) -> list[str]:
        """Make a database for one run; returns the options of pytest that use it. Raises NoLongerApplies."""
        name = f"test_{TEMPLATE}_{number}"
        with self._server() as server:
            place = sql.Identifier(name)
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(place))
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(place, sql.Identifier(TEMPLATE)))
        with psycopg.connect(self.url(name), autocommit=True) as database:
            for mutant in mutants:
                if mutant.is_of_schema:
                    _drop_triggers(database)
                if mutant.constraint:
                    _drop_constraint(database, mutant.constraint)
        if any(mutant.is_of_schema for mutant in mutants):
            return ["--reuse-db"]  # which migrates, and so installs the triggers anew
        return ["-ptests.mutants.cloned"]

    @contextmanager
    def _server(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            yield connection


def _drop_triggers(database: psycopg.Connection) -> None:
    """Let the next migration install them anew: it does so at the beginning of every run."""
    every = "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0"
    for name, table in database.execute(every).fetchall():
        drop = sql.SQL("DROP TRIGGER {} ON {}")
        database.execute(drop.format(sql.Identifier(name), sql.Identifier(table)))


def _drop_constraint(database: psycopg.Connection, constraint: str) -> None:
    table, _, name = constraint.partition(".")
    # A unique constraint with a condition is an index, for PostgreSQL.
    index = database.execute(
        "SELECT 1 FROM pg_indexes WHERE indexname = %s AND tablename = %s AND NOT EXISTS "
        "(SELECT 1 FROM pg_constraint WHERE conname = %s)",
        [name, table, name],
    ).fetchone()
    drop = sql.SQL("DROP INDEX {name}" if index else "ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        database.execute(drop.format(name=sql.Identifier(name), table=sql.Identifier(table)))
    except psycopg.errors.UndefinedObject as error:
        raise NoLongerApplies(f"{table} has no {name}") from error


@contextmanager
def opened(jobs: int) -> Iterator[list[Worker]]:
    """Start the servers and make a copy for each worker; all of it is gone afterwards."""
    with (
        TemporaryDirectory(prefix="mutants-") as folder,
        postgres.temporary(in_memory=True) as address,
        valkey.temporary() as redis,
    ):
        copies = [Path(folder, str(number)) for number in range(jobs)]
        copy_checkout(copies[0])
        for copy in copies[1:]:
            shutil.copytree(copies[0], copy)
        databases = ClonedDatabases(address, copies[0])
        workers = [_worker(number, copy, databases, redis) for number, copy in enumerate(copies)]
        try:
            yield workers
        finally:
            for worker in workers:
                if worker.house is not None:
                    worker.house.close()


def _worker(number: int, copy: Path, databases: ClonedDatabases, redis: str) -> Worker:
    environment = {
        "DATABASE_URL": databases.url(f"{TEMPLATE}_{number}"),
        "REDIS_URL": redis,
        "PYTEST_XDIST_WORKER": f"gw{number}",
        "TESTS_PATIENCE": "10",  # what waits for a guard that is not there waits for nothing
    }
    house = House(copy, ALONE | environment)
    return Worker(number, copy, environment, ["pytest_django.plugin"], databases, house)
