"""compose.yaml, brought up and lived with for a day: `python -m deploy.containers.compose [--where-possible]`.

A checkout of its own, a `.env` as docs/deploy.md has it, a certificate that it makes itself, the images of the
Dockerfile and of the registry (or their stand-ins of Debian's packages), podman-compose. Then, through the proxy:
health, the first operator, the first shop, the first stamp, and one while web begins anew; e-mails, doctor, a backup
and its drill; and what each container may not.
"""

import argparse
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests
import yaml

from deploy.containers import bases, deployment, first_day, image, locks, renewal, tools
from deploy.containers.deployment import Deployment
from deploy.containers.tools import ROOT, run

PORTS = (80, 443)
LEFT_OUT = (".git", ".venv", "var", "node_modules", "__pycache__", ".env", "tls")
TASKS_SECONDS, LOOK_EVERY_SECONDS = 150, 10
NOT_YET = "has not run yet"  # of doctor's words


def main(arguments: Sequence[str]) -> int:
    """Return 0 if all is as it should be, 1 if something is not, 3 where it cannot be tried."""
    parser = argparse.ArgumentParser(prog="python -m deploy.containers.compose", description=__doc__)
    parser.add_argument(
        "--where-possible", action="store_true", help="where it cannot be tried, call that well"
    )
    parser.add_argument(
        "--built", action="store_true", help="take the image that was built last, if there is one"
    )
    options = parser.parse_args(arguments)
    if lacking := list(lacks()):
        print(f"COMPOSE.YAML IS NOT BROUGHT UP HERE: {', '.join(lacking)} missing.", file=sys.stderr)
        return 0 if options.where_possible else 3
    prepare(built=options.built)
    with checkout() as folder, deployment.begun(folder) as begun:
        found: dict[str, bool] = {}
        for look in LOOKS:
            seen = look(begun)
            for what, is_so in seen.items():
                print(f"{'ok' if is_so else 'NOT SO'}: {what}", flush=True)
            found |= seen
    return 0 if all(found.values()) else 1


def lacks() -> Iterator[str]:
    """What is missing to try it, in words."""
    yield from tools.missing(tools.FOR_COMPOSE, modules=["podman_compose"])
    for port in PORTS:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                yield f"a free port {port}"


def prepare(*, built: bool) -> None:
    """Have every image that compose.yaml names. Raises NoBaseError."""
    bases.have_base()
    if not (built and tools.works("podman", "image", "exists", image.IMAGE)):
        image.build()
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"].values()
    for name in sorted({service["image"] for service in services if "build" not in service}):
        print(bases.have_neighbour(name), flush=True)


@contextmanager
def checkout() -> Iterator[Path]:
    """A copy of all files in a folder of its own, with `.env` and a certificate."""
    with tempfile.TemporaryDirectory(prefix="checkout-") as made:
        folder = Path(made) / "loyalty"
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        lines = [f"{name}={value}\n" for name, value in deployment.settings().items()]
        (folder / ".env").touch(mode=0o600)
        (folder / ".env").write_text("".join(lines))
        make_certificate(folder / "deploy/tls")
        yield folder


def make_certificate(to: Path) -> None:
    """One for this machine, that nobody but us believes; its key is for the proxy's user alone."""
    to.mkdir()
    key, chain = to / "privkey.pem", to / "fullchain.pem"
    of = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    whose = ("-subj", "/CN=compose-check", "-addext", "subjectAltName=IP:127.0.0.1")
    run("openssl", "req", "-x509", *of, *whose, "-keyout", str(key), "-out", str(chain))
    for path in (key, chain):
        shutil.chown(path, 101, 101)


def certificate(begun: Deployment) -> Path:
    return begun.checkout / "deploy/tls/fullchain.pem"


# --- What is looked at ------------------------------------------------------------------------------------


def health(begun: Deployment) -> dict[str, bool]:
    """TLS ends at the proxy, and the site behind it is well."""
    believed = str(certificate(begun))
    answers = {path: requests.get(f"{first_day.SITE}{path}", verify=believed, timeout=10) for path in PATHS}
    plain = requests.get("http://127.0.0.1/login/", allow_redirects=False, timeout=10)
    return {
        **{f"{path} answers over HTTPS": answer.status_code == 200 for path, answer in answers.items()},
        "database, cache and broker are well": answers["/readyz"].json()["status"] == "ok",
        "http is sent to https": (plain.status_code, plain.headers["Location"])
        == (308, f"{first_day.SITE}/login/"),
    }


def first_stamp(begun: Deployment) -> dict[str, bool]:
    """The first day, from the operator to the stamp; then web and proxy begin anew while the till stamps."""
    lived = first_day.of(begun, certificate(begun))
    return lived.seen | renewal.of(begun, lived.till, lived.place)


def kept(begun: Deployment) -> dict[str, bool]:
    """A backup can be made where compose.yaml keeps them, and restored beside the database."""
    begun.manage("keeping", "backup")
    return {"a backup is made, and its drill is green": "green" in begun.manage("keeping", "drill").lower()}


def doctor(begun: Deployment) -> dict[str, bool]:
    """The doctor finds nothing, once what runs each minute has run; a test mail arrives."""
    deadline = time.monotonic() + TASKS_SECONDS
    while True:
        try:
            said = begun.manage("web", "doctor", "--mail", first_day.OPERATOR)
            break
        except RuntimeError as fault:
            if NOT_YET not in str(fault) or time.monotonic() > deadline:
                raise
        time.sleep(LOOK_EVERY_SECONDS)
    first_day.letter(begun, first_day.OPERATOR)
    return {"doctor says that all is well, and its mail arrives": "All is well." in said}


def locked(begun: Deployment) -> dict[str, bool]:
    """Each container that runs has an own user, no capability, and a root that it cannot write to."""
    found = {}
    for service in begun.services:
        if not begun.state(service)["State"]["Running"]:
            continue
        faults = sorted(set(locks.open_ones(begun, service)))
        found[f"{service} is locked{''.join(f'; but {fault}' for fault in faults)}"] = not faults
    return found


def steady(begun: Deployment) -> dict[str, bool]:
    """All of them run since they were begun, but for the migration, which has ended well."""
    found = {}
    for service in begun.services:
        state = begun.state(service)
        if service == "migrate":
            found["migrate has ended well"] = begun.has_completed(service)
        else:
            running = state["State"]["Running"] and state["RestartCount"] == 0
            found[f"{service} runs, and has never begun again"] = running
    return found


PATHS = ("/healthz", "/readyz", "/login/")
LOOKS: tuple[Callable[[Deployment], dict[str, bool]], ...] = (
    health,
    first_stamp,
    kept,
    doctor,
    locked,
    steady,
)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
