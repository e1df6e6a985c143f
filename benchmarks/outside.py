"""Everybody a till's events go to, as real servers on this machine, and the worker that brings them there.

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

from benchmarks.site import ROOT
from loyalty_site.servers import supervise
from loyalty_site.settings import work
from tests.notifications.post_office import PostOffice, open_post_office
from tests.wallet.fake_apns import FakeApns
from tests.wallet.fake_google import FakeGoogle
from tests.webhooks.receiver import Receiver
from wallet.apple.made_up_chain import make_chain

PASS_TYPE, TEAM, ISSUER = "pass.example.benchmark", "MADEUP1234", "3388000000022222222"
THREADS = 8
NOT_OURS = ("jobs", "keeping")  # long work of people and of the night, on workers of their own


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
        receiver = stack.enter_context(Receiver())
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
    """One Celery worker with its clock: one process for all queues but the long ones, the parties side by side."""

    def __init__(self, process: psutil.Process) -> None:
        self.process = process

    def pause(self) -> None:
        """It is held still, as it is, until `go_on`."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def cpu_seconds(self) -> float:
        return float(sum(self.process.cpu_times()[:2]))


@contextmanager
def worker(environment: Mapping[str, str]) -> Iterator[Worker]:
    """Start the worker; it ends with the block."""
    queues = [name for name in (work.DEFAULT, *work.OF_QUEUE) if name not in NOT_OURS]
    command = [sys.executable, "-m", "celery", "--app", "loyalty_site", "--quiet", "worker", "--beat"]
    command += ["--queues", ",".join(queues), "--pool", "threads", "--concurrency", str(THREADS)]
    command += ["--loglevel", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, start_new_session=True) as process:
        try:
            with supervise.watched(process, signal.SIGKILL):
                yield Worker(psutil.Process(process.pid))
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # what it is at is of no use to anybody
