"""What the kernel says of a container's processes: who they are, what they may, whether they can write."""

import re
from collections.abc import Iterator
from pathlib import Path

from deploy.containers.deployment import Deployment

NOTHING = "0" * 16
STATUS = re.compile(r"^(Uid|CapEff|CapPrm|CapBnd|NoNewPrivs):\s+(\S+)", re.MULTILINE)


def open_ones(deployment: Deployment, service: str) -> Iterator[str]:
    """What is not locked of a service that runs, in words; nothing if all is."""
    numbers = deployment.podman("top", deployment.container(service), "hpid").split()[1:]
    if not numbers:
        yield "it does not run"
    for number in numbers:
        status = Path(f"/proc/{number}/status")
        if status.exists():
            yield from of_process(status.read_text())
    # Root in the container may write where the owner may, and would, if the root were not read-only.
    asked = deployment.execute(service, "sh", "-c", "touch /written 2>&1; true", user="0")
    if "Read-only file system" not in asked:
        yield f"its root can be written to ({asked.strip() or 'it was'})"


def of_process(status: str) -> Iterator[str]:
    """What a process has too much of, by its /proc/PID/status."""
    told = dict(STATUS.findall(status))
    if told["Uid"] == "0":
        yield "a process is root's"
    for name in ("CapEff", "CapPrm", "CapBnd"):
        if told[name] != NOTHING:
            yield f"a process has {name} {told[name]}"
    if told["NoNewPrivs"] != "1":
        yield "a process can gain privileges"
