"""A busy quarter of an hour in a few rounds: stamps, looks that spread, and people who ask for their pass."""

import threading

import pytest

from loyalty.services import programs
from tenancy import scope
from tests import factories
from tests.wallet.conftest import carried, deliver, relay
from tests.wallet.fake_google import FakeGoogle
from tests.wallet.threads import at_once
from wallet import tasks
from wallet.models import WalletPass

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
ROUNDS = 4


def test_stamps_spreading_looks_and_new_passes_at_once_wait_for_nobody_who_waits_for_them(
    google: FakeGoogle, shop: factories.Shop
) -> None:
    """A deadlock would end one of them with an error: then `at_once` returns less."""
    cards = [carried(factories.card(shop.store)) for _card in range(4)]
    deliver()
    done = threading.Event()

    def stamp() -> None:
        for number in range(ROUNDS):
            with factories.inside(shop):
                factories.give_stamps(cards[number % 4], shop.store, 1)
            relay()

    def restyle() -> None:
        for number in range(ROUNDS):
            with factories.inside(shop):
                owner = factories.actor("owner")
                programs.change(program_id=shop.program.pk, actor=owner, card_color=f"#1f5c{number:02x}")
            relay()
            tasks.spread_designs()

    def enrol() -> None:
        for _number in range(ROUNDS):
            carried(factories.card(shop.store))

    def send() -> None:
        while not done.is_set():
            tasks.sync_passes()
            tasks.sweep_passes()

    work = [stamp, restyle, enrol]

    def act(number: int) -> None:
        if number == len(work):
            send()
            return
        try:
            work[number]()
        finally:
            finished.append(number)
            if len(finished) == len(work):
                done.set()

    finished: list[int] = []
    assert len(at_once(len(work) + 1, act)) == len(work) + 1
    deliver()
    deliver()
    with scope.everything("a test looks"):
        passes = list(WalletPass.objects.all())
    assert len(passes) == 4 + ROUNDS
    assert not [each.pk for each in passes if each.is_lagging]
    balances = [
        google.objects[str(google_id)]["loyaltyPoints"]["balance"]["int"] for google_id in google.objects
    ]
    assert sum(balances) == ROUNDS
