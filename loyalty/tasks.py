"""Loyalty on the clock: expiry, roll-ups and cleaning. Each is bounded, and safe to run twice or side by side."""

import logging
import time
from typing import Any

from celery import shared_task
from django.db import DatabaseError
from django.utils import timezone

from loyalty.reporting import fairness, statistics
from loyalty.services import expiry, staff_tokens
from tenancy import scope
from tenancy.models import Merchant

logger = logging.getLogger(__name__)


@shared_task(name="loyalty.expire_points", soft_time_limit=3000, time_limit=3300)
def expire_points() -> dict[str, Any]:
    """Expire and warn, each merchant once per local date from its 02:00 on."""
    started = time.monotonic()
    summary = expiry.expire_where_it_is_time(now=timezone.now())
    summary.seconds = round(time.monotonic() - started, 1)
    return summary.as_dict()


@shared_task(name="loyalty.roll_up_statistics", soft_time_limit=1500, time_limit=1800)
def roll_up_statistics() -> int:
    """Roll up the days that have closed since the last time; returns how many rows were written.

    A merchant for whom it fails spoils nothing for the others, and has its turn again in the next hour.
    """
    now, written = timezone.now(), 0
    for merchant in list(Merchant.objects.order_by("pk")):
        try:
            with scope.merchant(merchant):
                written += statistics.roll_up(merchant, now=now)
        except DatabaseError:
            logger.exception("roll-up failed", extra={"merchant_id": merchant.pk})
    return written


@shared_task(name="loyalty.verify_fairness", soft_time_limit=6 * 3600, time_limit=6 * 3600 + 300)
def verify_fairness() -> int:
    """Look whether everybody got what they were promised; returns how many violations are in the log."""
    found = 0
    with scope.everything("every ledger is verified"):
        for violation in fairness.verify(now=timezone.now()):
            found += 1
            logger.error("unfair: %s", violation, extra={"merchant_id": violation.merchant_id})
    return found


@shared_task(name="loyalty.clean_staff_tokens", soft_time_limit=600, time_limit=660)
def clean_staff_tokens() -> int:
    """Remove staff tokens that ran out a day ago."""
    with scope.everything("old tokens of all merchants"):
        return staff_tokens.clean(now=timezone.now())
