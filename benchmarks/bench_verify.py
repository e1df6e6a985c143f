"""verify: `verify_ledger` over 5,000,000 transactions, beside one aggregate query that sums
the same figures of the same rows, without comparing them to anything."""

import resource
import time

from django.db import connection

from benchmarks import data
from benchmarks.report import Report
from loyalty.reporting import verification

CARDS, LINES_PER_CARD = 1_000_000, 4
# The outer sums keep PostgreSQL from leaving the inner ones out.
AGGREGATE = """
SELECT SUM(stamps), SUM(points), SUM(earned), SUM(spent), SUM(rewards), SUM(points_earned), SUM(points_spent) FROM (
    SELECT card_id, SUM(stamps_delta) AS stamps, SUM(points_delta) AS points,
        SUM(stamps_delta) FILTER (WHERE transaction_type = 'stamp_earned') AS earned,
        SUM(stamps_delta) FILTER (WHERE transaction_type = 'stamp_redeemed') AS spent,
        COUNT(*) FILTER (WHERE transaction_type = 'stamp_redeemed') AS rewards,
        SUM(points_delta) FILTER (WHERE transaction_type = 'points_earned') AS points_earned,
        SUM(points_delta) FILTER (WHERE transaction_type = 'points_redeemed') AS points_spent
    FROM loyalty_loyaltytransaction GROUP BY card_id
) sums"""


def run(cards: int = CARDS) -> Report:
    """Measure with so many cards and five lines each."""
    report = Report("verify")
    shop = data.shop()
    first, last = data.cards(shop, cards, points=100)
    data.stamp_lines(first, last, LINES_PER_CARD)
    with connection.cursor() as cursor:
        cursor.execute(AGGREGATE)  # warms the cache for both
        started = time.perf_counter()
        cursor.execute(AGGREGATE)
        yardstick = time.perf_counter() - started
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    wrong = list(verification.differences())
    seconds = time.perf_counter() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    report.add("transactions", f"{cards * (LINES_PER_CARD + 1):,}")
    report.add("one aggregate query", f"{yardstick:.2f} s")
    report.add(
        "verify_ledger", f"{seconds:.2f} s = {seconds / yardstick:.2f} x", "<= 2 x", seconds <= 2 * yardstick
    )
    report.add("memory that it took", f"{grown:.0f} MB", "< 20 MB, constant", grown < 20)
    report.add("cards that differ", str(len(wrong)), "0", not wrong)
    return report
