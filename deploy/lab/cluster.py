"""The lab itself: which parts there are, how they are begun, where they answer.

lab = cluster.begun()      # up, whatever an earlier run has left behind
lab.primary()              # "db2"
lab.down()
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg

from deploy.lab import filled, needs
from deploy.lab.parts import LabError, Part, end_all, until
from loyalty_site.servers import postgres

ROOT = Path(__file__).parents[2]
HERE = "127.0.0.1"
NODES = ("db1", "db2", "db3")
WORKERS = {
    "worker1": "celery,relay,jobs,keeping",
    "worker2": "mail,sms",
    "worker3": "webhooks,apple,google",
}
SITE = ("web1", "web2", *WORKERS, "beat1", "beat2")
FIRST_PORT, PORTS = 20_000, 40
NAMES = """https plain mail webhooks primary replica redis pgbouncer cache1 cache2 sentinel1 sentinel2 sentinel3
    web1 web2 etcd1 etcd2 etcd3 peer1 peer2 peer3 db1 db2 db3 rest1 rest2 rest3""".split()
SECRETS = ("postgres", "replication", "loyalty", "redis", "key", "metrics")


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
        self.parts = {part.name: part for part in self._parts()}

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
        self.parts |= {part.name: part for part in self._site()}  # which sign passes by now
        self.start("pgbouncer", "outside", *SITE, "nginx")
        self.ready()

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
        script = filled.write("roles.sql", self.home / "run/roles.sql", self.values())
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

    # --- Parts ---------------------------------------------------------------------------------------------

    def values(self, node: str = "db1") -> dict[str, object]:
        """What deploy/cluster's files are filled with, for one node."""
        number, ports = node[-1], self.ports
        members = [f"db{n}=http://{HERE}:{ports[f'peer{n}']}" for n in "123"]
        return {
            "NODE": node,
            "HERE": HERE,
            "NETWORK": f"{HERE}/32",
            "RUN": self.home / "run",
            "ETCD_CLIENT_PORT": ports[f"etcd{number}"],
            "ETCD_PEER_PORT": ports[f"peer{number}"],
            "ETCD_DATA": self.home / f"etcd{number}",
            "ETCD_MEMBERS": ",".join(members),
            "ETCD_HOSTS": ",".join(f"{HERE}:{ports[f'etcd{n}']}" for n in "123"),
            "POSTGRES_PORT": ports[node],
            "PATRONI_PORT": ports[f"rest{number}"],
            "POSTGRES_DATA": self.data(node),
            "POSTGRES_PROGRAMS": self.programs,
            "POSTGRES_SOCKETS": self.home / "run",
            "POSTGRES_PASSWORD": self.secrets["postgres"],
            "REPLICATION_PASSWORD": self.secrets["replication"],
            "LOYALTY_PASSWORD": self.secrets["loyalty"],
            "PRIMARY_PORT": ports["primary"],
            "REPLICA_PORT": ports["replica"],
            "REDIS_PORT": ports["redis"],
            "PGBOUNCER_PORT": ports["pgbouncer"],
            "CACHE_HERE": HERE,
            "CACHE_PORT": ports["cache1"],
            "CACHE_DATA": self.home / "run",
            "CACHE_PRIMARY": HERE,
            "CACHE_PRIMARY_PORT": ports["cache1"],
            "SENTINEL_PORT": ports[f"sentinel{number}"],
            "REDIS_PASSWORD": self.secrets["redis"],
            **{f"DB{n}": f"{HERE}:{ports[f'db{n}']}" for n in "123"},
            **{f"DB{n}_REST": ports[f"rest{n}"] for n in "123"},
            **{f"CACHE{n}": f"{HERE}:{ports[f'cache{n}']}" for n in "12"},
        }

    def _parts(self) -> list[Part]:
        return [*self._engines(), *self._site()]

    def _engine(self, name: str, program: str, *arguments: str, **more: Any) -> Part:
        return Part(name, [needs.program(program), *arguments], self.home, self.account, **more)

    def _configured(self, template: str, name: str, values: dict[str, object]) -> str:
        """A filled configuration that the engines' account may read, and nobody else."""
        path = filled.write(template, self.home / "run" / name, values)
        postgres.hand_over(path, self.account)
        return str(path)

    def _engines(self) -> list[Part]:
        made = []
        for node in NODES:
            values, number = self.values(node), node[-1]
            etcd = filled.environment("etcd.env", values)
            made.append(self._engine(f"etcd{number}", "etcd", environment=etcd))
            made.append(self._engine(node, "patroni", self._configured("patroni.yml", f"{node}.yml", values)))
            sentinel = self.home / "run" / f"sentinel{number}.conf"
            if not sentinel.exists():  # it writes there who is the primary now
                self._configured("sentinel.conf", sentinel.name, values)
            made.append(self._engine(f"sentinel{number}", "redis-server", str(sentinel), "--sentinel"))
        for number in "12":
            values = self.values() | {"CACHE_PORT": self.ports[f"cache{number}"]}
            follows = ["--replicaof", HERE, str(self.ports["cache1"])] if number == "2" else []
            redis = self._configured("redis.conf", f"cache{number}.conf", values)
            made.append(self._engine(f"cache{number}", "redis-server", redis, *follows))
        haproxy = self._configured("haproxy.cfg", "haproxy.cfg", self.values())
        made.append(self._engine("haproxy", "haproxy", "-db", "-f", haproxy))
        self._configured("userlist.txt", "userlist.txt", self.values())
        pgbouncer = self._configured("pgbouncer.ini", "pgbouncer.ini", self.values())
        made.append(self._engine("pgbouncer", "pgbouncer", pgbouncer, stop=signal.SIGINT))
        webs = [f"{HERE}:{self.ports[name]}" for name in ("web1", "web2")]
        nginx = filled.nginx(
            self.home / "run/nginx.conf",
            port=self.ports["https"],
            plain_port=self.ports["plain"],
            webs=webs,
            home=self.home,
        )
        made.append(
            self._engine("nginx", "nginx", "-c", str(nginx), "-p", str(self.home), "-g", "daemon off;")
        )
        return made

    def _site(self) -> list[Part]:
        programs, web, worker = (
            Path(sys.executable).parent,
            self.environment(),
            self.environment("loyalty_worker"),
        )
        made = []
        for name in ("web1", "web2"):
            command = filled.unit("loyalty-web@.service", programs=programs, instance=str(self.ports[name]))
            made.append(Part(name, command, self.home, environment=web, folder=ROOT))
        for name, queues in WORKERS.items():
            command = filled.unit("loyalty-worker@.service", programs=programs, instance=name, queues=queues)
            made.append(Part(name, command, self.home, environment=worker, folder=ROOT))
        for name in ("beat1", "beat2"):
            command = filled.unit("loyalty-beat.service", programs=programs)
            made.append(Part(name, command, self.home, environment=worker, folder=ROOT))
        outside = [
            sys.executable,
            "-m",
            "deploy.lab.outside",
            str(self.ports["mail"]),
            str(self.ports["webhooks"]),
        ]
        made.append(
            Part("outside", [*outside, str(self.home / "site")], self.home, environment=web, folder=ROOT)
        )
        return made


# --- Making it, and finding it again ----------------------------------------------------------------------


def folder() -> Path:
    return Path(os.environ.get("LAB_DIR") or ROOT / "var/lab")


def found() -> Lab | None:
    """The lab of this checkout, up or down; None where there is none."""
    home = folder()
    if not (home / "lab.json").exists():
        return None
    home, account = postgres.settle(home)
    return Lab(home, account)


def begun(*, anew: bool = False, tell: Any = print) -> Lab:
    """Bring the lab up, over what an earlier run left behind, or `anew`.

    Raises PackagesMissingError, and LabError where something does not start.
    """
    if packages := needs.missing():
        raise needs.PackagesMissingError(needs.advice(packages))
    lab = found()
    if lab and (anew or not (lab.home / "migrated").exists()):
        lab.down()
        forget(lab)
        lab = None
    lab = lab or _made()
    try:
        lab.up(tell=tell)
    except LabError as error:
        words = "\n".join(
            f"--- {name}: {part.words(500)}" for name, part in lab.parts.items() if not part.process()
        )
        raise LabError(f"{error}\n{words}") from error
    return lab


def forget(lab: Lab) -> None:
    """Remove all that a lab keeps."""
    for path in lab.home.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _made() -> Lab:
    home, account = postgres.settle(folder())
    for name in ("run", "logs", "tls"):
        (home / name).mkdir(exist_ok=True)
        postgres.hand_over(home / name, account)
    (home / "site").mkdir(exist_ok=True)
    first = _free_block()
    ports = {name: first + number for number, name in enumerate(NAMES)}
    keys = {name: secrets.token_urlsafe(48) for name in SECRETS}
    (home / "lab.json").touch(mode=0o600)
    (home / "lab.json").write_text(json.dumps({"ports": ports, "secrets": keys}))
    _make_certificate(home / "tls", account)
    return Lab(home, account)


def _free_block() -> int:
    """The first of a row of ports of which nobody uses any; below those that the system gives to who calls out."""
    for first in range(FIRST_PORT, 32_000, 100):
        if all(_is_free(port) for port in range(first, first + PORTS)):
            return first
    raise LabError("no row of free ports below 32000")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HERE, port)) != 0


def _make_certificate(to: Path, account: str | None) -> None:
    key, chain = to / "privkey.pem", to / "fullchain.pem"
    command = [
        needs.program("openssl"),
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
    ]
    command += ["-nodes", "-days", "365", "-subj", "/CN=lab", "-addext", f"subjectAltName=IP:{HERE}"]
    subprocess.run([*command, "-keyout", key, "-out", chain], check=True, capture_output=True)
    for path in (key, chain):
        postgres.hand_over(path, account)
