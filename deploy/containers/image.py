"""The image of the Dockerfile, built and run without Docker or a registry: `python -m deploy.containers.image`.

buildah and podman with runc, on a base that debootstrap makes of Debian's packages where the Dockerfile's own cannot be
pulled; all four are Debian packages, and root runs them. pip finds packages in the image as it does on this machine.
What is in the image is written down in var/sbom.json.
"""

import argparse
import configparser
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from deploy.containers import bases, sbom, tools
from deploy.containers.tools import ROOT, run, works

IMAGE = "localhost/loyalty-site"
SBOM = ROOT / "var/sbom.json"
CERTIFICATES = ("/etc/ssl/certs", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates")
# Without systemd nobody asks for a container's health; and within another container no limit can be raised.
HERE = (
    "--runtime=runc",
    "--network=none",
    "--no-healthcheck",
    "--ulimit=nofile=1024:1024",
    "--ulimit=nproc=1024:1024",
)
LOCKED = ("--read-only", "--cap-drop=all", "--security-opt=no-new-privileges", "--tmpfs=/tmp:mode=1777")
SETTINGS = {
    "SECRET_KEY": "only-to-look-at-the-image-0123456789-abcdefghijklmnop",
    "ALLOWED_HOSTS": "image.invalid",
    "PUBLIC_BASE_URL": "https://image.invalid",
    "EMAIL_URL": "smtp+tls://image.invalid",
    "DEFAULT_FROM_EMAIL": "image@image.invalid",
    "DATABASE_URL": "postgresql://image:image@image.invalid/image",
    "REDIS_URL": "redis://:only-to-look-at-the-image@image.invalid",
}
ALIVE = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8000/healthz', timeout=2).status)"


def main(arguments: Sequence[str]) -> int:
    """Build it, look at it, run it; returns 0 if all is as it should be."""
    parser = argparse.ArgumentParser(prog="python -m deploy.containers.image", description=__doc__)
    parser.add_argument("--base", type=Path, help="a folder that debootstrap made before, to take it again")
    options = parser.parse_args(arguments)
    if lacking := tools.missing():
        print(f"THE IMAGE IS NOT BUILT HERE: {', '.join(lacking)} missing.")
        return 1
    bases.have_base(options.base)
    build()
    SBOM.parent.mkdir(exist_ok=True)
    SBOM.write_text(json.dumps(bill(), indent=1))
    print(f"What is in it: {SBOM}")
    found = looked_at()
    for what, is_so in found.items():
        print(f"{'ok' if is_so else 'NOT SO'}: {what}")
    return 0 if all(found.values()) else 1


def build() -> None:
    """Build the image."""
    with tempfile.NamedTemporaryFile("w", prefix="pip-") as settings:
        volumes = [f"{settings.name}:/etc/pip.conf:ro", *_as_pip_here(settings.name)]
        tools.build(ROOT, IMAGE, *(f"--volume={volume}" for volume in volumes))


def _as_pip_here(settings: str) -> Iterator[str]:
    """Write how pip finds packages on this machine; gives the folders that this names, to be lent to the build."""
    told = configparser.RawConfigParser()
    told["global"] = {}
    for line in run(sys.executable, "-m", "pip", "config", "list").splitlines():
        name, _, value = line.partition("=")
        told["global"][name.removeprefix(":env:.").removeprefix("global.")] = value.strip("'")
    told["global"].pop("constraint", None)
    with Path(settings).open("w") as file:
        told.write(file)
    named = re.findall(r"(?<![\w:/])(?:file://)?(/[\w./-]+)", " ".join(told["global"].values()))
    # An index leads to files beside itself.
    beside = {str(Path(folder).parent) for folder in named if Path(folder).is_dir()} - {"/"}
    for folder in sorted({*CERTIFICATES, *beside}):
        if Path(folder).is_dir():
            yield f"{folder}:{folder}:ro"


def looked_at() -> dict[str, bool]:
    """What must hold of the image, and whether it does."""
    user = _in_it("id", "-u")
    check = _in_it("python", "manage.py", "check", "--deploy", "--fail-level=WARNING")
    healthcheck = run("podman", "image", "inspect", "--format={{json .HealthCheck}}", IMAGE)
    return {
        "it runs as its own user": user == "10001",
        "it cannot write to itself": _in_it("sh", "-c", "touch /app/x 2>/dev/null || echo refused")
        == "refused",
        "check --deploy is content": "no issues" in check,
        "pg_dump is there for backups": "pg_dump" in _in_it("pg_dump", "--version"),
        "it says how its health is asked": "healthz" in healthcheck,
        "it answers at /healthz": _answers(),
    }


def bill() -> dict[str, Any]:
    """What is in the image: Debian's packages and Python's."""
    debian, release, python = (_in_it(*command) for command in (sbom.DEBIAN, sbom.RELEASE, sbom.PYTHON))
    digest = run("podman", "image", "inspect", "--format={{.Id}}", IMAGE).strip()
    return sbom.made(name=IMAGE, digest=digest, debian=debian, release=release, python=python)


def _in_it(*command: str) -> str:
    options = [*LOCKED, *(f"--env={name}={value}" for name, value in SETTINGS.items())]
    return run("podman", "run", "--rm", *HERE, *options, IMAGE, *command).strip()


def _answers() -> bool:
    """Whether it serves, as it is started by itself."""
    options = [*LOCKED, "--tmpfs=/data", *(f"--env={name}={value}" for name, value in SETTINGS.items())]
    begun = run("podman", "run", "--detach", *HERE, *options, IMAGE).strip()
    try:
        asking = 'for i in $(seq 60); do python -c "$0" 2>/dev/null && exit 0; sleep 1; done; exit 1'
        return works("podman", "exec", begun, "sh", "-c", asking, ALIVE)
    finally:
        works("podman", "rm", "--force", "--time=5", begun)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
