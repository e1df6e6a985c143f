"""The programs of the cluster, and the Debian packages that have them."""

import shutil
import subprocess
from pathlib import Path

from loyalty_site.servers import find

PACKAGES = {
    "patroni": "patroni",
    "etcd": "etcd-server",
    "etcdctl": "etcd-client",
    "haproxy": "haproxy",
    "pgbouncer": "pgbouncer",
    "redis-server": "redis-server",
    "nginx": "nginx-light",
    "openssl": "openssl",
}
ELSEWHERE = ("/usr/sbin", "/usr/bin", "/sbin")  # not in everybody's PATH
NEWEST_POSTGRES = 16  # that Debian's Patroni (3.0) knows


class PackagesMissingError(RuntimeError):
    """The lab cannot begin; the message names the packages, and how to get them."""


def program(name: str) -> str:
    """Return where a program is. Raises PackagesMissingError if it is nowhere."""
    found = shutil.which(name) or shutil.which(name, path=":".join(ELSEWHERE))
    if found is None:
        raise PackagesMissingError(advice([PACKAGES[name]]))
    return found


def postgres_programs() -> Path:
    """Return the folder of a Debian PostgreSQL that Patroni knows. Raises PackagesMissingError if there is none."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists() and find.major_version(folder) <= NEWEST_POSTGRES:
            return folder
    raise PackagesMissingError(advice(["postgresql-15"]))


def missing() -> list[str]:
    """Return the packages that this machine lacks."""
    packages = []
    for name, package in PACKAGES.items():
        try:
            program(name)
        except PackagesMissingError:
            packages.append(package)
    try:
        postgres_programs()
    except PackagesMissingError:
        packages.append("postgresql-15")
    return packages


def advice(packages: list[str]) -> str:
    """Say what to install, and how to keep Debian from starting it as a service of its own."""
    return (
        f"THE LAB CANNOT RUN HERE: Debian's {', '.join(packages)} missing. As root:\n"
        "  printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d  # so that Debian starts none of them itself\n"
        "  chmod +x /usr/sbin/policy-rc.d\n"
        f"  apt-get update && apt-get install --no-install-recommends {' '.join(packages)}\n"
        "  rm /usr/sbin/policy-rc.d"
    )


def versions() -> str:
    """Return one line with what runs in the lab."""
    asked = {
        "PostgreSQL": [str(postgres_programs() / "postgres"), "--version"],
        "Patroni": [program("patroni"), "--version"],
        "etcd": [program("etcd"), "--version"],
        "HAProxy": [program("haproxy"), "-v"],
        "PgBouncer": [program("pgbouncer"), "--version"],
        "Redis": [program("redis-server"), "--version"],
        "nginx": [program("nginx"), "-v"],
    }
    told = []
    for name, command in asked.items():
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        words = (said.stdout + said.stderr).replace("/", " ").replace("=", " ").split()
        number = next((word for word in words if word[0].isdigit()), "?")
        told.append(f"{name} {number.rstrip(',')}")
    return ", ".join(told)
