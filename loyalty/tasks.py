"""Loyalty on the clock: expiry, roll-ups and cleaning. Each is bounded, and safe to run twice or side by side."""

import logging
import time
from typing import Any

from celery import shared_task
from django.utils import timezone

from groundwork import fan_out
from loyalty.reporting import fairness, running, statistics, verification, visits
from loyalty.services import expiry, guard, staff_tokens
from tenancy import scope
from tenancy.models import Merchant

logger = logging.getLogger(__name__)


@shared_task(name="loyalty.expire_points_of", soft_time_limit=3000, time_limit=3300)
def expire_points_of(*, of: int) -> dict[str, Any]:
    """Expire and warn for one merchant, if it is its time."""
    started = time.monotonic()
    summary = expiry.expire_if_it_is_time(of, now=timezone.now())
    summary.seconds = round(time.monotonic() - started, 1)
    return summary.as_dict()


@shared_task(name="loyalty.expire_points", soft_time_limit=240, time_limit=300)
def expire_points() -> list[dict[str, Any]]:
    """Expire and warn, each merchant once per local date from its 02:00 on; one that fails has its turn again."""
    merchants = expiry.merchants_whose_time_it_is(now=timezone.now())
    return fan_out.one_each(expire_points_of, merchants, expires=3300)


@shared_task(name="loyalty.roll_up_statistics_of", soft_time_limit=1500, time_limit=1800)
def roll_up_statistics_of(*, of: int) -> int:
    """Roll up the days of one merchant that have closed since the last time; returns how many rows were written."""
    merchant = Merchant.objects.get(pk=of)
    with scope.merchant(merchant):
        return statistics.roll_up(merchant, now=timezone.now())


@shared_task(name="loyalty.roll_up_statistics", soft_time_limit=240, time_limit=300)
def roll_up_statistics() -> int:
    """Roll up the closed days of each merchant; one that fails has its turn again in the next hour."""
    merchants = Merchant.objects.order_by("pk").values_list("pk", flat=True)
    return sum(fan_out.one_each(roll_up_statistics_of, list(merchants), expires=3300))


@shared_task(name="loyalty.count_visits_of", soft_time_limit=1500, time_limit=1800)
def count_visits_of(*, of: int) -> int:
    """Count the visits of one merchant, if a day has closed since or cards have gone; returns how many rows it made."""
    merchant = Merchant.objects.get(pk=of)
    with scope.merchant(merchant):
        now = timezone.now()
        return visits.count(merchant, now=now) if visits.is_due(merchant, now=now) else 0


@shared_task(name="loyalty.count_visits", soft_time_limit=240, time_limit=300)
def count_visits() -> int:
    """Count the visits of each merchant; one that fails has its turn again in the next hour."""
    merchants = Merchant.objects.order_by("pk").values_list("pk", flat=True)
    return sum(fan_out.one_each(count_visits_of, list(merchants), expires=3300))


@shared_task(name="loyalty.verify_ledger", soft_time_limit=6 * 3600, time_limit=6 * 3600 + 300)
def verify_ledger() -> int:
    """Recompute every card from the ledger; returns how many there are.

    Raises CardsDiffer where some are not what their ledger says; which ones is in the log.
    """
    wrong = set()
    for difference in verification.differences():
        wrong.add(difference.card_id)
        logger.error("card %s: %s differs from its ledger", difference.card_id, difference.figure)
    if wrong:
        raise verification.CardsDiffer(f"{len(wrong)} cards")
    return verification.card_ids()


@shared_task(name="loyalty.move_figures_on", soft_time_limit=50, time_limit=55)
def move_figures_on() -> int:
    """Have the figures of each merchant with new lines moved on, so that nobody counts a busy day who reads them."""
    with scope.everything("whose figures are behind"):
        merchants = running.merchants_behind()
    return sum(fan_out.one_each(roll_up_statistics_of, merchants, expires=55))


@shared_task(name="loyalty.verify_fairness", soft_time_limit=6 * 3600, time_limit=6 * 3600 + 300)
def verify_fairness() -> int:
    """Look whether everybody got what they were promised; returns how many violations are in the log."""
    found = 0
    with scope.everything("every ledger is verified"):
        for violation in fairness.verify(now=timezone.now()):
            found += 1
            logger.error("unfair: %s", violation, extra={"merchant_id": violation.merchant_id})
    return found


@shared_task(name="loyalty.look_at_tills_of", soft_time_limit=1500, time_limit=1800)
def look_at_tills_of(*, of: int) -> int:
    """Write down what stands out at the tills of one merchant; returns how much of it is new."""
    merchant = Merchant.objects.get(pk=of)
    with scope.merchant(merchant):
        return guard.look(merchant, now=timezone.now())


@shared_task(name="loyalty.look_at_tills", soft_time_limit=240, time_limit=300)
def look_at_tills() -> int:
    """Look at the tills of each merchant; one that fails has its turn again in the next night."""
    merchants = Merchant.objects.order_by("pk").values_list("pk", flat=True)
    return sum(fan_out.one_each(look_at_tills_of, list(merchants), expires=6 * 3600))


@shared_task(name="loyalty.clean_staff_tokens", soft_time_limit=600, time_limit=660)
def clean_staff_tokens() -> int:
    """Remove staff tokens that ran out a day ago."""
    with scope.everything("old tokens of all merchants"):
        return staff_tokens.clean(now=timezone.now())
