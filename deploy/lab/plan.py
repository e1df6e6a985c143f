"""Which parts a lab has, which of them are the site, and which have a port of their own."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = "127.0.0.1"
NODES = ("db1", "db2", "db3")
WORKERS = {
    "worker1": "celery,relay,jobs,keeping",
    "worker2": "mail,sms",
    "worker3": "webhooks,apple,google",
}
SITE = ("web1", "web2", *WORKERS, "beat1", "beat2")
PORTS = """https plain mail webhooks primary replica redis pgbouncer cache1 cache2 sentinel1 sentinel2 sentinel3
    web1 web2 etcd1 etcd2 etcd3 peer1 peer2 peer3 db1 db2 db3 rest1 rest2 rest3""".split()
