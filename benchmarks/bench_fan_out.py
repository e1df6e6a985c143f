"""fan-out: a program changes its look, and 100,000 passes follow.

First the database: wanting a new version of every pass, beside one SQL UPDATE of the same columns. Then Google: for
a while, updates against a fake server, whose requests in every second are counted; stopped, and gone on.
"""

import time
from collections import Counter

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from benchmarks import data
from benchmarks.report import Report
from groundwork.messaging import outbox
from loyalty.services import programs
from tenancy import scope
from tenancy.actor import Actor
from tests.wallet.fake_google import FakeGoogle
from wallet.models import PassDesign, WalletPass
from wallet.services import designs, google_sync

CARDS, SECONDS = 100_000, 30
ISSUER = "3388000000022222222"
LIMIT = 20  # requests a second that Google allows
MOST_SECONDS = 30.0  # "seconds, not minutes"

PASSES = """
INSERT INTO wallet_walletpass (merchant_id, card_id, platform, object_id, auth_token, card_key, state,
    state_before_void, last_modified, asked_at, told_at, update_tag, tagged_version, fetched_version, is_notable,
    notified_at, wanted_version, synced_version, attempts, next_attempt_at, last_error, left_out, created_at,
    updated_at)
SELECT merchant_id, id, 'google', %s || '.card-' || id, '',
    encode(sha256(convert_to(qr_code_data || ':' || access_token, 'UTF8')), 'hex'), 'active', '',
    date_trunc('second', now()), now(), 0, 0, 1, 0, false, '[]', 1, 1, 0, now(), '', '{}', now(), now()
FROM loyalty_loyaltycard"""

ONE_UPDATE = """
UPDATE wallet_walletpass SET wanted_version = wanted_version + 1, updated_at = now(), next_attempt_at = now(),
    last_modified = CASE WHEN last_modified >= date_trunc('second', now())
        THEN last_modified + interval '1 second' ELSE date_trunc('second', now()) END"""


def run(cards: int = CARDS, seconds: int = SECONDS) -> Report:
    """Measure with so many passes, and so many seconds of updates."""
    report = Report("fan-out")
    with FakeGoogle() as google, scope.everything("a benchmark"):
        for name, value in google.settings(ISSUER).items():
            setattr(settings, name, value)
        shop = data.shop(
            max_daily_stamps=1000, stamps_reward_description="a coffee", card_name="Friends of the house"
        )
        data.cards(shop, cards, stamps=7, points=240)
        prepare(shop, google)
        yardstick = one_update()
        with transaction.atomic():
            programs.change(program_id=shop.program.pk, actor=Actor(role="owner"), card_color="#c2553a")
        outbox.relay()
        spreading = spread()
        report.add("passes", f"{cards:,}")
        report.add("one SQL UPDATE", f"{yardstick:.2f} s")
        told = f"{spreading:.2f} s = {spreading / yardstick:.2f} x"
        report.add("wanting a new version of each", told, f"< {MOST_SECONDS:.0f} s", spreading < MOST_SECONDS)
        report_pace(report, google, seconds)
    return report


def prepare(shop: data.Shop, google: FakeGoogle) -> None:
    """Passes whose objects Google has already."""
    with connection.cursor() as cursor:
        cursor.execute(PASSES, [ISSUER])
        cursor.execute("VACUUM ANALYZE wallet_walletpass")
    design = designs.of_program(shop.program.pk, shop.merchant.pk)
    PassDesign.objects.filter(pk=design.pk).update(synced_version=1)
    google.classes[str(design.class_id)] = {"id": design.class_id}
    for object_id in WalletPass.objects.values_list("object_id", flat=True):
        google.objects[str(object_id)] = {"id": object_id}


def one_update() -> float:
    """The yardstick, undone again; its dead rows are cleared away."""
    with connection.cursor() as cursor:
        with transaction.atomic():
            started = time.perf_counter()
            cursor.execute(ONE_UPDATE)
            seconds = time.perf_counter() - started
            transaction.set_rollback(True)
        cursor.execute("VACUUM ANALYZE wallet_walletpass")
    return seconds


def spread() -> float:
    """Spread the look as the task does, batch by batch."""
    started = time.perf_counter()
    while designs.spread_batch() is not None:
        pass
    return time.perf_counter() - started


def report_pace(report: Report, google: FakeGoogle, seconds: int) -> None:
    """Send updates for a while, stop, and go on; count what arrived in every second."""
    WalletPass.objects.update(next_attempt_at=timezone.now())
    google_sync.sync(seconds=seconds * 2 / 3)
    before = len(google.requests)
    google_sync.sync(seconds=seconds / 3)
    calls = [call for call in google.requests if call.kind == "loyaltyObject"]
    moments = sorted(call.at for call in google.requests)
    rate = len(moments) / (moments[-1] - moments[0])
    most = max(
        sum(begin <= moment < begin + 1 for moment in moments[index : index + 50])
        for index, begin in enumerate(moments)
    )
    twice = sum(count > 1 for count in Counter(call.resource_id for call in calls).values())
    arrived = WalletPass.objects.filter(synced_version=2).count()
    report.add("requests in the fullest second", str(most), f"<= {LIMIT}", most <= LIMIT)
    report.add("requests a second", f"{rate:.1f}", ">= 16", rate >= 16)
    report.add("stopped, and gone on after", f"{before} requests")
    report.add(
        "sent twice, or sent and not noted",
        f"{twice}, {len(calls) - arrived}",
        "0, 0",
        twice == 0 and len(calls) == arrived,
    )
    hours = WalletPass.objects.count() / rate / 3600
    report.add("all of them, at this rate", f"{hours:.1f} h")
