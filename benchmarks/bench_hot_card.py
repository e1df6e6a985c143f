"""hot-card: 64 clients on one card for 20 seconds. Nothing may be lost; measured beside the till over many cards."""

from django.db import connection

from benchmarks import data, site
from benchmarks.report import Report
from benchmarks.till_client import Till, hammer
from loyalty.models import LoyaltyCard
from loyalty.reporting import verification
from tenancy import scope

CLIENTS, SECONDS, CARDS = 64, 20, 10_000


def run(seconds: int = SECONDS) -> Report:
    """Measure for so many seconds each."""
    report = Report("hot-card")
    shop = data.shop()
    cards = data.cards(shop, CARDS, points=100)
    hot = cards[0]
    connection.close()
    with site.web() as server:
        tills = [Till(server.port, shop) for _ in range(8)]
        hammer(tills, Till.stamp, cards=(hot + 1, cards[1]), seconds=2)  # warm
        till = hammer(tills, Till.stamp, cards=(hot + 1, cards[1]), seconds=seconds / 2)
        crowd = [Till(server.port, shop) for _ in range(CLIENTS)]
        one = hammer(crowd, Till.stamp, cards=(hot, hot), seconds=seconds)
    with scope.merchant(shop.merchant):
        counted = LoyaltyCard.objects.get(pk=hot).stamp_count
    ratio = one.per_second / till.per_second
    report.add("till, many cards", f"{till.per_second:.0f} stamps a second")
    report.add("one card", f"{one.per_second:.0f} stamps a second = {ratio:.2f} x", ">= 0.3 x", ratio >= 0.3)
    lost = len(one.latencies) - counted
    report.add("answered and counted", f"{len(one.latencies)} and {counted}", "nothing lost", lost == 0)
    report.add("errors", " ".join([str(len(one.errors)), *one.errors[:1]]), "0", not one.errors)
    wrong = len(list(verification.differences()))
    report.add("cards that differ from the ledger", str(wrong), "0", wrong == 0)
    return report
