"""The images that ours begin with or stand beside: pulled, or made of Debian's packages where there is no registry.

A stand-in has the name of what it stands for, Debian's own version of the program, and what compose.yaml counts on: the
user's number, folders, how it begins.
"""

import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.containers.tools import ROOT, build, run, works

SUITE = "bookworm"  # whose Python is one of those that the site runs with
PACKAGES = "python3,python3-venv,ca-certificates"
PULL_SECONDS = 60
STAND_INS = ROOT / "deploy/containers/stand_ins"
LABEL = "loyalty.stand-in"


class NoBaseError(RuntimeError):
    """A base is neither pulled here, nor can it be made of Debian's packages; the message says why."""


def have_base(folder: Path | None = None) -> None:
    """Pull what the Dockerfile begins with, or make it of Debian's packages. Raises NoBaseError.

    Args:
        folder: a Debian that debootstrap made before, to take it again.
    """
    dockerfile = (ROOT / "Dockerfile").read_text()
    for name in sorted(set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE))):
        whole = _whole(name)
        if _is_here(whole) or (folder is None and _is_pulled(whole)):
            continue
        with _debian(folder) as made:
            _make(whole, made)


def have_neighbour(name: str) -> str:
    """Pull an image that compose.yaml names, or make its stand-in; returns which of the two it is, in words.

    Raises NoBaseError.
    """
    whole, recipe = _whole(name), STAND_INS / name.partition(":")[0]
    version = _version(recipe)
    if _is_here(whole):
        made_by = _label(whole)
        if made_by == version:
            return f"{name} is made of Debian's packages"
        if not made_by:
            return f"{name} is the registry's"
    elif _is_pulled(whole):
        return f"{name} is the registry's"
    if not recipe.is_dir():
        raise NoBaseError(f"{name} cannot be pulled, and there is no stand-in for it")
    build(recipe, whole, f"--label={LABEL}={version}")
    return f"{name} is made of Debian's packages"


def _whole(name: str) -> str:
    return f"docker.io/library/{name}"


def _version(recipe: Path) -> str:
    """What a stand-in is made by, as a number."""
    files = sorted(path for path in recipe.glob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _label(whole: str) -> str:
    """What a stand-in was made by; empty where it is none."""
    read = f'--format={{{{index .OCIv1.Config.Labels "{LABEL}"}}}}'
    label = run("buildah", "inspect", "--type=image", read, whole).strip()
    return "" if label == "<no value>" else label


def _is_here(whole: str) -> bool:
    return works("buildah", "inspect", "--type=image", whole)


def _is_pulled(whole: str) -> bool:
    return works("timeout", str(PULL_SECONDS), "buildah", "pull", "--quiet", whole)


@contextmanager
def _debian(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="debian-") as made:
        try:
            run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, made)
        except RuntimeError as error:
            raise NoBaseError(str(error)) from error
        yield Path(made)


def _make(name: str, folder: Path) -> None:
    container = run("buildah", "from", "scratch").strip()
    run("buildah", "copy", "--quiet", container, f"{folder}/", "/")
    run("buildah", "run", "--runtime=runc", container, "ln", "-sf", "python3", "/usr/bin/python")
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    run("buildah", "config", f"--env=PATH={path}", container)
    run("buildah", "commit", "--quiet", "--rm", "--format=docker", container, name)
