"""A busy quarter of an hour in a few rounds: stamps, looks that spread, and people who ask for their pass."""

from dataclasses import dataclass, field
from threading import Semaphore

import pytest

from loyalty.models import LoyaltyCard
from loyalty.services import programs
from tenancy import scope
from tests import factories
from tests.wallet import workers
from tests.wallet.conftest import carried, deliver, relay
from tests.wallet.fake_google import FakeGoogle
from tests.wallet.threads import at_once
from wallet.models import WalletPass

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
ROUNDS = 4


@dataclass
class Day:
    """What happens at once, some rounds of each; passes are sent until all the others have finished."""

    shop: factories.Shop
    cards: list[LoyaltyCard]
    left: Semaphore = field(default_factory=lambda: Semaphore(0))

    def stamp(self) -> None:
        for number in range(ROUNDS):
            with factories.inside(self.shop):
                factories.give_stamps(self.cards[number % len(self.cards)], self.shop.store, 1)
            relay()

    def restyle(self) -> None:
        owner = factories.actor("owner")
        for number in range(ROUNDS):
            with factories.inside(self.shop):
                color = f"#1f5c{number:02x}"
                programs.change(program_id=self.shop.program.pk, actor=owner, card_color=color)
            relay()
            workers.spread_designs()

    def enrol(self) -> None:
        for _number in range(ROUNDS):
            carried(factories.card(self.shop.store))

    def act(self, number: int) -> None:
        """One of them, or with the last number the sending."""
        others = (self.stamp, self.restyle, self.enrol)
        if number < len(others):
            try:
                others[number]()
            finally:
                self.left.release()
            return
        finished = 0
        while finished < len(others):
            workers.sync_passes()
            workers.sweep_passes()
            finished += self.left.acquire(blocking=False)


def test_stamps_spreading_looks_and_new_passes_at_once_wait_for_nobody_who_waits_for_them(
    google: FakeGoogle, shop: factories.Shop
) -> None:
    """A deadlock would end one of them with an error: then `at_once` returns less."""
    day = Day(shop, [carried(factories.card(shop.store)) for _card in range(4)])
    deliver()
    assert len(at_once(4, day.act)) == 4
    deliver()
    deliver()
    with scope.everything("a test looks"):
        passes = list(WalletPass.objects.all())
    assert len(passes) == 4 + ROUNDS
    assert not [each.pk for each in passes if each.is_lagging]
    told = [each["loyaltyPoints"]["balance"]["int"] for each in google.objects.values()]
    assert sum(told) == ROUNDS
