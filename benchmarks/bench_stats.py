"""stats: the console's overview and the statistics of the API, 1,000,000 cards and 5,000,000 transactions.

The yardstick is a merchant with the same trade a day for a tenth of the time: a tenth of the cards and of the ledger.
Beside it, without a target, one with a tenth of the trade in the same time: today is counted live.
"""

import time

from django.conf import settings
from django.test import Client
from django.utils import timezone

from benchmarks import data
from benchmarks.report import Report
from loyalty.models import LoyaltyProgram
from loyalty.reporting import statistics
from tenancy import scope
from tenancy.models import Merchant, StoreUser, User

CARDS, LINES, DAYS, STORES = 1_000_000, 5, 730, 10
TIMES = 7  # the best of
HOST = {"host": "localhost"}


def run(cards: int = CARDS) -> Report:
    """Measure with so many cards and five lines each, beside a tenth of them."""
    report = Report("stats")
    whole = _shop("whole", cards, DAYS)
    tenth = _shop("tenth", cards // 10, DAYS // 10)
    quiet = _shop("quiet", cards // 10, DAYS)
    report.add("transactions", f"{cards * LINES:,} beside {cards * LINES // 10:,}")
    for title, path, role in _pages():
        large, small, less = (_best(shop, path, role) for shop in (whole, tenth, quiet))
        words = f"{large * 1000:.0f} ms = {large / small:.2f} x (a tenth of the trade: {less * 1000:.0f} ms)"
        report.add(title, words, "<= 2 x", large <= 2 * small)
    with scope.merchant(whole.merchant):
        report.add(*_exact(whole.merchant))
    return report


def _shop(name: str, cards: int, days: int) -> data.Shop:
    shop = data.shop(name, stores=STORES, stamps_reward_value_cents=300, point_value_cents="0.5")
    data.cards(shop, cards, over_days=days, lines=LINES - 1)
    with scope.merchant(shop.merchant):
        statistics.roll_up(shop.merchant, now=timezone.now())
        for role in ("owner", "manager"):
            person = User.objects.create_user(f"{role}@{name}.example", data.PASSWORD)
            StoreUser.objects.create(merchant=shop.merchant, store=shop.store, user=person, role=role)
    User.objects.create_superuser(f"operator@{name}.example", data.PASSWORD)
    return shop


def _pages() -> list[tuple[str, str, str]]:
    """(title, address in terms of a shop, who looks)."""
    store, merchant = "/admin/?place=store-{store}", "/admin/?place=merchant-{merchant}"
    return [
        ("overview, owner, all stores, 30 days", merchant, "owner"),
        ("overview, owner, all stores, a year", merchant + "&days=365", "owner"),
        ("overview, owner, one store", store, "owner"),
        ("overview, manager, their store", "/admin/", "manager"),
        ("overview, operator, a merchant", merchant, "operator"),
        ("API, a program", "/api/v1/admin/programs/{program}/stats/", "owner"),
        ("API, a store", "/api/v1/stores/{code}/stats/", "manager"),
    ]


def _best(shop: data.Shop, path: str, role: str) -> float:
    """Seconds of a page for somebody of a shop, the best of some."""
    client = Client(headers=HOST)
    person = User.objects.get(email=f"{role}@{shop.merchant.slug}.example")
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[-1])
    ids = {"merchant": shop.merchant.pk, "program": shop.program.pk, "store": shop.store.pk}
    address = path.format(**ids, code=shop.store.store_code)
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        response = client.get(address)
        times.append(time.perf_counter() - started)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}.")
    return min(times)


def _exact(merchant: Merchant) -> tuple[str, str, str, bool]:
    """The same figures counted one by one, which takes its time."""
    program, now = LoyaltyProgram.objects.select_related("merchant").get(merchant=merchant), timezone.now()
    rolled_up = statistics.of_program(program, now=now)
    statistics.forget_roll_ups(merchant)
    started = time.perf_counter()
    counted = statistics.of_program(program, now=now)
    seconds = time.perf_counter() - started
    words = f"counted one by one, the same figures: {seconds:.1f} s"
    return "exactness", words, "equal", rolled_up == counted
