"""overview: the console's overview after a busy day, 1,000,000 cards and 50,000 lines of today.

The yardstick is the same page before the day began, of which nothing but the last minutes is read.
"""

import time

from django.conf import settings
from django.test import Client
from django.utils import timezone

from benchmarks import data
from benchmarks.report import Report
from loyalty.models import LoyaltyProgram
from loyalty.reporting import statistics, visits
from tenancy import scope
from tenancy.models import StoreUser, User

CARDS, TODAY, DAYS, STORES = 1_000_000, 50_000, 730, 10
MINUTE = 200  # lines of the busiest one, which are not counted yet
TIMES = 7  # the best of
MOST = 0.3  # seconds
PAGES = {"all stores": "/admin/?place=merchant-{merchant}", "one store": "/admin/?place=store-{store}"}


def run(cards: int = CARDS, today: int = TODAY) -> Report:
    """Measure with so many cards, and so many lines of today."""
    report = Report("overview")
    shop = data.shop(stores=STORES, stamps_reward_value_cents=300, point_value_cents="0.5")
    first, _last = data.cards(shop, cards, over_days=DAYS, lines=4)
    with scope.merchant(shop.merchant):
        owner = User.objects.create_user("owner@benchmark.example", data.PASSWORD)
        StoreUser.objects.create(merchant=shop.merchant, store=shop.store, user=owner, role="owner")
        _move_on(shop)
        started = time.perf_counter()
        visits.count(shop.merchant, now=timezone.now())
        report.add("counting visits, once a day", f"{cards:,} cards in {time.perf_counter() - started:.1f} s")
        before = {name: _best(shop, owner, path) for name, path in PAGES.items()}
        data.stamp_lines(first, first + today - 1, 1)
        started = time.perf_counter()
        _move_on(shop)
        moved = time.perf_counter() - started
        report.add("moving the figures on", f"{today:,} lines in {moved:.1f} s, twice")
        data.stamp_lines(first, first + MINUTE - 1, 1)
        for name, path in PAGES.items():
            seconds = _best(shop, owner, path)
            words = f"{seconds * 1000:.0f} ms (before the day: {before[name] * 1000:.0f} ms)"
            report.add(f"{name}, {today:,} lines of today", words, f"< {MOST * 1000:.0f} ms", seconds < MOST)
        report.add(*_exact(shop))
    return report


def _move_on(shop: data.Shop) -> None:
    """As the clock does it; the second time every transaction of before the first one has ended."""
    for _minute in range(2):
        statistics.roll_up(shop.merchant, now=timezone.now())


def _best(shop: data.Shop, owner: User, path: str) -> float:
    """Seconds of a page, the best of some."""
    client = Client(headers={"host": "localhost"})
    client.force_login(owner, backend=settings.AUTHENTICATION_BACKENDS[-1])
    address, times = path.format(merchant=shop.merchant.pk, store=shop.store.pk), []
    for _ in range(TIMES):
        started = time.perf_counter()
        answer = client.get(address)
        times.append(time.perf_counter() - started)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}.")
    return min(times)


def _exact(shop: data.Shop) -> tuple[str, str, str, bool]:
    program, now = LoyaltyProgram.objects.select_related("merchant").get(pk=shop.program.pk), timezone.now()
    moved_on = statistics.of_program(program, now=now)
    statistics.forget_roll_ups(shop.merchant)
    return "exactness", "counted one by one", "equal", moved_on == statistics.of_program(program, now=now)
