"""The Redis cache, made so that its loss is never felt in a request.

While Redis is away each process keeps to a small cache of its own memory: rate limits go on counting (per
process), sessions are read from the database. Redis is tried again every few seconds, so that not every
request pays the socket timeout.
"""

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 5.0
SHELTERED = 10_000  # entries; with Django's 300, made-up names would push the counts of wrong passwords out


class JSONSerializer:
    """Values as JSON in place of Django's pickles, which whoever writes to Redis could make run anything here."""

    def dumps(self, value: Any) -> int | bytes:
        return (
            value if type(value) is int else json.dumps(value).encode()
        )  # Redis counts whole numbers itself

    def loads(self, data: bytes) -> Any:
        """The value; None for what is no JSON, as if it were not there."""
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            logger.warning("what the cache holds is not ours")
            return None


def _sheltered(name: str) -> Callable[..., Any]:
    """Return the cache method `name`, run on Redis or, while that is away, on the process's own memory."""

    def method(self: "ShelteredRedisCache", *args: Any, **kwargs: Any) -> Any:
        if not self.is_away:
            try:
                return getattr(RedisCache, name)(self, *args, **kwargs)
            except (RedisError, OSError) as error:
                self.take_shelter(error)
        return getattr(self.shelter, name)(*args, **kwargs)

    method.__name__ = name
    return method


class ShelteredRedisCache(RedisCache):
    """Django's Redis cache with a shelter: every operation has an answer, also without Redis.

    It keeps what JSON can say, and nothing of what Redis holds is ever run.
    """

    away_until = 0.0  # of time.monotonic(), shared by all threads of the process

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        options = params.get("OPTIONS", {}) | {"serializer": JSONSerializer}
        super().__init__(server, params | {"OPTIONS": options})
        self.shelter = LocMemCache(
            "shelter",
            {"KEY_PREFIX": self.key_prefix, "TIMEOUT": self.default_timeout, "MAX_ENTRIES": SHELTERED},
        )

    @property
    def is_away(self) -> bool:
        """Whether Redis did not answer a moment ago: what is written stays in this process."""
        return time.monotonic() < ShelteredRedisCache.away_until

    def take_shelter(self, error: Exception) -> None:
        """Leave Redis alone for RETRY_AFTER_SECONDS; what an earlier outage left in memory is too old."""
        now = time.monotonic()
        if now - ShelteredRedisCache.away_until > RETRY_AFTER_SECONDS:
            self.shelter.clear()
            logger.warning("cache away, using the memory of this process: %s", type(error).__name__)
        ShelteredRedisCache.away_until = now + RETRY_AFTER_SECONDS

    add = _sheltered("add")
    get = _sheltered("get")
    set = _sheltered("set")
    touch = _sheltered("touch")
    delete = _sheltered("delete")
    get_many = _sheltered("get_many")
    set_many = _sheltered("set_many")
    delete_many = _sheltered("delete_many")
    has_key = _sheltered("has_key")
    incr = _sheltered("incr")
    clear = _sheltered("clear")
