"""compose.yaml brought up by podman-compose, in the order and after the conditions that it names.

    with begun(checkout) as deployment:
        deployment.manage("web", "doctor")

podman-compose reads the file, makes networks, volumes and containers. What systemd and a newer podman do is done here:
health is asked by the containers' own checks, and each is started when what it depends on is as its condition says.
"""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from deploy.containers.tools import run, works

PROJECT = "compose-check"
PATIENCE_SECONDS = 600  # a busy machine migrates for minutes
MOST_RESTARTS = 5
ENGINE = """[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]  # within another container no limit can be raised
[engine]
runtime = "runc"
[network]
network_backend = "netavark"
"""
LABELS = ("io.podman.compose.project", "com.docker.compose.service")


class DeploymentError(RuntimeError):
    """A container does not become what others wait for; the message has its last words."""


@dataclass(frozen=True)
class Deployment:
    """The services of compose.yaml in a folder, and those beside them.

    Args:
        checkout: where compose.yaml, `.env` and `deploy` are.
        engine: podman's settings.
        services: what compose.yaml says of each, and what is said beside it.
    """

    checkout: Path
    engine: Path
    services: dict[str, Any]

    @property
    def environment(self) -> dict[str, str]:
        """What podman and podman-compose are called with."""
        return {
            "CONTAINERS_CONF": str(self.engine),
            "DISABLE_HC_SYSTEMD": "true",
            "PACKAGES": str(_packages()),
            "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin",
        }

    def compose(self, *arguments: str) -> str:
        """Call podman-compose. Raises RuntimeError if it fails."""
        return run(*self.compose_command(*arguments), environment=self.environment, folder=self.checkout)

    def compose_command(self, *arguments: str) -> list[str]:
        files = ["--file=compose.yaml", "--file=deploy/containers/neighbours.yaml"]
        return [sys.executable, "-m", "podman_compose", f"--project-name={PROJECT}", *files, *arguments]

    def podman(self, *arguments: str) -> str:
        """Call podman. Raises RuntimeError if it fails."""
        return run("podman", *arguments, environment=self.environment)

    def execute(self, service: str, *command: str, user: str = "") -> str:
        """Run a program in a service's container."""
        as_whom = [f"--user={user}"] if user else []
        return self.podman("exec", *as_whom, self.container(service), *command)

    def manage(self, service: str, *arguments: str) -> str:
        """Run a management command in a service's container."""
        return self.execute(service, "python", "manage.py", *arguments)

    def container(self, service: str) -> str:
        """The number of a service's container."""
        mine = [
            f"--filter=label={label}={value}" for label, value in zip(LABELS, (PROJECT, service), strict=True)
        ]
        return self.podman("ps", "--all", "--no-trunc", "--format={{.ID}}", *mine).split()[0]

    def state(self, service: str) -> dict[str, Any]:
        """What podman says of a service's container."""
        inspected: dict[str, Any] = json.loads(self.podman("inspect", self.container(service)))[0]
        return inspected

    def is_healthy(self, service: str) -> bool:
        """Whether its own check is content, now."""
        return works("podman", "healthcheck", "run", self.container(service), environment=self.environment)

    def has_completed(self, service: str) -> bool:
        """Whether it has done its work and ended. Raises DeploymentError if it has ended otherwise."""
        state = self.state(service)["State"]
        if state["Status"] == "exited" and state["ExitCode"]:
            raise DeploymentError(f"{service} ended with {state['ExitCode']}:\n{self.words(service)}")
        return bool(state["Status"] == "exited")

    def words(self, service: str) -> str:
        """The end of its log."""
        command = ["podman", "logs", "--tail=30", self.container(service)]
        said = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **self.environment})
        return (said.stdout + said.stderr)[-3000:]

    def up(self) -> None:
        """Make every container, and start each when its conditions are met. Raises DeploymentError."""
        self.compose("up", "--no-start", "--no-build", "--no-deps", "--detach")
        for service in self.in_order():
            for neighbour, condition in self.conditions(service).items():
                self.wait(neighbour, condition)
            self.podman("start", self.container(service))
        for service in self.services:
            if self.state(service)["Config"].get("Healthcheck", {}).get("Test", ["NONE"]) != ["NONE"]:
                self.wait(service, "service_healthy")

    def down(self) -> None:
        """End everything, and remove what it kept; also one that begins again and again."""
        mine = f"--filter=label={LABELS[0]}={PROJECT}"
        for _try in range(3):  # one that ends just then is not found to be killed
            if containers := self.podman("ps", "--all", "--quiet", mine).split():
                works(
                    "podman",
                    "rm",
                    "--force",
                    "--volumes",
                    "--time=0",
                    *containers,
                    environment=self.environment,
                )
        for kind in ("volume", "network"):
            for name in self.podman(kind, "ls", "--format={{.Name}}").split():
                if name.startswith(f"{PROJECT}_"):  # by its name: who else made it gave it no label
                    self.podman(kind, "rm", "--force", name)

    def conditions(self, service: str) -> dict[str, str]:
        """What a service waits for: its neighbours, and how each must be."""
        return {name: how["condition"] for name, how in self.services[service].get("depends_on", {}).items()}

    def in_order(self) -> list[str]:
        """The services, each after those that it waits for."""
        order: list[str] = []

        def add(service: str) -> None:
            for neighbour in self.conditions(service):
                add(neighbour)
            if service not in order:
                order.append(service)

        for service in self.services:
            add(service)
        return order

    def wait(self, service: str, condition: str) -> None:
        """Until a condition of compose.yaml holds of a service. Raises DeploymentError where it does not in time."""
        holds = {"service_healthy": self.is_healthy, "service_completed_successfully": self.has_completed}
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds[condition](service):
            if time.monotonic() > deadline or self.state(service)["RestartCount"] >= MOST_RESTARTS:
                raise DeploymentError(
                    f"{condition} of {service} was waited for in vain:\n{self.words(service)}"
                )
            time.sleep(0.5)


@contextmanager
def begun(checkout: Path) -> Iterator[Deployment]:
    """Bring up what a folder's compose.yaml says, and take it down again."""
    engine = checkout / "containers.conf"
    engine.write_text(ENGINE)
    files = (checkout / "compose.yaml", checkout / "deploy/containers/neighbours.yaml")
    services = {
        name: said for file in files for name, said in yaml.safe_load(file.read_text())["services"].items()
    }
    deployment = Deployment(checkout, engine, services)
    deployment.down()  # what a run left that was killed
    try:
        deployment.up()
        yield deployment
    finally:
        deployment.down()


def settings() -> dict[str, str]:
    """A `.env` as docs/deploy.md has it, for this machine; its mail goes to the neighbour."""
    return {
        "POSTGRES_PASSWORD": secrets.token_urlsafe(32),
        "REDIS_PASSWORD": secrets.token_urlsafe(32),
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "127.0.0.1",
        "PUBLIC_BASE_URL": "https://127.0.0.1",
        "EMAIL_URL": "smtp://letters:8025",
        "DEFAULT_FROM_EMAIL": "Cards <cards@example.com>",
        "BACKUP_KEY": secrets.token_urlsafe(64),
    }


def _packages() -> Path:
    found = find_spec("aiosmtpd")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parents[1]
