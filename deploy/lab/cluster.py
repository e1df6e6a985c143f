"""The lab itself: where its parts answer, who leads, and how all of it goes up and down.

lab = begin.begun()
lab.primary()              # "db2"
lab.down()
"""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg

from deploy.lab import assembly, filled, needs
from deploy.lab.parts import LabError, Part, end_all, until
from deploy.lab.plan import HERE, NODES, ROOT, SITE
from loyalty_site.servers import postgres


class Lab:
    """The parts, by name, and what one asks of them."""

    def __init__(self, home: Path, account: str | None) -> None:
        self.home, self.account = home, account
        kept = json.loads((home / "lab.json").read_text())
        self.ports: dict[str, int] = kept["ports"]
        self.secrets: dict[str, str] = kept["secrets"]
        self.programs = needs.postgres_programs()
        self.url = f"https://{HERE}:{self.ports['https']}"
        self.certificate = home / "tls/fullchain.pem"
        self.parts = assembly.parts(self)

    # --- Where things are ---------------------------------------------------------------------------------

    def database(self, role: str, *, port: str = "pgbouncer", name: str = "loyalty") -> str:
        """An address of the database: through PgBouncer, or past it (`port` primary, replica, db1 to db3)."""
        password = self.secrets["postgres" if role == "postgres" else "loyalty"]
        return f"postgresql://{role}:{password}@{HERE}:{self.ports[port]}/{name}"

    def environment(self, role: str = "loyalty_web") -> dict[str, str]:
        """What a process of the site is told: production, TLS at the proxy, PgBouncer, Redis by HAProxy."""
        past = role == "loyalty"  # the owner migrates past PgBouncer
        return {
            "DJANGO_SETTINGS_MODULE": "loyalty_site.settings.production",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "SECRET_KEY": self.secrets["key"],
            "ALLOWED_HOSTS": HERE,
            "PUBLIC_BASE_URL": self.url,
            "TRUSTED_PROXY_COUNT": "1",
            "DATABASE_URL": self.database(role, port="primary" if past else "pgbouncer"),
            "REDIS_URL": f"redis://:{self.secrets['redis']}@{HERE}:{self.ports['redis']}/0",
            "EMAIL_URL": f"smtp://{HERE}:{self.ports['mail']}",
            "DEFAULT_FROM_EMAIL": "Cards <cards@example.com>",
            "STATIC_ROOT": str(self.home / "site/static"),
            "VAR_DIR": str(self.home / "site"),
            "METRICS_TOKEN": self.secrets["metrics"],
            "WEBHOOKS_ALLOW_PRIVATE": "true",
            "DATABASE_REPLICA_URL": self.database(role, name="loyalty_replica"),
            **self._wallet(),
            "RATE_LIMIT_PUBLIC_ENROLL": "1000/s",
            "RATE_LIMIT_LOOKUP": "1000/s",
        }

    def _wallet(self) -> dict[str, str]:
        """Passes are signed with made-up certificates, once they are made."""
        folder = self.home / "site/wallet"
        if not (folder / "pass.pem").exists():
            return {}
        return {
            "WALLET_APPLE_PASS_TYPE_ID": "pass.made-up.example",
            "WALLET_APPLE_TEAM_ID": "MADEUP0000",
            "WALLET_APPLE_CERTIFICATE": str(folder / "pass.pem"),
            "WALLET_APPLE_KEY": str(folder / "pass.key"),
            "WALLET_APPLE_WWDR": str(folder / "wwdr.pem"),
        }

    def rest(self, node: str, path: str = "/patroni") -> dict[str, Any]:
        """What Patroni says of a node, or of the cluster. Raises OSError where it does not answer."""
        port = self.ports[node.replace("db", "rest")]
        with urlopen(f"http://{HERE}:{port}{path}", timeout=2) as answer:
            return json.load(answer)

    def members(self) -> list[dict[str, Any]]:
        """All nodes, as any Patroni that answers knows them."""
        for node in NODES:
            try:
                return self.rest(node, "/cluster")["members"]
            except OSError:
                continue
        return []

    def primary(self) -> str:
        """The node that leads. Raises LabError if none does."""
        for member in self.members():
            if member["role"] == "leader" and member["state"] == "running":
                return member["name"]
        raise LabError("no node leads")

    def synchronous(self) -> list[str]:
        """The nodes that have what tills were told."""
        return [member["name"] for member in self.members() if member["role"] == "sync_standby"]

    def is_whole(self) -> bool:
        """Whether one leads, and both others follow, one of them in step."""
        states = sorted((member["role"], member["state"]) for member in self.members())
        follows = {"running", "streaming"}
        return [role for role, state in states if state in follows] == ["leader", "replica", "sync_standby"]

    def postmaster(self, node: str) -> int:
        """The process of a node's PostgreSQL."""
        return int((self.data(node) / "postmaster.pid").read_text().split()[0])

    def data(self, node: str) -> Path:
        return self.home / node

    # --- Up and down ---------------------------------------------------------------------------------------

    def up(self, *, tell: Any = print) -> None:
        """Start whatever does not run; the first time the database is made and migrated."""
        self.start("etcd1", "etcd2", "etcd3", "cache1", "cache2")
        self.start("sentinel1", "sentinel2", "sentinel3", *NODES, "haproxy")
        tell("  etcd, Redis, Patroni, HAProxy started; waiting for a primary and its replicas ...")
        until(self.is_whole, f"a primary with two replicas; see {self.home}/logs/db1.log", seconds=120)
        until(self._primary_answers, "HAProxy leads to the primary")
        tell("  the database is made, or brought up to date ...")
        self._make_database()
        self.parts |= {part.name: part for part in assembly.site(self)}  # which sign passes by now
        self.start("pgbouncer", "outside", *SITE, "nginx")
        self.ready()

    def of_the_site(self) -> list[Part]:
        """The processes of the site itself: web, workers and clocks."""
        return [self.parts[name] for name in SITE]

    def start(self, *names: str) -> None:
        for name in names:
            self.parts[name].start()

    def ready(self) -> None:
        """Wait until both groups of web processes and the proxy serve tills."""
        for web in ("web1", "web2"):
            until(
                lambda web=web: urlopen(f"http://{HERE}:{self.ports[web]}/readyz", timeout=3),
                f"{web} is ready",
            )
        until(
            lambda: socket.create_connection((HERE, self.ports["https"]), 1).close() is None, "nginx answers"
        )

    def down(self) -> None:
        """End all parts, those that take first; what they keep stays."""
        waves = [["nginx"], [*SITE, "outside"], ["pgbouncer", "haproxy"], [*NODES]]
        known = {name for wave in waves for name in wave}
        waves.append([name for name in self.parts if name not in known])
        for wave in waves:
            end_all([self.parts[name] for name in wave])
        for node in NODES:
            if (self.data(node) / "postmaster.pid").exists():  # its Patroni was killed before
                postgres.end_left_over(self.data(node))

    def manage(self, *arguments: str, role: str = "loyalty") -> str:
        """Run a management command; returns what it says. Raises LabError, with that, if it fails."""
        return self.python(str(ROOT / "manage.py"), *arguments, role=role)

    def python(self, *arguments: str, role: str = "loyalty") -> str:
        """Run Python as the site's."""
        environment = self.parts["web1"].environment | self.environment(role)
        environment |= {"PATH": os.environ["PATH"]}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise LabError(f"{' '.join(arguments)}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
        return done.stdout

    def addresses(self) -> str:
        """For people: where everything is."""
        lines = [
            f"  site        {self.url}   (certificate: {self.certificate})",
            f"  console     {self.url}/admin/",
            f"  database    {self.database('loyalty')}   (PgBouncer)",
            f"  primary     {self.database('loyalty', port='primary')}   (HAProxy; now {self.primary()})",
            f"  replicas    {self.database('loyalty', port='replica')}   (HAProxy)",
            f"  patroni     http://{HERE}:{self.ports['rest1']}/cluster",
            f"  logs        {self.home}/logs",
        ]
        return "\n".join(lines)

    def _primary_answers(self) -> bool:
        url = self.database("postgres", port="primary", name="postgres")
        with psycopg.connect(url, connect_timeout=2) as connection:
            (recovers,) = connection.execute("SELECT pg_is_in_recovery()").fetchone() or (True,)
            return not recovers

    def _make_database(self) -> None:
        script = filled.write("roles.sql", self.home / "run/roles.sql", assembly.for_node(self))
        text = "\n".join(line for line in script.read_text().splitlines() if not line.startswith("--"))
        url = self.database("postgres", port="primary", name="postgres")
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in filter(str.strip, text.split(";")):
                try:
                    connection.execute(statement.encode())
                except (psycopg.errors.DuplicateObject, psycopg.errors.DuplicateDatabase):
                    continue  # an earlier run came so far
        self.manage("migrate", "--no-input", "--verbosity", "0")
        if not (self.home / "migrated").exists():
            self.manage("load_email_templates")
            self.manage("wallet_testcerts", "--folder", str(self.home / "site/wallet"))
            self.manage("collectstatic", "--no-input", "--verbosity", "0")
            (self.home / "migrated").touch()
