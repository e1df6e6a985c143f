"""A whole cluster on one machine, without containers, of Debian's packages: for tests, and for learning.

    make lab                 # three PostgreSQL under Patroni, etcd, HAProxy, PgBouncer, Redis, web, workers, clocks
    make chaos               # takes its parts away while tills stamp, and compares what they were told with the ledger
    make lab-down

Its configurations are those of deploy/cluster, deploy/nginx.conf and deploy/systemd; only ports and folders are its
own. Everything it keeps is in var/lab. It listens on 127.0.0.1 only.
"""
