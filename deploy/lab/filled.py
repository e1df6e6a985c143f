"""The configurations of deploy/, with the lab's ports and folders in them."""

import re
import shlex
import string
from collections.abc import Mapping
from pathlib import Path

DEPLOY = Path(__file__).parents[1]
PLACES = re.compile(r"\$\{(\w+)\}")


def write(name: str, to: Path, values: Mapping[str, object]) -> Path:
    """Fill a file of deploy/cluster; raises KeyError where a value is missing."""
    text = string.Template((DEPLOY / "cluster" / name).read_text())
    to.touch(mode=0o600)
    to.write_text(text.substitute({name: str(value) for name, value in values.items()}))
    return to


def environment(name: str, values: Mapping[str, object]) -> dict[str, str]:
    """A filled file of variables, as a dictionary."""
    text = string.Template((DEPLOY / "cluster" / name).read_text())
    lines = text.substitute({name: str(value) for name, value in values.items()}).splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def known_values() -> set[str]:
    """Return the names that deploy/cluster/values.env gives."""
    lines = (DEPLOY / "cluster/values.env").read_text().splitlines()
    return {line.split("=", 1)[0] for line in lines if line and not line.startswith("#")}


def asked_values() -> set[str]:
    """Return the names that the configurations ask for."""
    files = [path for path in (DEPLOY / "cluster").iterdir() if path.name != "values.env"]
    return {name for path in files for name in PLACES.findall(path.read_text())}


def nginx(to: Path, *, port: int, plain_port: int, webs: list[str], home: Path) -> Path:
    """deploy/nginx.conf before several groups of web processes, in folders of its own."""
    text = (DEPLOY / "nginx.conf").read_text().replace("/tmp/", f"{home}/")  # `home` may lie there itself
    servers = "\n        ".join(f"server {web} max_fails=0;" for web in webs)
    changes = {
        "server web:8000 max_fails=0;": servers,
        "listen 8080 default_server;": f"listen 127.0.0.1:{plain_port} default_server;",
        "listen 8443 ": f"listen 127.0.0.1:{port} ",
        "/etc/nginx/tls/fullchain.pem": str(home / "tls/fullchain.pem"),
        "/etc/nginx/tls/privkey.pem": str(home / "tls/privkey.pem"),
        "worker_processes auto;": "worker_processes 1;",
    }
    for old, new in changes.items():
        if old not in text:
            raise ValueError(f"deploy/nginx.conf has no {old!r}")
        text = text.replace(old, new)
    to.write_text(text)
    return to


def unit(name: str, *, programs: Path, instance: str = "", queues: str = "") -> list[str]:
    """The command of a unit of deploy/systemd, with our programs."""
    lines = (DEPLOY / "systemd" / name).read_text().splitlines()
    (command,) = [line.removeprefix("ExecStart=") for line in lines if line.startswith("ExecStart=")]
    command = command.replace("/srv/loyalty/.venv/bin", str(programs))
    command = (
        command.replace("--queues %i", f"--queues {queues}")
        .replace("%i", instance)
        .replace("%%h", "lab")
        .replace("${CONCURRENCY}", "1")
    )
    return shlex.split(command)
