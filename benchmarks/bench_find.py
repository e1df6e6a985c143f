"""find: looking a card up at a merchant with 1,000,000 of them, beside the same at one with 10,000.

What a till scans or types (QR, number, e-mail, phone) goes by index: said by EXPLAIN, and by the time. Searching by
part of a name goes by trigrams: common and rare names, short ones, those with a slip, part of a number, and what
nobody is called. Every card has the code of an earlier one besides: scanned it goes by index as well.
"""

import re
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import data
from benchmarks.report import Report
from loyalty import finding
from loyalty.api.pagination import MAXIMUM_COUNT, PAGE_SIZE
from loyalty.models import LoyaltyCard
from tenancy import scope

MANY, FEW = 1_000_000, 10_000
LOOKUPS, SEARCHES = 200, 5  # times each, and the best of so many
WHOLE_TABLE = re.compile(r"Seq Scan on (customers_customer|loyalty_loyaltycard|loyalty_cardcode)\b")
TITLES = {"codes__code": "code of an earlier card"}
NAMES = {
    "a common name": "maria",
    "a seldom name": "kunigunde",
    "two names": "kunigunde ernster",
    "two letters": "an",
    "a house of many addresses": "gmail",
    "a common name with a slip": "marria",
    "two names with slips": "kunigunda ernstr",
    "part of a number": "48213",
    "the end of an earlier card's code": "-204800",
    "nobody's name": "xqzw",
    "two letters of nobody": "xq",
}


def run(cards: int = MANY) -> Report:
    """Measure with so many cards beside a hundredth of them."""
    report = Report("find")
    large, small = data.shop("large"), data.shop("small")
    ids = {
        shop.merchant.pk: data.cards(shop, count)
        for shop, count in ((large, cards), (small, cards * FEW // MANY))
    }
    for shop in (large, small):
        data.codes(shop)
    for name in ("qr_code_data", "card_number", "codes__code", "customer__email", "customer__phone"):
        many, few = (_lookups(shop, name, *ids[shop.merchant.pk]) for shop in (large, small))
        whole_tables = WHOLE_TABLE.search(_plans(large, name, ids[large.merchant.pk][0]))
        report.add(
            TITLES.get(name, name.replace("__", "'s ").replace("_", " ")),
            f"{many * 1000:.2f} ms = {many / few:.2f} x",
            "<= 1.5 x, by index",
            many <= 1.5 * few and not whole_tables,
        )
    for title, text in NAMES.items():
        page, count = _search(large, text)
        words = f"{page * 1000:.0f} ms for a page, {count * 1000:.0f} ms to count them"
        report.add(f"{title} ({text})", words, "< 50 ms", page < 0.05)
    return report


def _lookups(shop: data.Shop, name: str, first: int, last: int) -> float:
    """Seconds of CPU and waiting of one look-up: the median of many, of cards from all over."""
    with scope.merchant(shop.merchant):
        step = max(1, (last - first) // LOOKUPS)
        texts = LoyaltyCard.objects.filter(pk__in=range(first, last + 1, step)).values_list(name, flat=True)
        times = sorted(_time(lambda text=text: _find(shop, text)) for text in list(texts))
    return times[len(times) // 2]


def _find(shop: data.Shop, text: str) -> None:
    finding.find_card(shop.store, text)


def _plans(shop: data.Shop, name: str, card_id: int) -> str:
    """How the database goes about one look-up: its plans as text."""
    with scope.merchant(shop.merchant):
        text = LoyaltyCard.objects.values_list(name, flat=True).get(pk=card_id)
        with CaptureQueriesContext(connection) as captured:
            _find(shop, text)
        with connection.cursor() as cursor:
            plans = []
            for query in captured.captured_queries:
                cursor.execute(f"EXPLAIN {query['sql']}")
                plans += [row[0] for row in cursor.fetchall()]
    return "\n".join(plans)


def _search(shop: data.Shop, text: str) -> tuple[float, float]:
    """Seconds of the first page, and of its bounded count, as the API asks for them."""
    with scope.merchant(shop.merchant):
        rows = finding.search_cards(shop.store, text=text)
        page = min(_time(lambda: list(rows.all()[: PAGE_SIZE + 1])) for _ in range(SEARCHES))
        count = min(
            _time(lambda: rows.order_by().values("pk")[: MAXIMUM_COUNT + 1].count()) for _ in range(SEARCHES)
        )
    return page, count


def _time(act: Callable[[], Any]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
