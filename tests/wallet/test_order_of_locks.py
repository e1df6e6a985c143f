"""Relays, workers and looks that spread all lock passes, and none waits for one who waits for it.

The order is told in `groundwork.database.locks`.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groundwork.messaging import outbox
from groundwork.messaging.wiring import subscriptions
from loyalty.models import LoyaltyCard
from loyalty.services import cards as card_services
from loyalty.services import programs
from tenancy import scope
from tenancy.models import OutboxMessage, SettledMessage
from tests import factories
from tests.lock_waits import somebody_waits
from tests.wallet.conftest import apple_pass, carried, deliver, hurry, relay, stamped
from tests.wallet.threads import WAIT, at_once
from wallet.models import WalletPass
from wallet.services import designs, passes, queue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def relay_that_rests_after_its_first_message(
    monkeypatch: pytest.MonkeyPatch, other: Callable[[], Any]
) -> Any:
    """What `other` returns that begins when a relay has delivered its first message and goes on when it waits."""
    delivered, through, results = threading.Event(), threading.Event(), []
    handler = subscriptions.handler

    def resting(name: str) -> Callable[[Any], None]:
        def deliver_and_rest(event: Any) -> None:
            handler(name)(event)
            if not delivered.is_set():
                delivered.set()
                while not (through.wait(0.01) or somebody_waits()):
                    pass

        return deliver_and_rest

    def act(number: int) -> None:
        if number == 0:
            outbox.relay()
            return
        assert delivered.wait(WAIT)
        try:
            results.append(other())
        finally:
            through.set()

    monkeypatch.setattr(subscriptions, "handler", resting)
    at_once(2, act)
    return results[0]


def test_a_look_spreads_while_a_relay_delivers_in_the_order_of_its_messages(
    apple: object, shop: factories.Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen red with a hundred messages in one transaction: deadlock detected, and a message is put off."""
    monkeypatch.setattr(outbox, "SMALL", 0)  # each is heard alone
    first, second = [carried(factories.card(shop.store)) for _number in range(2)]
    deliver()
    with factories.inside(shop):
        programs.change(program_id=shop.program.pk, actor=factories.actor("owner"), card_color="#c2553a")
    relay()
    stamped(second, shop)  # announced before the other, with the greater id
    stamped(first, shop)
    spread = relay_that_rests_after_its_first_message(monkeypatch, designs.spread_batch)
    assert spread == 2
    assert [apple_pass(card).wanted_version for card in (first, second)] == [3, 3]
    assert not OutboxMessage.objects.exists()
    assert set(SettledMessage.objects.values_list("attempts", flat=True)) == {0}


def test_two_relays_deliver_messages_that_name_the_same_cards_the_other_way_round(
    apple: object, shop: factories.Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen red with a hundred messages in one transaction: deadlock detected, and a message is put off."""
    monkeypatch.setattr(outbox, "SMALL", 0)  # each is heard alone
    first, second = [carried(factories.card(shop.store)) for _number in range(2)]
    deliver()
    monkeypatch.setattr(outbox, "BATCH", 2)
    for card in (first, second, second, first):
        stamped(card, shop)
    settled = relay_that_rests_after_its_first_message(monkeypatch, outbox.relay)
    assert settled > 0
    assert not OutboxMessage.objects.exists()
    assert set(SettledMessage.objects.values_list("attempts", flat=True)) == {0}
    assert [apple_pass(card).wanted_version for card in (first, second)] == [3, 3]


def locks_and_changes(act: Callable[[], Any]) -> list[str]:
    """What is asked of passes, in order: "lock" for locking many in the order of their ids, "change" for an UPDATE."""
    with scope.everything("a worker"), CaptureQueriesContext(connection) as asked:
        act()
    found = []
    for each in asked:
        if "wallet_walletpass" in each["sql"] and "FOR NO KEY UPDATE" in each["sql"]:
            assert "ORDER BY 1 ASC" in each["sql"]
            found.append("lock")
        elif each["sql"].startswith('UPDATE "wallet_walletpass"'):
            found.append("change")
    return found


def lagging(shop: factories.Shop, count: int) -> list[LoyaltyCard]:
    cards = [carried(factories.card(shop.store)) for _number in range(count)]
    relay()
    hurry()
    return cards


def test_a_worker_that_settles_several_versions_locks_all_its_passes_first(
    apple: object, shop: factories.Shop
) -> None:
    cards = lagging(shop, 3)
    stamped(cards[2], shop)
    relay()
    hurry()
    with scope.everything("a worker"):
        claimed = queue.PASSES.take(limit=10)
    versions = sorted(each.wanted_version for each in claimed)
    assert versions == [1, 1, 2]
    newest_first = sorted(claimed, key=lambda each: -each.wanted_version)
    assert locks_and_changes(lambda: queue.settle(newest_first)) == [
        "lock",
        "change",
        "change",
    ]
    with scope.everything("a test looks"):
        assert not WalletPass.objects.filter(leased_until__isnull=False).exists()


def test_passes_that_follow_their_cards_are_all_locked_before_any_is_changed(
    apple: object, shop: factories.Shop
) -> None:
    living, replaced, closed = lagging(shop, 3)
    who = {"store": shop.store, "actor": factories.actor("owner")}
    with factories.inside(shop):
        card_services.replace(card_id=replaced.pk, reason="lost", **who)
        card_services.deactivate(card_id=closed.pk, **who)
    ids = [card.pk for card in (living, replaced, closed)]
    asked = locks_and_changes(lambda: passes.follow_cards(ids))
    assert asked[:2] == ["lock", "lock"]  # all of them, and then the replaced ones, which are ours already
    assert asked.count("change") == 3
    assert apple_pass(closed).state == "void"
