"""Limits per client: so many calls in a window of time, counted in the cache.

The counts are a protection, not a rule about balances: with the cache away, calls go through.
"""

import logging
import math
import re
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

from groundwork.errors import RateLimited

logger = logging.getLogger(__name__)

WINDOWS = {"s": 1, "m": 60, "h": 3600}
RATE = re.compile(r"([1-9][0-9]{0,8})/([1-9][0-9]{0,2})?([smh])")


@dataclass(frozen=True)
class Standing:
    """How a client stands with a limit: `left` of its `limit` calls in `window` seconds, which end in `seconds`.

    `is_over`: this call was one too many.
    """

    name: str
    limit: int
    window: int
    left: int
    seconds: int
    is_over: bool

    def headers(self) -> dict[str, str]:
        """RateLimit and RateLimit-Policy, as draft-ietf-httpapi-ratelimit-headers has them."""
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.limit};w={self.window}',
            "RateLimit": f'"{self.name}";r={self.left};t={self.seconds}',
        }

    def require(self) -> None:
        """Raise RateLimited where this call was one too many, with the seconds to wait as `retry_after`."""
        if self.is_over:
            raise RateLimited(retry_after=self.seconds)


def check(name: str, client: str) -> None:
    """Count a call of `client` against the limit `name`. Raises RateLimited."""
    standing = count(name, client)
    if standing is not None:
        standing.require()


def count(name: str, client: str) -> Standing | None:
    """Count a call of `client` against the limit `name` of settings.RATE_LIMITS, written as "10/m" or "120/10m".

    The window begins with the client's first call. None while the cache is away.
    """
    limit, window = parse(settings.RATE_LIMITS[name])
    now, key = time.time(), f"rate:{name}:{client}"
    try:
        began: float = cache.get_or_set(key, now, timeout=window) or now
        cache.add(f"{key}:{began}", 0, timeout=window + 1)
        calls = cache.incr(f"{key}:{began}")
    except Exception as error:
        logger.warning("rate limit not counted", extra={"limit": name, "error": type(error).__name__})
        return None
    ends_in = max(1, math.ceil(began + window - now))
    return Standing(name, limit, window, max(0, limit - calls), ends_in, is_over=calls > limit)


def parse(text: str) -> tuple[int, int]:
    """ "10/m" -> (10, 60), "120/10m" -> (120, 600). Raises ValueError for anything else, and for a 0."""
    written = RATE.fullmatch(text)
    if written is None:
        raise ValueError(f"No rate: {text!r}")
    number, units, unit = written.groups()
    return int(number), int(units or 1) * WINDOWS[unit]
