"""The lab of this checkout: made, found again, begun, forgotten.

lab = begin.begun()      # up, whatever an earlier run has left behind
lab.down()
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

from deploy.lab import needs
from deploy.lab.cluster import Lab
from deploy.lab.parts import LabError
from deploy.lab.plan import HERE, PORTS, ROOT
from loyalty_site.servers import postgres

FIRST_PORT = 20_000
SECRETS = ("postgres", "replication", "loyalty", "redis", "key", "metrics")


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
    ports = {name: first + number for number, name in enumerate(PORTS)}
    keys = {name: secrets.token_urlsafe(48) for name in SECRETS}
    (home / "lab.json").touch(mode=0o600)
    (home / "lab.json").write_text(json.dumps({"ports": ports, "secrets": keys}))
    make_certificate(home / "tls", account)
    return Lab(home, account)


def _free_block() -> int:
    """The first of a row of ports of which nobody uses any; below those that the system gives to who calls out."""
    for first in range(FIRST_PORT, 32_000, 100):
        if all(_is_free(port) for port in range(first, first + len(PORTS))):
            return first
    raise LabError("no row of free ports below 32000")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HERE, port)) != 0


def make_certificate(to: Path, account: str | None) -> None:
    """One for this machine, which nobody but us believes; an account may be given it."""
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
