"""Guesses at a secret: some are free, then each wrong one is followed by a pause, twice as long as the last."""

import threading
from contextlib import suppress

import pytest
import time_machine
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache

from groundwork.errors import RateLimited
from groundwork.web import attempts
from groundwork.web.attempts import Counter

SAFE = Counter("safe", free=3)
DOOR = Counter("door", free=3, forgiving=True)


def wrong(*counters: Counter) -> int:
    """Guess wrong; returns the seconds to wait if it was not judged, and 0 if it was."""
    try:
        attempts.judge(counters, lambda: False)
    except RateLimited as refused:
        return int(refused.extra["retry_after"])
    return 0


def right(*counters: Counter) -> bool:
    return attempts.judge(counters, lambda: True)


def test_pauses_double_up_to_a_quarter_of_an_hour() -> None:
    with time_machine.travel("2026-03-10T11:00Z", tick=False) as clock:
        assert [wrong(SAFE) for _ in range(2)] == [0, 0]
        pauses = []
        for _ in range(12):
            assert wrong(SAFE) == 0
            pauses.append(wrong(SAFE))
            clock.shift(pauses[-1])
        assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_nothing_is_judged_nor_counted_in_a_pause() -> None:
    judged = []
    with time_machine.travel("2026-03-10T11:00Z", tick=False) as clock:
        for _ in range(3):
            wrong(SAFE)
        for _ in range(50):
            with pytest.raises(RateLimited):
                attempts.judge([SAFE], lambda: judged.append("a guess"))
        assert judged == []
        clock.shift(1.5)
        assert wrong(SAFE) == 1
        clock.shift(0.5)
        assert (wrong(SAFE), wrong(SAFE)) == (0, 4)


def test_after_an_hour_of_quiet_all_is_forgotten_and_not_before() -> None:
    with time_machine.travel("2026-03-10T11:00Z", tick=False) as clock:
        wrong(SAFE)
        wrong(SAFE)
        clock.shift(3599)
        assert (wrong(SAFE), wrong(SAFE)) == (0, 2)
        clock.shift(3599)
        assert (wrong(SAFE), wrong(SAFE)) == (0, 4)
        clock.shift(3601)
        assert [wrong(SAFE) for _ in range(4)] == [0, 0, 0, 2]


def test_a_right_one_takes_back_the_wrong_ones_where_it_may_and_else_itself() -> None:
    wrong(SAFE, DOOR)
    wrong(SAFE, DOOR)
    assert right(SAFE, DOOR)
    assert [wrong(DOOR) for _ in range(4)] == [0, 0, 0, 2]
    assert [wrong(SAFE) for _ in range(2)] == [0, 2]


def test_right_ones_never_bring_a_pause() -> None:
    assert [right(SAFE) for _ in range(20)] == [True] * 20


def test_a_guess_that_was_not_judged_is_not_counted() -> None:
    def fails() -> bool:
        raise LookupError

    for _ in range(10):
        with pytest.raises(LookupError):
            attempts.judge([SAFE], fails)
    assert [wrong(SAFE) for _ in range(4)] == [0, 0, 0, 2]


def test_one_of_several_counters_is_enough_to_pause() -> None:
    for _ in range(3):
        wrong(DOOR)
    assert wrong(SAFE, DOOR) == 2
    assert wrong(SAFE) == 0


def test_many_guesses_at_the_same_moment_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    judged, together, look = [], threading.Barrier(20), LocMemCache.get_many

    def look_together(self: LocMemCache, *keys: object) -> object:
        found = look(self, *keys)
        together.wait(10)  # nobody has counted yet
        return found

    monkeypatch.setattr(LocMemCache, "get_many", look_together)

    def guess() -> None:
        with suppress(RateLimited):
            attempts.judge([SAFE], lambda: judged.append("one"))

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(judged) == 3


def test_what_is_forgiven_begins_anew() -> None:
    before = Counter(attempts.since_forgiven("nora"), free=1)
    assert (wrong(before), wrong(before)) == (0, 2)
    attempts.forgive("nora")
    after = Counter(attempts.since_forgiven("nora"), free=1)
    assert wrong(after) == 0


def test_a_count_that_the_cache_drops_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "add", lambda *given, **more: True)
    assert wrong(SAFE) == 0
    assert cache.get("attempts:safe") == 1


def test_a_name_of_a_counter_gives_nobody_away_and_is_short() -> None:
    assert len(attempts.digest("x" * 10_000)) == len(attempts.digest("\ud800")) == 32
    assert attempts.digest("nora@example.com") != attempts.digest("paul@example.com")
