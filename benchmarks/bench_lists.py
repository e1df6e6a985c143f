"""lists: the console's lists of one merchant with 1,000,000 cards and 5,000,000 lines of the ledger.

The first page, a page far inside (reached as the list itself leads there: from row to row), the last one; each filter,
each sort that a long list offers, the lists behind the overview's figures, and searches. Each is asked as a browser
does it, and is a whole page.
"""

import time
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks import data
from benchmarks.report import Report
from customers.models import Customer
from groundwork.console import paging
from loyalty.models import LoyaltyCard, LoyaltyTransaction, StaffPin
from loyalty.reporting import statistics, visits
from loyalty.sources import Source
from loyalty.visiting import WITHIN
from tenancy import scope
from tenancy.models import ListColumns, StoreUser, User

CARDS, LINES, DAYS, STORES = 1_000_000, 4, 730, 10  # with the line that made the card: five lines each
TIMES = 3  # the best of
MOST = 0.15  # seconds
FAR = 10_000 * 50  # rows before that page
# What somebody has chosen to see: whatever sorts.
COLUMNS = {
    "customers": "stamps points owed last_activity birthday preferred_language marketing_consent customer_since",
    "cards": "stamp_count points_balance owed_now last_activity_at enrolled birthday language consent",
}
MODELS = {"customers": Customer, "cards": LoyaltyCard, "transactions": LoyaltyTransaction}


def run(cards: int = CARDS) -> Report:
    """Measure with so many cards, and five lines for each."""
    report = Report("lists")
    shop = data.shop(stores=STORES, stamps_reward_value_cents=300, point_value_cents="0.5")
    data.cards(shop, cards, over_days=DAYS, lines=LINES)
    with scope.merchant(shop.merchant):
        owner = User.objects.create_user("owner@benchmark.example", data.PASSWORD)
        StoreUser.objects.create(merchant=shop.merchant, store=shop.store, user=owner, role="owner")
        _keep_up(shop)
        client = Client(headers={"host": "localhost"})
        client.force_login(owner, backend=settings.AUTHENTICATION_BACKENDS[-1])
        for kind, columns in COLUMNS.items():
            ListColumns.objects.create(
                user=owner, about=MODELS[kind]._meta.label_lower, columns=columns.split()
            )
        for name, asked in _questions(shop, cards, client):
            seconds, count = _best(client, name, asked)
            words = f"{seconds * 1000:.0f} ms, {count}"
            report.add(f"{name}: {_told(asked)}", words, f"< {MOST * 1000:.0f} ms", seconds < MOST)
    return report


def _keep_up(shop: data.Shop) -> None:
    """As the clock does it: what lists are sorted by, and the visits of each card."""
    for _minute in range(2):
        statistics.roll_up(shop.merchant, now=timezone.now())
    visits.count(shop.merchant, now=timezone.now())
    with connection.cursor() as cursor:
        for table in ("cardstanding", "customerstanding", "cardvisits"):
            cursor.execute(f"VACUUM ANALYZE loyalty_{table}")


def _told(asked: dict[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in asked.items()) or "first page"


def _questions(shop: data.Shop, cards: int, client: Client) -> Iterator[tuple[str, dict[str, str]]]:
    """Lists and what they are asked."""
    today, far = timezone.localdate(), min(FAR, cards // 2)
    week, year = str(today - timedelta(days=7)), str(today - timedelta(days=365))
    pin = str(StaffPin.objects.values_list("pk", flat=True).get())
    for name, model in MODELS.items():
        newest = model._base_manager.order_by("-pk").values_list("pk", flat=True)[0]
        yield name, {}
        yield name, {paging.AFTER: str(newest - far)}
        yield name, {paging.END: "1"}
        for place in _sorted_by(client, name):
            yield name, {"o": place}
    yield from (("customers", {"q": text}) for text in ("kunigunde", "maria", "nobody at all"))
    yield from (("cards", {"q": text}) for text in ("kunigunde", "48213"))
    for name, since in (("customers", "since_from"), ("cards", "enrolled_from")):
        for asked in (
            {"points_from": "20"},
            {"stamps_from": "2", "stamps_to": "2"},
            {"stamps_from": "50"},
            {"points_from": "1", "points_to": "9"},
            {"holds": "no"},
            {"owes": "yes"},
            {"owes": "no"},
            {"activity_to": year},
            {"activity_from": week},
            {since: week},
            {"birthday_month": "3"},
        ):
            yield name, asked
    yield "customers", {"marketing_consent__exact": "1"}
    yield "customers", {"preferred_language__exact": "fr"}
    for asked in (
        {"language": "en"},
        {"language": "fr"},
        {"consent": "yes"},
        {"enrolled_at_store__id__exact": str(shop.store.pk)},
    ):
        yield "cards", asked
    year_of_visits = {"first_visit_from": year, "first_visit_to": str(today - timedelta(days=31))}
    for within in WITHIN:
        yield "cards", {"came_back": str(within)} | year_of_visits
    yield "cards", {"came_back": str(WITHIN[0]), "visited": str(shop.store.pk)} | year_of_visits
    for source in Source.values:
        yield "cards", {"source": source, "enrolled_from": year}
    for asked in (
        {"when_from": f"{week}T10:00", "when_to": f"{week}T11:00"},
        {"when_to": f"{year}T11:00"},
        {"transaction_type__exact": "stamp_earned"},
        {"transaction_type__exact": "points_expired"},
        {"state": "undone"},
        {"state": "stands"},
        {"store__id__exact": str(shop.store.pk)},
        {"staff_pin": pin},
        {"amount_from": "10"},
        {"recorded_offline__exact": "1"},
        {"q": "R-1"},
        {"q": "kunigunde ernster"},
    ):
        yield "transactions", asked


def _sorted_by(client: Client, name: str) -> Iterator[str]:
    """Each column by which the long list lets itself be sorted, either way."""
    shown = client.get(_address(name)).context_data["cl"]  # type: ignore[attr-defined]
    offered = shown.model_admin.sorted_when_long(None)
    for place, column in enumerate(shown.list_display):
        if column in offered:
            yield from (str(place), f"-{place}")


def _address(name: str) -> str:
    meta = MODELS[name]._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")


def _best(client: Client, name: str, asked: dict[str, str]) -> tuple[float, str]:
    """Seconds of a page, the best of some, and how its rows are counted."""
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        answer = client.get(_address(name), asked)
        times.append(time.perf_counter() - started)
        if answer.status_code != 200:
            raise RuntimeError(f"{name} {asked} answered {answer.status_code}.")
    shown = answer.context_data["cl"]  # type: ignore[attr-defined]
    more = f"more than {shown.paginator.counted_to:,}"
    counted = more if shown.paginator.is_bounded else f"{shown.result_count:,} rows"
    return min(times), counted
