"""What the lab is put together of: deploy/cluster's files and the site's units, filled for this machine.

assembly.parts(lab)["db1"].start()
"""

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.lab import filled, needs
from deploy.lab.parts import Part
from deploy.lab.plan import HERE, NODES, ROOT, WORKERS
from loyalty_site.servers import postgres

if TYPE_CHECKING:
    from deploy.lab.cluster import Lab


def for_node(lab: "Lab", node: str = "db1") -> dict[str, object]:
    """What deploy/cluster's files are filled with, for one node."""
    number, ports = node[-1], lab.ports
    members = [f"db{n}=http://{HERE}:{ports[f'peer{n}']}" for n in "123"]
    return {
        "NODE": node,
        "HERE": HERE,
        "NETWORK": f"{HERE}/32",
        "RUN": lab.home / "run",
        "ETCD_CLIENT_PORT": ports[f"etcd{number}"],
        "ETCD_PEER_PORT": ports[f"peer{number}"],
        "ETCD_DATA": lab.home / f"etcd{number}",
        "ETCD_MEMBERS": ",".join(members),
        "ETCD_HOSTS": ",".join(f"{HERE}:{ports[f'etcd{n}']}" for n in "123"),
        "POSTGRES_PORT": ports[node],
        "PATRONI_PORT": ports[f"rest{number}"],
        "POSTGRES_DATA": lab.data(node),
        "POSTGRES_PROGRAMS": lab.programs,
        "POSTGRES_SOCKETS": lab.home / "run",
        "POSTGRES_PASSWORD": lab.secrets["postgres"],
        "REPLICATION_PASSWORD": lab.secrets["replication"],
        "LOYALTY_PASSWORD": lab.secrets["loyalty"],
        "PRIMARY_PORT": ports["primary"],
        "REPLICA_PORT": ports["replica"],
        "REDIS_PORT": ports["redis"],
        "PGBOUNCER_PORT": ports["pgbouncer"],
        "CACHE_HERE": HERE,
        "CACHE_PORT": ports["cache1"],
        "CACHE_DATA": lab.home / "run",
        "CACHE_PRIMARY": HERE,
        "CACHE_PRIMARY_PORT": ports["cache1"],
        "SENTINEL_PORT": ports[f"sentinel{number}"],
        "REDIS_PASSWORD": lab.secrets["redis"],
        **{f"DB{n}": f"{HERE}:{ports[f'db{n}']}" for n in "123"},
        **{f"DB{n}_REST": ports[f"rest{n}"] for n in "123"},
        **{f"CACHE{n}": f"{HERE}:{ports[f'cache{n}']}" for n in "12"},
    }


def parts(lab: "Lab") -> dict[str, Part]:
    """All parts of a lab, by name."""
    return {part.name: part for part in [*_engines(lab), *site(lab)]}


def _engine(lab: "Lab", name: str, program: str, *arguments: str, **more: Any) -> Part:
    return Part(name, [needs.program(program), *arguments], lab.home, lab.account, **more)


def _configured(lab: "Lab", template: str, name: str, values: dict[str, object]) -> str:
    """A filled configuration that the engines' account may read, and nobody else."""
    path = filled.write(template, lab.home / "run" / name, values)
    postgres.hand_over(path, lab.account)
    return str(path)


def _engines(lab: "Lab") -> list[Part]:
    made = []
    for node in NODES:
        values, number = for_node(lab, node), node[-1]
        etcd = filled.environment("etcd.env", values)
        made.append(_engine(lab, f"etcd{number}", "etcd", environment=etcd))
        made.append(_engine(lab, node, "patroni", _configured(lab, "patroni.yml", f"{node}.yml", values)))
        sentinel = lab.home / "run" / f"sentinel{number}.conf"
        if not sentinel.exists():  # it writes there who is the primary now
            _configured(lab, "sentinel.conf", sentinel.name, values)
        made.append(_engine(lab, f"sentinel{number}", "redis-server", str(sentinel), "--sentinel"))
    for number in "12":
        values = for_node(lab) | {"CACHE_PORT": lab.ports[f"cache{number}"]}
        follows = ["--replicaof", HERE, str(lab.ports["cache1"])] if number == "2" else []
        redis = _configured(lab, "redis.conf", f"cache{number}.conf", values)
        made.append(_engine(lab, f"cache{number}", "redis-server", redis, *follows))
    haproxy = _configured(lab, "haproxy.cfg", "haproxy.cfg", for_node(lab))
    made.append(_engine(lab, "haproxy", "haproxy", "-db", "-f", haproxy))
    _configured(lab, "userlist.txt", "userlist.txt", for_node(lab))
    pgbouncer = _configured(lab, "pgbouncer.ini", "pgbouncer.ini", for_node(lab))
    made.append(_engine(lab, "pgbouncer", "pgbouncer", pgbouncer, stop=signal.SIGINT))
    webs = [f"{HERE}:{lab.ports[name]}" for name in ("web1", "web2")]
    nginx = filled.nginx(
        lab.home / "run/nginx.conf",
        port=lab.ports["https"],
        plain_port=lab.ports["plain"],
        webs=webs,
        home=lab.home,
    )
    made.append(_engine(lab, "nginx", "nginx", "-c", str(nginx), "-p", str(lab.home), "-g", "daemon off;"))
    return made


def site(lab: "Lab") -> list[Part]:
    programs, web, worker = (
        Path(sys.executable).parent,
        lab.environment(),
        lab.environment("loyalty_worker"),
    )
    made = []
    for name in ("web1", "web2"):
        command = filled.unit("loyalty-web@.service", programs=programs, instance=str(lab.ports[name]))
        made.append(Part(name, command, lab.home, environment=web, folder=ROOT))
    for name, queues in WORKERS.items():
        command = filled.unit("loyalty-worker@.service", programs=programs, instance=name, queues=queues)
        made.append(Part(name, command, lab.home, environment=worker, folder=ROOT))
    for name in ("beat1", "beat2"):
        command = filled.unit("loyalty-beat.service", programs=programs)
        made.append(Part(name, command, lab.home, environment=worker, folder=ROOT))
    outside = [
        sys.executable,
        "-m",
        "deploy.lab.outside",
        str(lab.ports["mail"]),
        str(lab.ports["webhooks"]),
    ]
    made.append(Part("outside", [*outside, str(lab.home / "site")], lab.home, environment=web, folder=ROOT))
    return made
