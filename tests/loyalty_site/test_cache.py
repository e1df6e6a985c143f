"""A cache that is away must not be felt."""

import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.backends import cached_db
from redis import Redis

from loyalty_site.cache import ShelteredRedisCache
from loyalty_site.celery import app

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


class Bomb:
    """What makes a folder where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.mark),)


def test_the_bomb_goes_off_where_it_is_unpickled(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Bomb(tmp_path / "mark")))
    assert (tmp_path / "mark").exists()


def test_a_pickle_in_the_cache_is_not_run_but_missed(redis_url: str, tmp_path: Path) -> None:
    cache, mark = cache_at(redis_url), tmp_path / "mark"
    Redis.from_url(redis_url).set(cache.make_key("shop"), pickle.dumps(Bomb(mark)))
    assert cache.get("shop") is None
    assert cache.get_many(["shop"]) == {"shop": None}
    assert cache.get_or_set("shop", "mirabel") in ("mirabel", None)
    assert not mark.exists()
    cache.set("shop", {"name": "Mirabel", "open": [8, 18.5, None, True]})
    assert cache.get("shop") == {"name": "Mirabel", "open": [8, 18.5, None, True]}


@pytest.mark.django_db
def test_a_pickle_in_place_of_a_session_is_not_run_and_the_database_answers(
    redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, mark = cache_at(redis_url), tmp_path / "mark"
    monkeypatch.setattr(cached_db, "caches", {settings.SESSION_CACHE_ALIAS: cache})
    session = cached_db.SessionStore()
    session["till"] = "Counter 1"
    session.save()
    kept = cache.make_key(session.cache_key)
    assert Redis.from_url(redis_url).get(kept) == b'{"till": "Counter 1"}'
    Redis.from_url(redis_url).set(kept, pickle.dumps(Bomb(mark)))
    assert cached_db.SessionStore(session.session_key)["till"] == "Counter 1"
    assert not mark.exists()


def test_nothing_else_takes_pickles() -> None:
    assert settings.SESSION_SERIALIZER == "django.contrib.sessions.serializers.JSONSerializer"
    assert (app.conf.accept_content, app.conf.task_serializer) == (["json"], "json")
    assert app.conf.result_accept_content in (None, ["json"])
