"""Everybody a till's events go to, as real servers on this machine, and the workers that bring them there.

A mail server, APNs, Google Wallet and a receiver of webhooks run in threads of the benchmark's own process.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil
from django.conf import settings

from benchmarks.receiver import Receiver, open_receiver
from benchmarks.site import ROOT
from loyalty_site.servers import supervise
from loyalty_site.settings import work
from tests.notifications.post_office import PostOffice, open_post_office
from tests.wallet.fake_apns import FakeApns
from tests.wallet.fake_google import FakeGoogle
from wallet.apple.made_up_chain import make_chain

PASS_TYPE, TEAM, ISSUER = "pass.example.benchmark", "MADEUP1234", "3388000000022222222"
# Celery queues and processes of each, as in compose.yaml; not the long work of people and of the night.
WORKERS = {
    "relay": (f"{work.DEFAULT},relay", 2),
    "mail": ("mail,sms", 2),
    "apple": ("apple", 1),
    "google": ("google", 1),
    "webhooks": ("webhooks", 2),
}


@dataclass(frozen=True)
class Outside:
    """Who is told of what happens, and the environment in which a site tells them."""

    office: PostOffice
    apns: FakeApns
    google: FakeGoogle
    receiver: Receiver
    environment: Mapping[str, str]


@contextmanager
def everybody() -> Iterator[Outside]:
    """All of them, until the block ends; this process speaks to them, too."""
    chain = make_chain(pass_type_id=PASS_TYPE, team_id=TEAM, now=datetime.now(UTC))
    with ExitStack() as stack:
        office = stack.enter_context(open_post_office())
        apns = stack.enter_context(FakeApns(chain))
        google = stack.enter_context(FakeGoogle())
        receiver = stack.enter_context(open_receiver())
        wallets = {
            "WALLET_APPLE_PASS_TYPE_ID": PASS_TYPE,
            "WALLET_APPLE_TEAM_ID": TEAM,
            "WALLET_APPLE_CERTIFICATE": chain.leaf.pem.decode(),
            "WALLET_APPLE_KEY": chain.leaf.key_pem.decode(),
            "WALLET_APPLE_WWDR": chain.intermediate.pem.decode(),
            "WALLET_APPLE_PUSH_URL": apns.url,
            "WALLET_APPLE_PUSH_CA": chain.root.pem.decode(),
            **google.settings(ISSUER),
        }
        for name, value in wallets.items():
            setattr(settings, name, value)
        mail = {"EMAIL_URL": f"smtp://127.0.0.1:{office.port}", "DEFAULT_FROM_EMAIL": "cards@shop.example"}
        site = {"PUBLIC_BASE_URL": "https://cards.shop.example", "WEBHOOKS_ALLOW_PRIVATE": "true"}
        yield Outside(office, apns, google, receiver, {**wallets, **mail, **site})


class Worker:
    """A Celery worker with its processes."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def pause(self) -> None:
        """It is held still, as it is, until `go_on`."""
        os.killpg(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.killpg(self.pid, signal.SIGCONT)

    def cpu_seconds(self) -> float:
        leader = psutil.Process(self.pid)
        return float(sum(sum(each.cpu_times()[:2]) for each in (leader, *leader.children(recursive=True))))


@contextmanager
def workers(environment: Mapping[str, str]) -> Iterator[dict[str, Worker]]:
    """A worker of each kind with as many processes as compose.yaml gives it, and the clock; they end with the block."""
    with ExitStack() as stack:
        stack.enter_context(beat(environment))
        yield {name: stack.enter_context(worker(environment, *of)) for name, of in WORKERS.items()}


@contextmanager
def beat(environment: Mapping[str, str]) -> Iterator[None]:
    """Celery's clock, until the block ends."""
    with _celery(environment, "beat", "--pidfile", ""):
        yield


@contextmanager
def worker(environment: Mapping[str, str], queues: str, processes: int) -> Iterator[Worker]:
    """A Celery worker for some queues, with so many processes; it ends with the block."""
    pool = ("--pool", "prefork", "--concurrency", str(processes)) if processes > 1 else ("--pool", "solo")
    apart = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    with _celery(environment, "worker", "--queues", queues, *pool, *apart) as pid:
        yield Worker(pid)


@contextmanager
def _celery(environment: Mapping[str, str], *arguments: str) -> Iterator[int]:
    command = [sys.executable, "-W", "ignore", "-m", "celery", "--app", "loyalty_site", "--quiet", *arguments]
    command += ["--loglevel", "ERROR"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, start_new_session=True) as process:
        try:
            with supervise.watched(process, signal.SIGKILL):
                yield process.pid
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # what it is at is of no use to anybody
