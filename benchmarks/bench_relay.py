"""relay: one worker brings a till's events to everybody: wallets, mail server, webhooks.

First the tills stamp on two cores while the worker is held still, and enrol somebody for each ten stamps; then it
brings out all that has piled up: its rate, beside theirs. (The e-mail of a full card waits two minutes, on purpose.)
Then ten minutes of both at once, while looks spread over all passes: PostgreSQL counts the deadlocks itself, and in the
end each party must have heard all, webhooks each event once. `make bench-relay`, or shorter:
`python -m benchmarks relay 20 60` (seconds of stamps, seconds of both).
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO

from django.core.management import call_command
from django.db import connection, connections

from benchmarks import data, site
from benchmarks.bench_soak import deadlocks, untrue
from benchmarks.outside import Outside, Worker, everybody, worker
from benchmarks.report import Report
from benchmarks.till_client import Run, Till, hammer
from groundwork.messaging.outbox import OUTBOX
from groundwork.queue import clock
from loyalty.models import LoyaltyCard, LoyaltyTransaction, TransactionType
from loyalty.services import programs
from notifications.models import EmailLog
from notifications.services.queue import EMAILS
from tenancy import scope
from tenancy.actor import Actor
from tests.wallet.fake_google import FakeGoogle
from wallet.models import AppleDeviceRegistration, PassDesign, Platform, Synced, WalletPass
from wallet.services import designs
from webhooks.models import Delivery, Event, Progress, State
from webhooks.services import endpoints
from webhooks.services.queue import DELIVERIES

SECONDS, TOGETHER = 20, 600
CLIENTS, CLIENTS_TOGETHER = 8, 2
CARDS, NEARLY_FULL = 9_000, 1_000  # a card in ten is filled by its next stamp
STAMPS_OF_ONE_ENROLMENT = 10
APPLE_EVERY, GOOGLE_EVERY = 2, 20  # cards; Google takes 20 requests a second, and no more
EVERY_LOOK, LOOK = 3.0, 0.2  # seconds
PATIENCE = 600.0
AT_LEAST = 2.0

APPLE_PASSES = """
WITH made AS (
    INSERT INTO wallet_walletpass (merchant_id, card_id, platform, serial_number, auth_token, card_key, state,
        state_before_void, last_modified, asked_at, told_at, update_tag, tagged_version, fetched_version, is_notable,
        notified_at, wanted_version, synced_version, attempts, next_attempt_at, last_error, left_out, created_at,
        updated_at)
    SELECT merchant_id, id, 'apple', gen_random_uuid(), md5('auth' || id),
        encode(sha256(convert_to(qr_code_data || ':' || access_token, 'UTF8')), 'hex'), 'active', '',
        date_trunc('second', now()), now(), 0, 0, 1, 1, false, '[]', 1, 1, 0, now(), '', '{}', now(), now()
    FROM loyalty_loyaltycard WHERE id %% %s = 0 RETURNING id, merchant_id
)
INSERT INTO wallet_appledeviceregistration (merchant_id, wallet_pass_id, device_library_identifier, push_token,
    renewed_at, pushed_version, created_at, updated_at)
SELECT merchant_id, id, md5('device' || id), md5('push' || id), now(), 1, now(), now() FROM made"""

GOOGLE_PASSES = """
INSERT INTO wallet_walletpass (merchant_id, card_id, platform, object_id, auth_token, card_key, state,
    state_before_void, last_modified, asked_at, told_at, update_tag, tagged_version, fetched_version, is_notable,
    notified_at, wanted_version, synced_version, attempts, next_attempt_at, last_error, left_out, created_at,
    updated_at)
SELECT merchant_id, id, 'google', '3388000000022222222.card-' || id, '',
    encode(sha256(convert_to(qr_code_data || ':' || access_token, 'UTF8')), 'hex'), 'active', '',
    date_trunc('second', now()), now(), 0, 0, 1, 0, false, '[]', 1, 1, 0, now(), '', '{}', now(), now()
FROM loyalty_loyaltycard WHERE id %% %s = 0"""


Act = Callable[[Till, int], tuple[int, bytes]]


@dataclass
class Scene:
    """A shop whose customers carry passes, the tills, the parties and the worker."""

    shop: data.Shop
    cards: tuple[int, int]
    port: int
    outside: Outside
    worker: Worker
    errors: list[str] = field(default_factory=list)

    def book(self, act: Act, clients: int, seconds: float) -> Run:
        """Let so many tills do something for a while."""
        tills = [Till(self.port, self.shop) for _client in range(clients)]
        run = hammer(tills, act, cards=self.cards, seconds=seconds)
        self.errors += run.errors
        return run

    def enrol(self, count: int) -> None:
        """Let so many people get a card."""
        till = Till(self.port, self.shop)
        answers = [till.enrol(0) for _person in range(count)]
        self.errors += [f"{status} {body[:200]!r}" for status, body in answers if status != 201]


def stamp_or_enrol(till: Till, card_id: int) -> tuple[int, bytes]:
    """A day at the till."""
    return till.enrol(card_id) if card_id % (STAMPS_OF_ONE_ENROLMENT + 1) == 0 else till.stamp(card_id)


def run(seconds: int = SECONDS, together: int = TOGETHER) -> Report:
    """Measure with so many seconds of stamps, and so many of everything at once."""
    report = Report("relay")
    with scope.everything("a benchmark"), scene() as at:
        _report_rate(report, at, seconds)
        _report_together(report, at, together)
        _report_nothing_lost(report, at)
    return report


@contextmanager
def scene() -> Iterator[Scene]:
    """Everything is up, and nothing waits."""
    shop = data.shop(stamps_reward_description="a coffee", card_name="Friends of the house")
    first, _last = data.cards(shop, NEARLY_FULL, stamps=9)
    _first, last = data.cards(shop, CARDS, stamps=3)
    call_command("load_email_templates", stdout=StringIO())
    with everybody() as outside:
        with connection.cursor() as cursor:
            cursor.execute(APPLE_PASSES, [APPLE_EVERY])
            cursor.execute(GOOGLE_PASSES, [GOOGLE_EVERY])
            cursor.execute("VACUUM ANALYZE wallet_walletpass")
        _known_to(outside.google, shop)
        _begin_here(shop)
        endpoints.create(merchant=shop.merchant, url=outside.receiver.url)
        environment = dict(outside.environment)
        with site.web(**environment) as server, worker(environment) as at_work:
            at = Scene(shop, (first, last), server.port, outside, at_work)
            at.book(Till.stamp, CLIENTS, 2)  # warm, and the program's class is made at Google
            _wait_until_told(at)
            yield at


def _begin_here(shop: data.Shop) -> None:
    """Nobody is told of what was there before."""
    newest = LoyaltyTransaction.objects.order_by("-pk").values_list("pk", flat=True)[0]
    begin = {"settled_id": newest, "safe_id": newest}
    Progress.objects.create(merchant=shop.merchant, source="lines", **begin)


def _known_to(google: FakeGoogle, shop: data.Shop) -> None:
    """Google has the program's class, and an object of each pass."""
    design = designs.of_program(shop.program.pk, shop.merchant.pk)
    google.classes[str(design.class_id)] = {"id": design.class_id}
    rows = WalletPass.objects.filter(platform=Platform.GOOGLE)
    for object_id, stamps in rows.values_list("object_id", "card__stamp_count"):
        told = {"id": object_id, "loyaltyPoints": {"balance": {"int": stamps}}}
        google.objects[str(object_id)] = told


# --- How fast ---------------------------------------------------------------------------------------------


def _report_rate(report: Report, at: Scene, seconds: int) -> None:
    at.worker.pause()
    stamped = at.book(Till.stamp, CLIENTS, seconds)
    count = len(stamped.latencies)
    at.enrol(count // STAMPS_OF_ONE_ENROLMENT)
    begin, used = time.monotonic(), at.worker.cpu_seconds()
    at.worker.go_on()
    done = _wait_until_told(at)
    rate = count / (max(done.values()) - begin)
    report.add("stamps a second, on two cores", f"{stamped.per_second:.0f} ({count:,} in {seconds} s)")
    for name, moment in sorted(done.items(), key=lambda each: each[1]):
        report.add(f"{name} told of all of them after", f"{moment - begin:.1f} s")
    ratio = rate / stamped.per_second
    report.add(
        "stamps a second that are told to all",
        f"{rate:.0f} = {ratio:.2f} x",
        f">= {AT_LEAST} x",
        ratio >= AT_LEAST,
    )
    cpu = (at.worker.cpu_seconds() - used) / count
    report.add("CPU of the worker for one stamp", f"{cpu * 1000:.2f} ms")


def _left() -> dict[str, int]:
    """How much each party has not been told yet."""
    lines = LoyaltyTransaction.objects.filter(transaction_type=TransactionType.STAMP_EARNED)
    arrived = Delivery.objects.filter(event__type="stamps.given", state=State.DELIVERED)
    behind = WalletPass.objects.filter(Synced.LAGGING)
    relayed = OUTBOX.rows().filter(OUTBOX.waiting).count()
    return {
        "relay": relayed,
        "mail": relayed + EmailLog.objects.filter(EMAILS.waiting, next_attempt_at__lte=clock.now()).count(),
        "apple": relayed + behind.filter(platform=Platform.APPLE).count(),
        "google": relayed
        + behind.filter(platform=Platform.GOOGLE).count()
        + PassDesign.objects.filter(Synced.LAGGING).count(),
        "webhooks": lines.count() - arrived.count() + Delivery.objects.filter(DELIVERIES.waiting).count(),
    }


def _wait_until_told(at: Scene) -> dict[str, float]:
    """When each party had been told of all; raises where one is not in PATIENCE seconds."""
    done: dict[str, float] = {}
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        left = _left()
        done |= {name: time.monotonic() for name in left.keys() - done.keys() if not left[name]}
        if len(done) == len(left):
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
    _wait_until_told(at)
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
    wanted = LoyaltyCard.objects.filter(pk__gt=at.cards[1]).count()
    wanted += LoyaltyCard.objects.filter(pk__lte=at.cards[1], stamp_count__gte=10).count()
    is_whole = len(ids) == len(set(ids)) == wanted
    report.add("e-mails, of new cards and full ones", f"{len(ids):,} of {wanted:,}", "all, once", is_whole)
    behind = AppleDeviceRegistration.objects.exclude(pushed_version__gte=1).count()
    report.add("pushes to Apple", f"{len(at.outside.apns.pushes):,}", "", None if not behind else False)
    wrong = untrue(at.outside.google)
    report.add("updates at Google", f"{len(at.outside.google.requests):,}, {wrong} untrue", "0", wrong == 0)
