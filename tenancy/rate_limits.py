"""Limits per client: so many calls in a window of time, counted in the cache.

The counts are a protection, not a rule about balances: with the cache away, calls go through.
"""

import logging
import time

from django.conf import settings
from django.core.cache import cache

from tenancy.errors import RateLimited

logger = logging.getLogger(__name__)

WINDOWS = {"s": 1, "m": 60, "h": 3600}


def check(name: str, client: str) -> None:
    """Count a call of `client` against the limit `name` of settings.RATE_LIMITS, written as "10/m".

    Raises RateLimited, with the seconds until the window ends as `retry_after`.
    """
    limit, window = parse(settings.RATE_LIMITS[name])
    now = time.time()
    slot = int(now // window)
    key = f"rate:{name}:{client}:{slot}"
    try:
        cache.add(key, 0, timeout=window + 1)
        count = cache.incr(key)
    except Exception as error:
        logger.warning("rate limit not counted", extra={"limit": name, "error": type(error).__name__})
        return
    if count > limit:
        raise RateLimited(retry_after=max(1, int((slot + 1) * window - now) + 1))


def parse(text: str) -> tuple[int, int]:
    """ "10/m" -> (10, 60)."""
    number, _, unit = text.partition("/")
    return int(number), WINDOWS[unit]
