"""The image of the Dockerfile, built and run without Docker or a registry: `python -m deploy.image [--base FOLDER]`.

buildah and podman with runc, on a base that debootstrap makes of Debian's packages where the Dockerfile's own cannot be
pulled; all four are Debian packages, and root runs them. pip finds packages in the image as it does on this machine.
"""

import argparse
import configparser
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOOLS = ("buildah", "podman", "runc", "debootstrap")
IMAGE = "localhost/loyalty-site"
SUITE = "bookworm"  # whose Python is one of those that the site runs with
BASE_PACKAGES = "python3,python3-venv,ca-certificates"
CERTIFICATES = ("/etc/ssl/certs", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates")
PULL_SECONDS = 60
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


class NoBaseError(RuntimeError):
    """Neither is the Dockerfile's base pulled here, nor one made of Debian's packages; the message says why."""


def missing() -> list[str]:
    """What this machine lacks for it, in words; nothing if it can begin."""
    lacking = [f"Debian's {tool}" for tool in TOOLS if shutil.which(tool) is None]
    return lacking + ([] if os.geteuid() == 0 else ["the account root"])


def main(arguments: Sequence[str]) -> int:
    """Build it, look at it, run it; returns 0 if all is as it should be."""
    parser = argparse.ArgumentParser(prog="python -m deploy.image", description=__doc__)
    parser.add_argument("--base", type=Path, help="a folder that debootstrap made before, to take it again")
    options = parser.parse_args(arguments)
    if lacking := missing():
        print(f"THE IMAGE IS NOT BUILT HERE: {', '.join(lacking)} missing.")
        return 1
    have_base(options.base)
    build()
    found = looked_at()
    for what, is_so in found.items():
        print(f"{'ok' if is_so else 'NOT SO'}: {what}")
    return 0 if all(found.values()) else 1


def have_base(folder: Path | None = None) -> None:
    """Pull what the Dockerfile begins with, or make it of Debian's packages. Raises NoBaseError."""
    dockerfile = (ROOT / "Dockerfile").read_text()
    for name in sorted(set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE))):
        whole = f"docker.io/library/{name}"
        if _works("buildah", "inspect", "--type=image", whole):
            continue
        if folder is None and _works("timeout", str(PULL_SECONDS), "buildah", "pull", "--quiet", whole):
            continue
        with _debian(folder) as made:
            _make(whole, made)


@contextmanager
def _debian(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="debian-") as made:
        try:
            _run("debootstrap", "--variant=minbase", f"--include={BASE_PACKAGES}", SUITE, made)
        except RuntimeError as error:
            raise NoBaseError(str(error)) from error
        yield Path(made)


def _make(name: str, folder: Path) -> None:
    container = _run("buildah", "from", "scratch").strip()
    _run("buildah", "copy", "--quiet", container, f"{folder}/", "/")
    _run("buildah", "run", "--runtime=runc", container, "ln", "-sf", "python3", "/usr/bin/python")
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    _run("buildah", "config", f"--env=PATH={path}", container)
    _run("buildah", "commit", "--quiet", "--rm", "--format=docker", container, name)


def build() -> None:
    """Build the image; `--format docker` keeps its HEALTHCHECK."""
    with tempfile.NamedTemporaryFile("w", prefix="pip-") as settings:
        volumes = [f"{settings.name}:/etc/pip.conf:ro", *_as_pip_here(settings.name)]
        options = [f"--volume={volume}" for volume in volumes]
        _run(
            "buildah",
            "bud",
            "--runtime=runc",
            "--pull-never",
            "--format=docker",
            *options,
            f"--tag={IMAGE}",
            str(ROOT),
        )


def _as_pip_here(settings: str) -> Iterator[str]:
    """Write how pip finds packages on this machine; gives the folders that this names, to be lent to the build."""
    told = configparser.RawConfigParser()
    told["global"] = {}
    for line in _run(sys.executable, "-m", "pip", "config", "list").splitlines():
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
    healthcheck = _run("podman", "image", "inspect", "--format={{json .HealthCheck}}", IMAGE)
    return {
        "it runs as its own user": user == "10001",
        "it cannot write to itself": _in_it("sh", "-c", "touch /app/x 2>/dev/null || echo refused")
        == "refused",
        "check --deploy is content": "no issues" in check,
        "pg_dump is there for backups": "pg_dump" in _in_it("pg_dump", "--version"),
        "it says how its health is asked": "healthz" in healthcheck,
        "it answers at /healthz": _answers(),
    }


def _in_it(*command: str) -> str:
    options = [*LOCKED, *(f"--env={name}={value}" for name, value in SETTINGS.items())]
    return _run("podman", "run", "--rm", *HERE, *options, IMAGE, *command).strip()


def _answers() -> bool:
    """Whether it serves, as it is started by itself."""
    options = [*LOCKED, "--tmpfs=/data", *(f"--env={name}={value}" for name, value in SETTINGS.items())]
    begun = _run("podman", "run", "--detach", *HERE, *options, IMAGE).strip()
    try:
        asking = 'for i in $(seq 60); do python -c "$0" 2>/dev/null && exit 0; sleep 1; done; exit 1'
        return _works("podman", "exec", begun, "sh", "-c", asking, ALIVE)
    finally:
        _works("podman", "rm", "--force", "--time=5", begun)


def _works(*command: str) -> bool:
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def _run(*command: str) -> str:
    """Run a program and return what it says. Raises RuntimeError, with the end of that, if it fails."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:3])} ...\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
