"""The outbox: announced with the transaction, delivered afterwards, tried again, and at rest when nothing helps."""

import json
import re
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from groundwork.messaging import outbox, settled
from groundwork.messaging.models import OutboxState
from groundwork.messaging.wiring import Subscription, subscriptions
from loyalty.events import ProgramChanged, RewardReady
from tenancy import scope
from tenancy.models import Merchant, OutboxMessage, SettledMessage, Store
from tests.groundwork import listeners

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues_travel", "listening")]
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
NOTE, STUMBLE = "tests.note", "tests.stumble"
TABLE = "tenancy_settledmessage"


def announce(merchant: Merchant) -> None:
    outbox.record(RewardReady(merchant_id=merchant.pk, card_ids=[7], transaction_ids=[8]))


def states() -> dict[str, str]:
    """What became of each: those that were settled have left the queue."""
    settled = SettledMessage.objects.values_list("subscriber", flat=True)
    return dict(OutboxMessage.objects.values_list("subscriber", "state")) | dict.fromkeys(settled, "done")


def test_an_event_becomes_one_row_for_each_listener_with_ids_only(merchant: Merchant) -> None:
    announce(merchant)
    rows = list(OutboxMessage.objects.order_by("id"))
    assert [(row.event, row.subscriber, row.state) for row in rows] == [
        ("loyalty.reward_ready", NOTE, "waiting"),
        ("loyalty.reward_ready", STUMBLE, "waiting"),
    ]
    payload = {"merchant_id": merchant.pk, "card_ids": [7], "transaction_ids": [8]}
    assert [row.payload for row in rows] == [payload, payload]


def test_what_was_rolled_back_was_not_announced(merchant: Merchant) -> None:
    with transaction.atomic():
        announce(merchant)
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()


def test_an_event_that_nobody_listens_to_leaves_no_row(merchant: Merchant) -> None:
    class Unheard(ProgramChanged):
        name = "loyalty.unheard"

    outbox.record(Unheard(merchant_id=merchant.pk, program_id=1))
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_can_be_announced() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        outbox.record(ProgramChanged(merchant_id=1, program_id=1))


def test_the_relay_delivers_once_in_the_merchants_scope(merchant: Merchant) -> None:
    announce(merchant)
    assert outbox.relay() == 2
    assert outbox.relay() == 0
    ((event, heard_in),) = listeners.heard
    assert (event["card_ids"], heard_in) == ([7], frozenset([merchant.pk]))
    assert states() == {NOTE: OutboxState.DONE, STUMBLE: OutboxState.DONE}


def test_a_listener_that_fails_leaves_nothing_behind_and_spoils_nothing_for_others(
    merchant: Merchant,
) -> None:
    listeners.failures.append(ValueError("Key (email)=(anna@example.com) already exists."))
    with time_machine.travel(NOON, tick=False):
        announce(merchant)
        assert outbox.relay() == 1
    row = OutboxMessage.objects.get(subscriber=STUMBLE)
    assert (row.state, row.attempts) == ("waiting", 1)
    assert re.fullmatch(r"ValueError, stumble:\d+", row.last_error), "where it was, and not whom it quotes"
    assert row.next_attempt_at == NOON + timedelta(seconds=10)
    with scope.merchant(merchant):
        assert not Store.objects.filter(city="Written by a listener").exists()


def test_it_is_tried_again_with_growing_pauses_until_it_works(merchant: Merchant) -> None:
    listeners.failures.extend([ValueError(), ValueError()])
    with time_machine.travel(NOON, tick=False) as clock:
        announce(merchant)
        outbox.relay()
        clock.shift(timedelta(seconds=9))
        assert outbox.relay() == 0
        clock.shift(timedelta(seconds=1))
        outbox.relay()
        assert OutboxMessage.objects.get(subscriber=STUMBLE).next_attempt_at == NOON + timedelta(seconds=30)
        clock.shift(timedelta(seconds=20))
        assert outbox.relay() == 1
    kept = SettledMessage.objects.get(subscriber=STUMBLE)
    assert (kept.attempts, kept.settled_at) == (2, NOON + timedelta(seconds=30))
    assert not OutboxMessage.objects.exists()


def test_the_pauses_grow_to_six_hours_and_no_further() -> None:
    seconds = [outbox.OUTBOX.pauses.after(attempts).total_seconds() for attempts in (1, 2, 3, 10, 12, 60)]
    assert seconds == [10, 20, 40, 5120, 20480, 21600]


def test_what_never_works_rests_as_dead_until_somebody_tries_it_again(merchant: Merchant) -> None:
    listeners.failures.extend(ValueError() for _attempt in range(12))
    with time_machine.travel(NOON, tick=False) as clock:
        announce(merchant)
        for _attempt in range(12 + 3):
            outbox.relay()
            clock.shift(timedelta(hours=7))
        row = OutboxMessage.objects.get(subscriber=STUMBLE)
        assert (row.state, row.attempts) == ("dead", 12)
        done = SettledMessage.objects.get(subscriber=NOTE)
        assert outbox.try_again([row.pk, done.pk]) == 1
        assert outbox.relay() == 1
    assert states() == {NOTE: "done", STUMBLE: "done"}


def test_trying_none_again_is_no_failure() -> None:
    assert outbox.try_again([]) == 0


def test_a_listener_that_is_gone_is_a_failure_like_any_other(merchant: Merchant) -> None:
    outbox.record(ProgramChanged(merchant_id=merchant.pk, program_id=1))
    with subscriptions.filled():
        assert outbox.relay() == 0
    assert OutboxMessage.objects.get().last_error.startswith("LookupError")


def test_a_listener_that_was_moved_hears_what_waits_under_its_name(merchant: Merchant) -> None:
    outbox.record(ProgramChanged(merchant_id=merchant.pk, program_id=1))
    heard: list[int] = []
    moved = Subscription(
        "tests.note_programs", ProgramChanged, lambda event: heard.append(event["program_id"])
    )
    with subscriptions.filled(moved):
        assert outbox.relay() == 1
    assert heard == [1]


def test_many_messages_are_delivered_in_one_go_and_a_limit_is_kept(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "BATCH", 2)
    for program_id in range(7):
        outbox.record(ProgramChanged(merchant_id=merchant.pk, program_id=program_id))
    assert outbox.relay(limit=4) == 4
    assert outbox.relay() == 3
    assert [event["program_id"] for event, _scope in listeners.heard] == list(range(7))


def test_when_its_time_is_over_it_rings_for_the_rest(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(outbox, "BATCH", 2)
    for program_id in range(5):
        outbox.record(ProgramChanged(merchant_id=merchant.pk, program_id=program_id))
    monkeypatch.setattr(outbox.doorbell, "ring", rung.append)
    assert (outbox.relay(seconds=0), rung) == (2, [outbox.RELAY_TASK])
    assert (outbox.relay(), rung) == (3, [outbox.RELAY_TASK])


def test_a_message_costs_two_statements_besides_its_handler_and_a_batch_one(merchant: Merchant) -> None:
    """Taking it and settling it."""

    def statements(messages: int) -> int:
        for program_id in range(messages):
            outbox.record(ProgramChanged(merchant_id=merchant.pk, program_id=program_id))
        with CaptureQueriesContext(connection) as captured:
            assert outbox.relay() == messages
        savepoints = [query for query in captured if "SAVEPOINT" in query["sql"]]
        return len(captured) - len(savepoints)

    assert (statements(1), statements(50)) == (1 + 2, 1 + 2 * 50)


# --- What was settled -------------------------------------------------------------------------------------


def days() -> list[str]:
    """The partitions of settled messages, by what they are named for."""
    with connection.cursor() as cursor:
        cursor.execute(settled.DAYS, [TABLE])
        return sorted(name.removeprefix(f"{TABLE}_") for (name,) in cursor.fetchall())


def lies_in(message: SettledMessage) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT tableoid::regclass::text FROM {TABLE} WHERE id = %s", [message.pk])
        return cursor.fetchone()[0].removeprefix(f"{TABLE}_")


def test_settled_messages_lie_in_their_day_which_is_dropped_a_week_later_and_others_stay(
    merchant: Merchant,
) -> None:
    listeners.failures.extend(ValueError() for _attempt in range(20))
    assert days() == ["rest"]
    with time_machine.travel(NOON, tick=False):
        assert outbox.clean(now=NOON) == 0
        announce(merchant)
        announced = OutboxMessage.objects.get(subscriber=NOTE)
        outbox.relay()
    assert days() == [*(f"day_202603{day}" for day in range(10, 18)), "rest"]
    kept = SettledMessage.objects.get()
    same = ("pk", "merchant_id", "event", "subscriber", "payload", "request_id", "created_at")
    assert [getattr(kept, name) for name in same] == [getattr(announced, name) for name in same]
    assert lies_in(kept) == "day_20260310"
    outbox.clean(now=datetime(2026, 3, 17, 23, 59, tzinfo=UTC))
    assert states() == {NOTE: "done", STUMBLE: "waiting"}
    assert outbox.clean(now=datetime(2026, 3, 18, tzinfo=UTC)) == 1, "a day, and no row"
    assert states() == {STUMBLE: "waiting"}
    assert days()[0] == "day_20260311"


def test_what_is_settled_where_nobody_made_a_day_is_kept_as_long(merchant: Merchant) -> None:
    with time_machine.travel(NOON, tick=False):
        announce(merchant)
        outbox.relay()
        assert {lies_in(kept) for kept in SettledMessage.objects.all()} == {"rest"}
        assert outbox.clean(now=NOON) == 0
        assert days() == [*(f"day_202603{day}" for day in range(11, 18)), "rest"], (
            "today lies in the rest by now"
        )
    assert outbox.clean(now=NOON + timedelta(days=8)) == 0
    assert outbox.clean(now=NOON + timedelta(days=8, seconds=1)) == 2
    assert states() == {}


def test_what_the_first_release_left_in_the_queue_goes_after_a_week(merchant: Merchant) -> None:
    announce(merchant)
    OutboxMessage.objects.filter(subscriber=NOTE).update(state="done", settled_at=NOON)
    assert outbox.clean(now=NOON + timedelta(days=7)) == 0
    assert outbox.clean(now=NOON + timedelta(days=7, seconds=1)) == 1
    assert states() == {STUMBLE: "waiting"}


# --- Watching it ------------------------------------------------------------------------------------------


def test_monitoring_sees_how_far_behind_it_is(merchant: Merchant) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert outbox.OUTBOX.lag() == {"waiting": 0, "dead": 0, "late_seconds": 0.0}
        announce(merchant)
        OutboxMessage.objects.filter(subscriber=NOTE).update(state=OutboxState.DEAD)
        clock.shift(timedelta(seconds=90))
        assert outbox.OUTBOX.lag() == {"waiting": 1, "dead": 1, "late_seconds": 90.0}


def test_a_message_that_pauses_after_a_failure_is_not_late(merchant: Merchant) -> None:
    listeners.failures.append(ValueError())
    with time_machine.travel(NOON, tick=False) as clock:
        announce(merchant)
        outbox.relay()
        clock.shift(timedelta(seconds=9))
        assert outbox.OUTBOX.lag() == {"waiting": 1, "dead": 0, "late_seconds": 0.0}
        clock.shift(timedelta(seconds=3))
        assert outbox.OUTBOX.lag()["late_seconds"] == 2.0


def test_a_command_tells_monitoring_and_fails_beyond_a_limit(merchant: Merchant) -> None:
    def told(*arguments: str) -> str:
        out = StringIO()
        call_command("outbox_lag", *arguments, stdout=out)
        return out.getvalue().strip()

    with time_machine.travel(NOON, tick=False) as clock:
        announce(merchant)
        clock.shift(timedelta(seconds=90))
        assert told("--limit", "90") == "2 waiting, 0 given up, 90.0 s late"
        said = json.loads(told("--json"))
        late = {"waiting": 2, "dead": 0, "late_seconds": 90.0}
        assert (said["late_seconds"], said["queues"]["outbox"]) == (90.0, late)
        assert {"e-mails", "passes", "text messages"} < set(said["queues"])
        with pytest.raises(CommandError, match=r"2 waiting, 0 given up, 90\.0 s late"):
            told("--limit", "89")
        OutboxMessage.objects.update(attempts=3)
        with pytest.raises(CommandError, match="2 fail each time"):
            told("--limit", "90")
        OutboxMessage.objects.update(state=OutboxState.DEAD)
        with pytest.raises(CommandError, match="0 waiting, 2 given up"):
            told("--limit", "90")
