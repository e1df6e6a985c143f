"""Guesses at a secret, slower with each wrong one: whose they are is counted in the cache, pauses grow.

A guess is counted before it is judged, so that many at once are many; during a pause nothing is judged and nothing
counted. With the cache away, the site's own cache counts in each process (`loyalty_site.cache`).
"""

import hashlib
import math
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from django.core.cache import cache

from groundwork.errors import RateLimited

FIRST_PAUSE, LONGEST_PAUSE, FORGOTTEN_AFTER = 2, 15 * 60, 3600  # seconds

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Counter:
    """Wrong guesses of one kind: after `free` of them each is followed by a pause, twice as long as the last.

    A right guess takes back all wrong ones if the counter is `forgiving`, else only itself. What has been quiet for
    an hour is forgotten.
    """

    name: str
    free: int
    forgiving: bool = False

    @property
    def count_key(self) -> str:
        return f"attempts:{self.name}"

    @property
    def pause_key(self) -> str:
        return f"attempts:{self.name}:until"


def judge(counters: Sequence[Counter], guess: Callable[[], Answer]) -> Answer:
    """Return what `guess` returns; nothing, or something false, is a wrong one.

    A guess that raises was not judged, and is taken back. Raises RateLimited, with `retry_after` in seconds and
    without having asked, while one of the counters pauses.
    """
    begun = _begin(counters)
    try:
        answer = guess()
    except BaseException:
        _take_back(begun)
        raise
    if answer:
        _take_back(begun)
        cache.delete_many([counter.count_key for counter in counters if counter.forgiving])
    return answer


def digest(text: str) -> str:
    """A name for a counter that does not give away whose it is, and is never long."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]


def since_forgiven(whose: str) -> str:
    """A name for `whose` counters that is another one after `forgive`."""
    return f"{whose}:{cache.get(f'forgiven:{whose}', '')}"


def forgive(whose: str) -> bool:
    """Begin anew with all counters named by `since_forgiven`; False where that reaches this process alone."""
    cache.set(f"forgiven:{whose}", secrets.token_hex(8), timeout=2 * FORGOTTEN_AFTER)
    return not getattr(cache, "is_away", False)


def _begin(counters: Sequence[Counter]) -> dict[Counter, bool]:
    """Count a guess; returns for each counter whether it pauses from now on because of it."""
    now = time.time()
    paused = cache.get_many([counter.pause_key for counter in counters])
    if paused:
        raise _too_many(max(paused.values()) - now)
    return {counter: _count(counter, now) for counter in counters}


def _count(counter: Counter, now: float) -> bool:
    cache.add(counter.count_key, 0, timeout=FORGOTTEN_AFTER)
    try:
        count = cache.incr(counter.count_key)
    except ValueError:  # dropped in this very moment
        cache.set(counter.count_key, count := 1, timeout=FORGOTTEN_AFTER)
    cache.touch(counter.count_key, FORGOTTEN_AFTER)
    if count < counter.free:
        return False
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(count - counter.free, 16))
    if not cache.add(counter.pause_key, now + pause, timeout=pause):  # another guess came first
        raise _too_many(pause)
    return True


def _take_back(begun: dict[Counter, bool]) -> None:
    for counter, pauses in begun.items():
        with suppress(ValueError):  # forgotten meanwhile
            cache.decr(counter.count_key)
        if pauses:
            cache.delete(counter.pause_key)


def _too_many(seconds: float) -> RateLimited:
    return RateLimited(retry_after=max(1, math.ceil(seconds)))
