"""Google's root keys for callbacks: fetched, and kept until they expire."""

import logging
import re
import time
from collections.abc import Mapping
from typing import Any

import httpx
from django.core.cache import cache

from wallet.errors import WalletUnavailable
from wallet.google.callback import expires_at
from wallet.http import NETWORK_TROUBLE

logger = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(5.0)
LONGEST_SECONDS = 7 * 24 * 3600
SHORTEST_SECONDS = 1
MOST_KEYS = 50
MAX_AGE = re.compile(r"\bmax-age=(\d{1,9})")
# A message by an unknown key makes us look for newer ones, but no more often than this: anybody can send one.
LOOK_AGAIN_SECONDS = 10

Keys = list[Mapping[str, Any]]


def root_keys(address: str, *, anew: bool = False) -> Keys:
    """The keys at an address, from the cache while they last. Raises WalletUnavailable.

    With `anew` they are fetched again, at most every ten seconds; in between what is known is returned.
    """
    name = f"wallet:google-keys:{address}"
    kept = cache.get(name)
    if anew and cache.add(f"{name}:looked", True, LOOK_AGAIN_SECONDS):
        kept = None
    if kept is None:
        kept, seconds = _fetch(address)
        cache.set(name, kept, seconds)
    return kept


def _fetch(address: str) -> tuple[Keys, float]:
    try:
        response = httpx.get(address, timeout=TIMEOUT).raise_for_status()
        keys = response.json()["keys"][:MOST_KEYS]
        keys = [key for key in keys if isinstance(key, dict)]
    except (*NETWORK_TROUBLE, ValueError, KeyError, TypeError) as error:
        logger.warning("Google's keys cannot be fetched", extra={"error": type(error).__name__})
        raise WalletUnavailable(retry_after=60) from error
    return keys, _lifetime(response, keys)


def _lifetime(response: httpx.Response, keys: Keys) -> float:
    """Seconds until the first of the keys expires, or the answer as a whole (Cache-Control), if that is sooner.

    A key that has expired already says nothing about how long the others hold.
    """
    now = time.time()
    ends = [expires_at(key) / 1000 - now for key in keys if "keyExpiration" in key]
    ends = [seconds for seconds in ends if seconds > 0]
    if age := MAX_AGE.search(response.headers.get("Cache-Control", "")):
        ends.append(float(age[1]))
    return min(max(min(ends, default=LONGEST_SECONDS), SHORTEST_SECONDS), LONGEST_SECONDS)
