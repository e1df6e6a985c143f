"""soak: ten minutes of a busy day of passes at once - stamps, looks that spread, people who ask for a pass.

Everybody takes the same locks: two tills, the relay, the spreading, enrolments, and who sends to Google. PostgreSQL
counts the deadlocks itself; in the end each pass must tell what its card has. `make bench-soak`, or shorter:
`python -m benchmarks soak 30`. Its short form is in tests/wallet/test_all_at_once.py.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, connections

from benchmarks.report import Report
from groundwork.errors import DomainError
from groundwork.messaging import outbox
from loyalty.models import LoyaltyCard
from loyalty.services import programs
from tenancy import scope
from tests import factories
from tests.wallet import workers
from tests.wallet.fake_google import FakeGoogle
from wallet import tasks
from wallet.models import Platform, Synced, WalletPass
from wallet.services import passes

SECONDS, CARDS = 600, 600
ISSUER = "3388000000022222222"
DRAIN_SECONDS = 300.0
EVERY_LOOK, EVERY_PERSON = 3.0, 0.3  # seconds from one to the next


@dataclass
class Day:
    """Who is at it, until when; what was done, and what went wrong."""

    shop: factories.Shop
    cards: list[LoyaltyCard]
    end: float
    done: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def stamp(self) -> None:
        factories.give_stamps(random.choice(self.cards), self.shop.store, 1)

    def restyle(self) -> None:
        color = f"#{random.randrange(0x40, 0x80):02x}5c4a"
        with scope.merchant(self.shop.merchant.pk):
            programs.change(program_id=self.shop.program.pk, actor=factories.actor("owner"), card_color=color)
        tasks.spread_designs()
        time.sleep(EVERY_LOOK)

    def enrol(self) -> None:
        card = factories.card(self.shop.store)
        with scope.merchant(card.merchant_id):
            passes.living(card, Platform.GOOGLE)
        time.sleep(EVERY_PERSON)

    def relay(self) -> None:
        outbox.relay()

    def send(self) -> None:
        workers.sweep_passes()

    def at_it(self, name: str, act: Callable[[], None]) -> None:
        """One of them, over and over."""
        with scope.everything("a soak"):
            while time.monotonic() < self.end:
                try:
                    act()
                    self.done[name] += 1
                except DomainError:
                    self.done[f"{name}, refused"] += 1  # a card has had its stamps of the day
                except Exception as error:
                    self.errors.append(f"{name}: {type(error).__name__} {error}"[:300])
        connections.close_all()


def run(seconds: int = SECONDS) -> Report:
    """So many seconds of it, and until all passes have arrived."""
    report = Report("soak")
    with FakeGoogle() as google, scope.everything("a benchmark"):
        for name, value in google.settings(ISSUER).items():
            setattr(settings, name, value)
        day = _day(seconds)
        before = deadlocks()
        _work(day)
        left = _drain()
        for name, count in sorted(day.done.items()):
            report.add(name, f"{count:,} in {seconds} s")
        found = deadlocks() - before
        report.add("deadlocks", str(found), "0", found == 0)
        report.add("errors", "; ".join(day.errors[:3]) or "0", "0", not day.errors)
        report.add("passes that are behind", str(left), "0", left == 0)
        wrong = untrue(google)
        report.add("passes that tell another number of stamps", str(wrong), "0", wrong == 0)
    return report


def _day(seconds: int) -> Day:
    shop = factories.shop(max_daily_stamps=50)
    cards = [factories.card(shop.store) for _card in range(min(CARDS, 10 * seconds))]
    for card in cards[::2]:
        passes.living(card, Platform.GOOGLE)
    return Day(shop, cards, time.monotonic() + seconds)


def _work(day: Day) -> None:
    roles = [("stamps", day.stamp)] * 2 + [("looks", day.restyle), ("passes asked for", day.enrol)]
    roles += [("relayed", day.relay)] * 2 + [("sent", day.send)] * 2
    threads = [threading.Thread(target=day.at_it, args=role) for role in roles]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _drain() -> int:
    """Send what is left, at Google's pace; returns how many passes stay behind."""
    end = time.monotonic() + DRAIN_SECONDS
    behind = WalletPass.objects.filter(Synced.LAGGING)
    while outbox.relay() or (behind.exists() and time.monotonic() < end):
        workers.sweep_passes()
    return behind.count()


def untrue(google: FakeGoogle) -> int:
    """How many objects at Google do not have the stamps of their card."""
    passes = WalletPass.objects.filter(platform=Platform.GOOGLE)
    rows = passes.values_list("object_id", "card__stamp_count")
    told = {name: each["loyaltyPoints"]["balance"]["int"] for name, each in google.objects.items()}
    return sum(told.get(str(object_id)) != stamps for object_id, stamps in rows)


def deadlocks() -> int:
    """How many PostgreSQL has had to end in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
