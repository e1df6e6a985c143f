"""A cache that is away must not be felt."""

from collections.abc import Iterator

import pytest

from loyalty_site.cache import ShelteredRedisCache

NOBODY_LISTENS = "redis://127.0.0.1:1/0"
CLIENT_OPTIONS = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}


def cache_at(url: str) -> ShelteredRedisCache:
    return ShelteredRedisCache(url, {"OPTIONS": CLIENT_OPTIONS, "KEY_PREFIX": "test"})


@pytest.fixture(autouse=True)
def redis_not_known_to_be_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(ShelteredRedisCache, "away_until", 0.0)
    yield
    cache_at(NOBODY_LISTENS).shelter.clear()


def test_with_redis_values_are_shared_between_clients(redis_url: str) -> None:
    cache_at(redis_url).set("shop", "mirabel")
    assert cache_at(redis_url).get("shop") == "mirabel"
    assert cache_at(redis_url).shelter.get("shop") is None


def test_without_redis_everything_still_answers() -> None:
    cache = cache_at(NOBODY_LISTENS)
    assert cache.get("shop", "none") == "none"
    assert cache.add("calls", 0) is True
    assert [cache.incr("calls") for _ in range(3)] == [1, 2, 3]
    cache.set_many({"a": 1, "b": 2})
    assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
    assert cache.get_or_set("menu", "croissant") == "croissant"
    assert "menu" in cache
    assert cache.delete("menu") is True
    assert cache.delete("menu") is False


def test_redis_is_left_alone_for_a_while_and_then_asked_again(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    away, there = cache_at(NOBODY_LISTENS), cache_at(redis_url)
    there.set("shop", "mirabel")
    away.get("shop")
    assert there.get("shop") is None
    monkeypatch.setattr(ShelteredRedisCache, "away_until", 0.0)
    assert there.get("shop") == "mirabel"


def test_what_an_earlier_outage_left_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = cache_at(NOBODY_LISTENS)
    cache.set("shop", "old")
    assert cache.get("shop") == "old"
    monkeypatch.setattr(ShelteredRedisCache, "away_until", 0.0)
    assert cache.get("shop") is None
