"""Workers side by side: each message is delivered once, and nobody waits for what another one holds."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from groundwork.jobs import service as jobs
from groundwork.jobs.models import JobKind
from groundwork.messaging import outbox
from groundwork.messaging.wiring import subscriptions
from loyalty.events import ProgramChanged
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.services import expiry
from notifications.codes import Code
from notifications.services import enqueue
from notifications.services import queue as emails
from tenancy.models import BackgroundJob, Merchant, OutboxMessage, SettledMessage
from tests import factories
from tests.concurrency.crowd import ROUNDS, Crowd, all_have_read_before_anyone_writes, without_row_locks
from tests.concurrency.many_cards import many_cards
from tests.groundwork import listeners
from tests.patience import PATIENCE
from wallet.models import PassDesign, WalletPass
from wallet.services import designs, tags

pytestmark = pytest.mark.concurrency
MESSAGES = 30


@pytest.fixture
def listened() -> Iterator[None]:
    """A listener that remembers what it heard, and one announcement for it to hear again and again."""
    listeners.heard.clear()
    with subscriptions.filled(*listeners.SUBSCRIPTIONS):
        yield


@contextmanager
def not_waiting() -> Iterator[None]:
    """Whoever would wait for a row that somebody else holds fails instead."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def one_holds_while_the_other(few: Crowd, hold: Callable[[], Any], work: Callable[[], Any]) -> Any:
    """What the other one's `work` returns while the first is in the transaction in which it did `hold`."""
    holding, done, results = threading.Event(), threading.Event(), []

    def act(number: int) -> None:
        if number == 0:
            with transaction.atomic():
                hold()
                holding.set()
                assert done.wait(PATIENCE)
            return
        assert holding.wait(PATIENCE)
        try:
            with not_waiting():
                results.append(work())
        finally:
            done.set()

    assert few.all_at_once(act, people=2) == ["done", "done"]
    return results[0]


# --- The outbox -------------------------------------------------------------------------------------------


def announce(merchant: Merchant, count: int) -> None:
    with transaction.atomic():
        outbox.record(*[ProgramChanged(merchant_id=merchant.pk, program_id=n) for n in range(count)])


def times_heard() -> Counter:
    return Counter(event["program_id"] for event, _scope in listeners.heard)


def everybody_relays(crowd: Crowd) -> None:
    listeners.heard.clear()
    announce(factories.merchant(), MESSAGES)
    answers = crowd.all_at_once(lambda number: f"{outbox.relay()} settled")
    assert sum(int(answer.split()[0]) for answer in answers) == MESSAGES
    assert times_heard() == dict.fromkeys(range(MESSAGES), 1)


def test_of_a_hundred_workers_one_delivers_each_message(crowd: Crowd, listened: None) -> None:
    """Seen red: `test_without_the_lock_a_message_is_delivered_by_everybody`."""
    for _round in range(ROUNDS):
        everybody_relays(crowd)


def test_without_the_lock_a_message_is_delivered_by_everybody(few: Crowd, listened: None) -> None:
    announce(factories.merchant(), 1)
    meeting = all_have_read_before_anyone_writes(subscriptions, "handler", few.size)
    with without_row_locks(), meeting:
        answers = few.all_at_once(lambda number: f"{outbox.relay()} settled")
    assert Counter(answers) == {"1 settled": few.size}
    assert times_heard() == {0: few.size}


def test_while_one_worker_is_at_a_message_the_other_goes_on_with_the_next(few: Crowd, listened: None) -> None:
    announce(factories.merchant(), 3)
    first = OutboxMessage.objects.order_by("id").first()

    def hold() -> None:
        list(OutboxMessage.objects.filter(pk=first.pk).select_for_update())

    assert one_holds_while_the_other(few, hold, outbox.relay) == 2
    assert times_heard() == {1: 1, 2: 1}
    assert outbox.relay() == 1
    assert times_heard() == {0: 1, 1: 1, 2: 1}


def test_what_another_worker_settled_since_the_look_is_not_delivered_again(
    few: Crowd, listened: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ids are read without a lock; what is delivered is decided under it."""
    announce(factories.merchant(), 2)
    original, met = outbox._relay_one, threading.Event()

    def overtaken(*arguments: Any) -> bool:
        if not met.is_set():
            met.set()
            assert few.all_at_once(lambda number: f"{outbox.relay()} settled", people=1) == ["2 settled"]
        return original(*arguments)

    monkeypatch.setattr(outbox, "_relay_one", overtaken)
    assert outbox.relay() == 0
    assert times_heard() == {0: 1, 1: 1}


def test_a_message_is_settled_before_the_next_one_is_delivered(
    few: Crowd, listened: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that no handler waits with the locks of another one: each has a transaction of its own."""
    announce(factories.merchant(), 3)
    seen: list[list[int]] = []

    def look(event: Mapping[str, Any]) -> None:
        def settled(_number: int) -> None:
            seen.append(sorted(SettledMessage.objects.values_list("pk", flat=True)))

        assert few.all_at_once(settled, people=1) == ["done"]

    monkeypatch.setattr(subscriptions, "handler", lambda name: look)
    assert outbox.relay() == 3
    assert [len(ids) for ids in seen] == [0, 1, 2]


# --- Expiry -----------------------------------------------------------------------------------------------


def test_expiry_passes_over_the_cards_that_somebody_holds_and_takes_them_with_the_next_run(
    few: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "BATCH", 2)
    with time_machine.travel(timezone.now() - timedelta(days=91)):
        shop = factories.shop(points_per_euro=10, points_expiration_days=90)
        cards = many_cards(shop, 6, points=100)
    held = [card.pk for card in cards[:2]]  # a whole batch of another worker

    def hold() -> None:
        list(LoyaltyCard.objects.filter(pk__in=held).select_for_update(no_key=True))

    def expired() -> list[int]:
        lines = LoyaltyTransaction.objects.filter(transaction_type="points_expired", card__in=cards)
        return sorted(lines.values_list("card_id", flat=True))

    def points_expired() -> int:
        return expiry.expire(now=timezone.now()).points_expired

    assert one_holds_while_the_other(few, hold, points_expired) == 400
    assert expired() == [card.pk for card in cards[2:]]
    assert points_expired() == 200
    assert expired() == [card.pk for card in cards]


# --- E-mails and jobs -------------------------------------------------------------------------------------


def test_while_one_worker_takes_an_email_the_other_takes_the_next(few: Crowd) -> None:
    shop = factories.shop()
    cards = [factories.card(shop.store) for _number in range(2)]
    enqueue.for_cards(
        merchant_id=shop.merchant.pk, code=Code.CARD_LINK, card_ids=[card.pk for card in cards], cause="test"
    )
    taken = []

    def hold() -> None:
        taken.append(emails.EMAILS.due().select_for_update(of=("self",))[0].pk)

    other = one_holds_while_the_other(few, hold, lambda: emails.take_next(limit=2))
    assert [each.pk in taken for each in other] == [False]


def test_while_one_worker_takes_a_job_the_other_takes_the_next(few: Crowd) -> None:
    shop = factories.shop()
    parameters = {"kind": "csv", "query": ""}
    asked = [
        jobs.ask(user=shop.owner, kind=JobKind.EXPORT, about="loyalty.loyaltycard", parameters=parameters)
        for _number in range(2)
    ]

    def hold() -> None:
        list(BackgroundJob.objects.filter(pk=asked[0].pk).select_for_update(of=("self",)))

    assert one_holds_while_the_other(few, hold, jobs.run_due) == 1
    states = dict(BackgroundJob.objects.values_list("pk", "state"))
    assert states == {asked[0].pk: "waiting", asked[1].pk: "done"}


def test_while_one_worker_spreads_a_look_the_other_spreads_the_next(few: Crowd) -> None:
    programs = [factories.shop().program for _number in range(2)]
    first, second = [
        PassDesign.objects.create(program=each, merchant_id=each.merchant_id, wanted_version=2)
        for each in programs
    ]

    def hold() -> None:
        list(PassDesign.objects.filter(pk=first.pk).select_for_update())

    assert one_holds_while_the_other(few, hold, designs.spread_batch) == 0
    assert dict(PassDesign.objects.values_list("pk", "spread_version")) == {first.pk: 1, second.pk: 2}


def test_tags_are_given_to_the_passes_that_nobody_holds_and_to_the_others_afterwards(few: Crowd) -> None:
    shop = factories.shop()
    about = {"merchant": shop.merchant, "platform": "apple", "auth_token": "secret", "card_key": "key"}
    held, free = [
        WalletPass.objects.create(card=factories.card(shop.store), serial_number=f"serial-{number}", **about)
        for number in range(2)
    ]

    def hold() -> None:
        list(WalletPass.objects.filter(pk=held.pk).select_for_update(of=("self",)))

    def publish() -> None:
        tags.publish(WalletPass.objects.filter(merchant=shop.merchant))

    def tagged() -> set[int]:
        return set(WalletPass.objects.exclude(tags.UNTAGGED).values_list("pk", flat=True))

    one_holds_while_the_other(few, hold, publish)
    assert tagged() == {free.pk}
    publish()
    assert tagged() == {held.pk, free.pk}
