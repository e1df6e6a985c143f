"""The programs that containers are made and run with, and how they are called."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOR_IMAGES = ("buildah", "podman", "runc", "debootstrap")
FOR_COMPOSE = (*FOR_IMAGES, "catatonit", "netavark", "aardvark-dns", "openssl")
ELSEWHERE = "/usr/lib/podman:/usr/libexec/podman:/usr/sbin:/sbin"  # where programs are that only podman calls


def missing(tools: Sequence[str] = FOR_IMAGES, *, modules: Sequence[str] = ()) -> list[str]:
    """What this machine lacks, in words; nothing if one can begin."""
    lacking = [f"Debian's {tool}" for tool in tools if shutil.which(tool) is None and not _is_elsewhere(tool)]
    lacking += [
        f"{name} (requirements/containers.txt)" for name in modules if importlib.util.find_spec(name) is None
    ]
    return lacking + ([] if os.geteuid() == 0 else ["the account root"])


def _is_elsewhere(tool: str) -> bool:
    return shutil.which(tool, path=ELSEWHERE) is not None


def works(*command: str, environment: Mapping[str, str] | None = None) -> bool:
    """Run a program; returns whether it says that all went well."""
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_with(environment)
    )
    return done.returncode == 0


def run(*command: str, environment: Mapping[str, str] | None = None, folder: Path | None = None) -> str:
    """Run a program and return what it says. Raises RuntimeError, with the end of that, if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, env=_with(environment), cwd=folder)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:6])} ...\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def build(folder: Path, tag: str, *options: str) -> None:
    """Build a folder's image of what is here; `--format docker` keeps its HEALTHCHECK. Raises RuntimeError."""
    ours = ("--runtime=runc", "--pull-never", "--format=docker")
    run("buildah", "bud", *ours, *options, f"--tag={tag}", str(folder))


def _with(environment: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if environment is None else {**os.environ, **environment}
