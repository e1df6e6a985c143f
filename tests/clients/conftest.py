"""A site that really listens, a shop with a customer, and a key for its till."""

import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from loyalty.models import LoyaltyCard
from tenancy.models import Scope
from tests import factories
from tests.factories import Shop
from tests.sources import ROOT

EMAIL = "anna@example.com"


@pytest.fixture
def shop(live_server: LiveServer, settings: Settings) -> Shop:
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    return factories.shop()


@pytest.fixture
def card(shop: Shop) -> LoyaltyCard:
    return factories.card(shop.store, EMAIL)


@pytest.fixture
def key(shop: Shop) -> str:
    return factories.api_key(shop.store, list(Scope.values))


def till_of(shop: Shop, url: str, key: str, journal: Path, *options: str) -> list[str]:
    """How the example's till is started, as its guide says."""
    program = [sys.executable, str(ROOT / "examples/till/till.py"), "--url", url, "--key", key]
    return [*program, "--store", shop.store.store_code, "--journal", str(journal), *options]


@pytest.fixture
def run_till(shop: Shop, key: str, tmp_path: Path) -> "RunTill":
    return RunTill(shop, key, tmp_path / "till.db")


class RunTill:
    """The till of the example, as a program: lines are typed, and what it says is returned."""

    def __init__(self, shop: Shop, key: str, journal: Path) -> None:
        self.shop, self.key, self.journal = shop, key, journal

    def __call__(self, url: str, *typed: str, timeout: str = "5") -> list[str]:
        command = till_of(self.shop, url, self.key, self.journal, "--timeout", timeout)
        environment = {"PYTHONPATH": str(ROOT / "clients/python")}
        done = subprocess.run(
            command,
            input="\n".join(typed),
            capture_output=True,
            text=True,
            env=environment,
            timeout=60,
            check=False,
        )
        assert done.stderr == ""
        return done.stdout.splitlines()
