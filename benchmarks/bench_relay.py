"""relay: a worker of each kind brings a till's events to everybody: wallets, mail server, webhooks.

First the tills stamp on two cores while the workers are held still, and enrol somebody for each ten stamps; then each
worker brings out what has piled up for it, alone: its rate. Once more, and they bring it out all at once: their rate,
beside that of the tills. Then ten minutes of both at once, while looks spread over all passes: PostgreSQL counts the
deadlocks itself, and in the end each party must have heard all, webhooks each event once. (The e-mail of a full card
waits two minutes, on purpose.)

What is bounded on purpose stays so and counts: passes gather two seconds of changes, and Google is sent 18 updates a
second, however many stamps there were. One card in 20 has a Google pass, so that its pace holds up nobody else here.

`make bench-relay`, or shorter: `python -m benchmarks relay 10 60` (seconds of stamps, seconds of both).
"""

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from django.db import connection, connections

from benchmarks.bench_soak import deadlocks, untrue
from benchmarks.relay_shop import Scene, scene
from benchmarks.report import Report
from benchmarks.till_client import Till
from groundwork.messaging.outbox import OUTBOX
from groundwork.queue import clock
from loyalty.models import LoyaltyCard, LoyaltyTransaction, TransactionType
from loyalty.services import programs
from notifications.models import EmailLog
from notifications.services.queue import EMAILS
from tenancy import scope
from tenancy.actor import Actor
from wallet.models import AppleDeviceRegistration, PassDesign, Platform, Synced, WalletPass
from webhooks.models import Delivery, Event, State
from webhooks.services.queue import DELIVERIES

SECONDS, TOGETHER = 20, 600
CLIENTS, CLIENTS_TOGETHER = 8, 2
STAMPS_OF_ONE_ENROLMENT = 10
EVERY_LOOK, LOOK = 3.0, 0.2  # seconds
PATIENCE = 600.0
AT_LEAST = 2.0


def stamp_or_enrol(till: Till, card_id: int) -> tuple[int, bytes]:
    """A day at the till."""
    return till.enrol(card_id) if card_id % (STAMPS_OF_ONE_ENROLMENT + 1) == 0 else till.stamp(card_id)


def run(seconds: int = SECONDS, together: int = TOGETHER) -> Report:
    """Measure with so many seconds of stamps, and so many of everything at once."""
    report = Report("relay")
    with scope.everything("a benchmark"), scene() as at:
        at.book(Till.stamp, CLIENTS, 2)  # warm
        _wait_until_told()
        _report_each_alone(report, at, seconds)
        _report_rate(report, at, seconds)
        _report_together(report, at, together)
        _report_nothing_lost(report, at)
    return report


# --- How fast ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piled:
    """Stamps (and enrolments) that nobody was told of yet: how many, how many a second, and CPU seconds for one."""

    count: int
    per_second: float
    cpu: float


def _pile_up(at: Scene, seconds: int) -> Piled:
    """Stamp and enrol while the workers are held still."""
    _hold_still(at)
    used = at.server.cpu_seconds() + postgres_cpu_seconds()
    stamped = at.book(Till.stamp, CLIENTS, seconds)
    used, count = at.server.cpu_seconds() + postgres_cpu_seconds() - used, len(stamped.latencies)
    at.enrol(count // STAMPS_OF_ONE_ENROLMENT)
    return Piled(count, stamped.per_second, used / count)


def _hold_still(at: Scene) -> None:
    """Stop the workers where none is in a transaction: the others would wait for its locks, and fail."""
    while True:
        for worker in at.workers.values():
            worker.pause()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() "
                "AND backend_type = 'client backend' AND datname = current_database()"
            )
            if cursor.fetchone() == (0,):
                return
        for worker in at.workers.values():
            worker.go_on()
        time.sleep(LOOK)


def _report_each_alone(report: Report, at: Scene, seconds: int) -> None:
    count = _pile_up(at, seconds).count
    for name, worker in at.workers.items():
        before, used, begin = at.brought[name], worker.cpu_seconds(), time.monotonic()
        worker.go_on()
        took = _wait_until_told(name)[name] - begin
        worker.pause()
        brought, cpu = at.brought[name] - before, worker.cpu_seconds() - used
        each = f"{brought:,} in {took:.1f} s, {brought / took:.0f} a second"
        report.add(
            f"{name} alone, after {count:,} stamps",
            f"{each}, {cpu / max(1, brought) * 1000:.1f} ms of CPU each",
        )
    for worker in at.workers.values():
        worker.go_on()
    _wait_until_told()


def _report_rate(report: Report, at: Scene, seconds: int) -> None:
    piled = _pile_up(at, seconds)
    begin, used, in_postgres = time.monotonic(), _cpu_seconds(at), postgres_cpu_seconds()
    outside = time.process_time()
    for worker in at.workers.values():
        worker.go_on()
    done = _wait_until_told()
    outside_after = time.process_time()
    told_of = piled.count / (max(done.values()) - begin)
    report.add("stamps a second, on two cores", f"{piled.per_second:.0f} ({piled.count:,} in {seconds} s)")
    for name, moment in sorted(done.items(), key=lambda each: each[1]):
        report.add(f"{name} told of all of them after", f"{moment - begin:.1f} s")
    ratio = told_of / piled.per_second
    value = f"{told_of:.0f} = {ratio:.2f} x"
    report.add("stamps a second that are told to all", value, f">= {AT_LEAST} x", ratio >= AT_LEAST)
    cpu = (_cpu_seconds(at) - used) / piled.count
    whole = cpu + (postgres_cpu_seconds() - in_postgres) / piled.count
    figures = f"{piled.cpu * 1000:.1f} ms, {whole * 1000:.1f} ms = 1 : {piled.cpu / whole:.2f}"
    report.add("CPU of a stamp and of its telling, with PostgreSQL's", figures)
    report.add("CPU of the workers for one stamp", f"{cpu * 1000:.2f} ms")
    for_outside = (outside_after - outside) / piled.count
    report.add("CPU of the parties and of asking who was told", f"{for_outside * 1000:.2f} ms")


def _cpu_seconds(at: Scene) -> float:
    return sum(worker.cpu_seconds() for worker in at.workers.values())


def postgres_cpu_seconds(of: str | None = None) -> float:
    """CPU of PostgreSQL (or of the one at another address), of connections that have ended, too."""
    with psycopg.connect(of or os.environ["DATABASE_URL"]) as asked:
        ((folder,),) = asked.execute("SHOW data_directory").fetchall()
    leader = psutil.Process(int((Path(folder) / "postmaster.pid").read_text().split()[0]))
    living = sum(sum(_cpu_times(each)) for each in leader.children())
    return float(sum(leader.cpu_times()[:4]) + living)


def _cpu_times(process: psutil.Process) -> Sequence[float]:
    try:
        return process.cpu_times()[:2]
    except psutil.NoSuchProcess:
        return ()  # ended since it was listed: it counts with those that have


def _relayed() -> int:
    return OUTBOX.rows().filter(OUTBOX.waiting).count()


def _emails() -> int:
    return EmailLog.objects.filter(EMAILS.waiting, next_attempt_at__lte=clock.now()).count()


def _behind(platform: Platform) -> int:
    return WalletPass.objects.filter(Synced.LAGGING, platform=platform).count()


def _unheard() -> int:
    """What waits; events that are not made yet are counted only where nothing does, as that takes longer."""
    if waiting := Delivery.objects.filter(DELIVERIES.waiting).count():
        return waiting
    lines = LoyaltyTransaction.objects.filter(transaction_type=TransactionType.STAMP_EARNED)
    arrived = Delivery.objects.filter(event__type="stamps.given", state=State.DELIVERED)
    return lines.count() - arrived.count()


# How much each party has not been told yet.
LEFT: Mapping[str, Callable[[], int]] = {
    "relay": _relayed,
    "mail": lambda: _relayed() + _emails(),
    "apple": lambda: _relayed() + _behind(Platform.APPLE),
    "google": lambda: (
        _relayed() + _behind(Platform.GOOGLE) + PassDesign.objects.filter(Synced.LAGGING).count()
    ),
    "webhooks": _unheard,
}


def _wait_until_told(*names: str) -> dict[str, float]:
    """When each party (or those named) had been told of all; raises where one is not in PATIENCE seconds."""
    done: dict[str, float] = {}
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        # Who has been told is not asked again: the asking takes from the very cores that are measured.
        left = {name: LEFT[name]() for name in names or LEFT if name not in done}
        done |= {name: time.monotonic() for name, count in left.items() if not count}
        if len(done) == len(names or LEFT):
            return done
        time.sleep(LOOK)
    raise RuntimeError(f"Not told within {PATIENCE} seconds: {left}")


# --- All at once ------------------------------------------------------------------------------------------


def _report_together(report: Report, at: Scene, seconds: int) -> None:
    before, looks = deadlocks(), [0]
    over = threading.Event()

    def restyle() -> None:
        with scope.everything("a benchmark"):
            while not over.wait(EVERY_LOOK):
                color = f"#{0x40 + looks[0] % 0x40:02x}5c4a"
                programs.change(program_id=at.shop.program.pk, actor=Actor(role="owner"), card_color=color)
                looks[0] += 1
        connections.close_all()

    thread = threading.Thread(target=_noting(at, restyle))
    thread.start()
    stamped = at.book(stamp_or_enrol, CLIENTS_TOGETHER, seconds)
    over.set()
    thread.join()
    begin = time.monotonic()
    _wait_until_told()
    took = time.monotonic() - begin
    while EmailLog.objects.filter(EMAILS.waiting).exists():
        time.sleep(LOOK)
    found = deadlocks() - before
    report.add("at once", f"{len(stamped.latencies):,} stamps and {looks[0]} looks in {seconds} s")
    report.add("told to all after the last stamp", f"{took:.0f} s")
    report.add("deadlocks", str(found), "0", found == 0)
    report.add("errors", "; ".join(at.errors[:3]) or "0", "0", not at.errors)


def _noting(at: Scene, act: Callable[[], None]) -> Callable[[], None]:
    def acted() -> None:
        try:
            act()
        except Exception as error:
            at.errors.append(f"{type(error).__name__} {error}"[:300])

    return acted


# --- Nothing lost, nothing doubled ------------------------------------------------------------------------


def _report_nothing_lost(report: Report, at: Scene) -> None:
    failed = OUTBOX.rows().filter(attempts__gt=0).count()
    report.add("messages that failed", str(failed), "0", failed == 0)
    told_of = Event.objects.filter(deliveries__isnull=False)
    events, arrived = set(told_of.values_list("event_id", flat=True)), at.outside.receiver.ids
    lost, doubled = len(events - set(arrived)), len(arrived) - len(set(arrived))
    told = f"{len(arrived):,}, {lost} lost, {doubled} doubled"
    report.add("webhooks", told, "0, 0", lost == doubled == 0)
    ids = [letter["Message-ID"] for letter in at.outside.office.letters]
    ids = [each for each in ids if each.startswith("<email-")]  # others tell the clerk of a sign-in
    wanted = LoyaltyCard.objects.filter(pk__gt=at.cards[1]).count()
    wanted += LoyaltyCard.objects.filter(pk__lte=at.cards[1], stamp_count__gte=10).count()
    is_whole = len(ids) == len(set(ids)) == wanted
    report.add("e-mails, of new cards and full ones", f"{len(ids):,} of {wanted:,}", "all, once", is_whole)
    behind = AppleDeviceRegistration.objects.exclude(pushed_version__gte=1).count()
    report.add("pushes to Apple", f"{len(at.outside.apns.pushes):,}", "", None if not behind else False)
    wrong = untrue(at.outside.google)
    report.add("updates at Google", f"{len(at.outside.google.requests):,}, {wrong} untrue", "0", wrong == 0)
