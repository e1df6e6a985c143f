"""honest-till: what the guard finds of what was planted, and what it says where nothing was; bold and careful people.

Each of some weeks of trade is of another seed. A false alarm is an observation of a kind and store where nothing of
that kind was done; how many are to be expected is said per store and week.
"""

import time
from collections import Counter
from datetime import UTC, datetime

from benchmarks import honest_till
from benchmarks.report import Report
from loyalty.models import LoyaltyTransaction, Observation
from loyalty.norms import Kind
from loyalty.services import guard
from tenancy import scope

SEEDS = (1, 2, 3)
OF_EACH, QUIET = 5, 40
BOLD, CAREFUL = 1.0, 0.5
NOW = datetime(2026, 6, 13, 3, tzinfo=UTC)  # a Saturday
DAYS_A_WEEK = 6


def run(of_each: int = OF_EACH, quiet: int = QUIET) -> Report:
    """Plant, look, and count."""
    report = Report("honest till")
    stores = len(SEEDS) * (of_each * len(Kind) + quiet)
    seconds, lines = 0.0, 0
    for name, strength, wanted in (("bold", BOLD, 0.95), ("careful", CAREFUL, None)):
        found, planted, false = Counter[Kind](), Counter[Kind](), Counter[Kind]()
        for seed in SEEDS:
            world = honest_till.plant(
                NOW.date(), seed=seed, of_each=of_each, quiet=quiet, strength=strength, name=f"{name}-{seed}"
            )
            with scope.merchant(world.shop.merchant):
                started = time.perf_counter()
                guard.look(world.shop.merchant, now=NOW)
                seconds = max(seconds, time.perf_counter() - started)
                lines = LoyaltyTransaction.objects.count()
                told = Counter((Kind(row.kind), row.store_id) for row in Observation.objects.all())
            planted.update(kind for kind, _store in world.done)
            found.update(kind for kind, store in world.done if told[kind, store])
            for (kind, store), count in told.items():
                if (kind, store) not in world.done:
                    false[kind] += count
        for kind in Kind:
            recall = found[kind] / planted[kind]
            weekly = (
                false[kind] / stores * DAYS_A_WEEK / (guard.DAYS - 1)
            )  # one of the days is a Sunday or like it
            words = (
                f"{found[kind]} of {planted[kind]} found; {false[kind]} false = {weekly:.3f} a store and week"
            )
            target = "" if wanted is None else f">= {wanted:.0%}, < 0.05"
            report.add(
                f"{kind}, {name}",
                words,
                target,
                None if wanted is None else recall >= wanted and weekly < 0.05,
            )
    report.add(
        "looking at one merchant", f"{seconds:.1f} s for {lines:,} lines of {stores // len(SEEDS)} stores"
    )
    return report
