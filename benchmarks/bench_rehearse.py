"""rehearse: a draft with another rate and a double-points Tuesday over a year of 1,000,000 purchases, in seconds and
memory; beside it a tenth of the purchases, since memory must not grow with them."""

import resource
import time
from datetime import time as clock_time
from decimal import Decimal

from django.utils import timezone

from benchmarks import data, receipts
from benchmarks.report import Report
from loyalty.offers import FACTOR, Promotion
from loyalty.reporting.rehearsal import rehearsing
from loyalty.reporting.rehearsal.draft import Draft
from loyalty.reporting.rehearsal.figures import Outcome
from tenancy import scope

PURCHASES, EACH = 1_000_000, 20
SECONDS = 60
TUESDAY = Promotion(
    id=0,
    effect=FACTOR,
    factor=Decimal(2),
    weekdays=frozenset({2}),
    from_time=clock_time(14),
    until_time=clock_time(17),
    card_day_limit=100,
)


def run(purchases: int = PURCHASES) -> Report:
    """Measure over so many purchases, and over a tenth of them before."""
    report = Report("rehearse")
    few, _seconds, _cpu, memory = _rehearsed("few", purchases // 10)
    found, seconds, cpu, more = _rehearsed("many", purchases)
    report.add("purchases", f"{found.purchases:,} of {found.cards:,} cards, {found.check.lines:,} lines")
    report.add("check and rehearsal", f"{seconds:.1f} s", f"<= {SECONDS} s", seconds <= SECONDS)
    report.add("of that, the player's own processor time", f"{cpu:.1f} s")
    report.add("peak memory with a tenth of it", f"{memory:.0f} MB")
    report.add("peak memory", f"{more:.0f} MB", "< 20 MB more, constant", more - memory < 20)
    differing = few.check.differing + found.check.differing
    report.add("differences from the ledger", str(differing), "0", not differing)
    for words in found.check.wrong[:3]:
        report.add("", words)
    report.add("it would have cost more", f"{found.cost_cents / 100:,.2f}")
    return report


def _rehearsed(name: str, purchases: int) -> tuple[Outcome, float, float, float]:
    shop = data.shop(name, points_per_euro=1)
    first, last = data.cards(shop, purchases // EACH, idle=f"{receipts.DAYS + 1} days")
    receipts.receipts(shop, first, last, each=EACH)
    draft = Draft(changes={"points_per_euro": Decimal("1.5")}, promotions=(TUESDAY,))
    started, worked = time.perf_counter(), time.process_time()
    with scope.merchant(shop.merchant):
        found = rehearsing.rehearse(shop.program, draft, days=receipts.DAYS + 2, now=timezone.now())
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    return found, seconds, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
