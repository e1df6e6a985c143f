"""A store is deleted while its till stamps: neither waits for the other for ever."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from loyalty import ledger
from loyalty.services import stamps
from tenancy import deletion
from tests import factories
from tests.concurrency.crowd import Crowd

pytestmark = pytest.mark.concurrency


@contextmanager
def met(module: Any, function: str, meeting: threading.Barrier) -> Iterator[None]:
    """Let both come to these two functions before either goes on."""
    original, arrived = getattr(module, function), threading.Event()

    def wait_and_go_on(*arguments: Any, **keywords: Any) -> Any:
        if not arrived.is_set():
            arrived.set()
            with suppress(threading.BrokenBarrierError):
                meeting.wait(10)
        return original(*arguments, **keywords)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, function, wait_and_go_on)
        yield


def test_deleting_a_store_and_stamping_its_cards_do_not_block_each_other(few: Crowd) -> None:
    """Both hold what they have locked, and then go for the other's: the till's line names the store, the deletion
    takes the card along. Seen red with FOR UPDATE on the store, which keeps foreign keys out: deadlock detected.
    """
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    card = factories.card(shop.store)

    holding = threading.Barrier(2)

    def stamp_or_delete(number: int) -> object:
        if number == 0:
            return stamps.give(store=shop.store, card_id=card.pk, actor=factories.actor("staff"))
        return deletion.soft_delete(shop.store, by=None)

    with met(ledger, "_apply", holding), met(deletion, "_mark", holding):
        assert few.all_at_once(stamp_or_delete, people=2) == ["done", "done"]
