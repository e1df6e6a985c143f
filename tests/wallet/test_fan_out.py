"""A changed look over many passes: in batches that stop and go on; and workers that are killed on the way."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import connection
from django.utils import timezone

from loyalty.models import LoyaltyCard
from loyalty.services import programs
from tenancy import scope
from tests import factories
from tests.wallet import workers
from tests.wallet.conftest import (
    ISSUER,
    SITE,
    apple_pass,
    carried,
    deliver,
    google_pass,
    hurry,
    relay,
    stamped,
)
from tests.wallet.fake_google import FakeGoogle
from wallet.models import PassDesign, WalletChannel, WalletPass
from wallet.services import designs

WAIT = 60  # seconds; only a broken test waits so long


def wanted(cards: list[LoyaltyCard]) -> list[int]:
    return [apple_pass(card).wanted_version for card in cards]


@pytest.fixture
def cards(apple: object, shop: factories.Shop, monkeypatch: pytest.MonkeyPatch) -> list[LoyaltyCard]:
    """Seven cards, and batches of three."""
    made = [carried(factories.card(shop.store)) for _ in range(7)]
    deliver()
    monkeypatch.setattr(designs, "BATCH", 3)
    return made


def repaint(shop: factories.Shop, color: str) -> None:
    with factories.inside(shop):
        programs.change(program_id=shop.program.pk, actor=factories.actor("owner"), card_color=color)
    relay()


def spread() -> int | None:
    with scope.everything("a worker's batch"):
        return designs.spread_batch()


def test_a_changed_look_is_spread_in_batches(cards: list[LoyaltyCard], shop: factories.Shop) -> None:
    repaint(shop, "#c2553a")
    assert wanted(cards) == [1] * 7
    assert [spread() for _ in range(4)] == [3, 3, 1, None]
    assert wanted(cards) == [2] * 7


def test_a_changed_look_is_nothing_to_the_cards_of_another_merchant(
    cards: list[LoyaltyCard], shop: factories.Shop
) -> None:
    theirs = carried(factories.card(factories.shop().store))
    deliver()
    repaint(shop, "#c2553a")
    assert [spread() for _ in range(4)] == [3, 3, 1, None]
    assert wanted([theirs]) == [1]


def test_it_goes_on_where_it_was_stopped(cards: list[LoyaltyCard], shop: factories.Shop) -> None:
    repaint(shop, "#c2553a")
    spread()
    assert wanted(cards) == [2, 2, 2, 1, 1, 1, 1]
    workers.sweep_passes()
    assert wanted(cards) == [2] * 7


def test_a_batch_that_fails_is_done_again_as_a_whole(
    cards: list[LoyaltyCard], shop: factories.Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    repaint(shop, "#c2553a")
    with monkeypatch.context() as broken:
        broken.setattr(PassDesign, "save", None)
        with pytest.raises(TypeError), scope.everything("a worker that fails at the end of its batch"):
            designs.spread_batch()
    assert wanted(cards) == [1] * 7
    workers.spread_designs()
    assert wanted(cards) == [2] * 7


def test_a_look_that_changes_again_on_the_way_reaches_all(
    cards: list[LoyaltyCard], shop: factories.Shop
) -> None:
    repaint(shop, "#c2553a")
    spread()
    repaint(shop, "#1b2440")
    workers.spread_designs()
    assert wanted(cards) == [3] * 7
    assert spread() is None


def test_ten_changes_before_a_worker_came_are_one_round(
    cards: list[LoyaltyCard], shop: factories.Shop
) -> None:
    for number in range(10):
        repaint(shop, f"#00000{number}")
    workers.spread_designs()
    assert wanted(cards) == [2] * 7


def test_other_merchants_are_left_alone(cards: list[LoyaltyCard], shop: factories.Shop) -> None:
    other = carried(factories.card(factories.shop().store))
    deliver()
    repaint(shop, "#c2553a")
    workers.spread_designs()
    assert wanted([other]) == [1]


# --- A worker that is killed ------------------------------------------------------------------------------


def worker(google: FakeGoogle, folder: Path) -> subprocess.Popen[bytes]:
    """A process that runs the task once, on the test's database."""
    server = connection.settings_dict
    environment = os.environ | google.settings(ISSUER)
    environment |= {
        "DJANGO_SETTINGS_MODULE": "loyalty_site.settings.local",
        "DATABASE_URL": f"postgresql://{server['USER']}@{server['HOST']}:{server['PORT']}/{server['NAME']}",
        "PUBLIC_BASE_URL": SITE,
        "VAR_DIR": str(folder),
    }
    code = "import django; django.setup(); from tests.wallet import workers; workers.sync_passes()"
    return subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=site.BASE_DIR)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_an_update_loses_nothing(
    google: FakeGoogle, shop: factories.Shop, tmp_path: Path
) -> None:
    card = carried(factories.card(shop.store))
    deliver()
    google.requests.clear()
    stamped(card, shop, 3)
    relay()
    hurry()
    google.hang("PATCH", WAIT)
    process = worker(google, tmp_path)
    assert google.is_hanging.wait(WAIT)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(WAIT)

    assert workers.sync_passes() == 0, "its lease has not run out"
    assert google_pass(card).is_lagging
    with scope.everything("two minutes later"):
        WalletPass.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        WalletChannel.objects.update(busy_until=None)
    assert workers.sync_passes() == 1
    assert google.objects[google_pass(card).object_id]["loyaltyPoints"]["balance"] == {"int": 3}
    assert not google_pass(card).is_lagging
