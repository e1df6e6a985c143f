"""Slow hashes leave a till its own: one runs, one waits, and the others are told to come back."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import check_password, make_password
from django.db import connections
from pytest_django import Settings

from groundwork.web import hashing
from groundwork.web.hashing import Busy

SOON = 10  # seconds after which something has gone wrong


class Hash:
    """A hash that takes as long as the test wants."""

    def __init__(self) -> None:
        self.begun, self.may_end, self.answers = threading.Event(), threading.Event(), []

    def work(self) -> str:
        self.begun.set()
        self.may_end.wait(SOON)
        return "done"

    def start(self, work: Callable[[], str] | None = None) -> threading.Thread:
        def run() -> None:
            try:
                self.answers.append(hashing.in_turn(work or self.work))
            except Busy:
                self.answers.append("busy")

        thread = threading.Thread(target=run)
        thread.start()
        return thread


@pytest.fixture
def slow() -> Iterator[Hash]:
    """One that runs, until the test is over."""
    running = Hash()
    thread = running.start()
    assert running.begun.wait(SOON)
    yield running
    running.may_end.set()
    thread.join(SOON)


def waits(hashes: threading.Semaphore) -> None:
    """Return once nobody more is let in."""
    for _ in range(SOON * 1000):
        if hashes._value == 0:
            return
        threading.Event().wait(0.001)
    raise AssertionError("Nobody waits.")


def test_one_runs_one_waits_and_the_third_is_told_to_come_back_at_once(
    slow: Hash, monkeypatch: pytest.MonkeyPatch
) -> None:
    second, begun = Hash(), []
    thread = second.start(lambda: begun.append("second") or "done")
    waits(hashing._places)
    with monkeypatch.context() as patch:
        patch.setattr(hashing, "_run", lambda work: work())  # the third does not even get there
        with pytest.raises(Busy) as refused:
            hashing.in_turn(lambda: begun.append("third"))
    assert (refused.value.status, refused.value.extra) == (503, {"retry_after": 2})
    assert begun == []
    slow.may_end.set()
    thread.join(SOON)
    assert (second.answers, begun) == (["done"], ["second"])
    assert hashing.in_turn(lambda: "again") == "again"


@pytest.mark.parametrize(("threads", "places"), [(1, 1), (2, 1), (4, 2), (8, 4), (16, 12)])
def test_some_threads_are_left_to_the_tills(
    monkeypatch: pytest.MonkeyPatch, threads: int, places: int
) -> None:
    monkeypatch.setattr(hashing, "_places", None)
    hashing.share(threads)
    assert hashing._places._value == places


def test_gunicorn_says_how_many_threads_it_has(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(hashing, "_places", None)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    hooks = run_path(str(Path(settings.BASE_DIR) / "gunicorn.conf.py"))
    hooks["post_worker_init"](SimpleNamespace(cfg=SimpleNamespace(threads=16)))
    assert hashing._places._value == 12


def test_nothing_is_looked_up_for_whom_there_is_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "_places", threading.Semaphore(0))
    with pytest.raises(Busy):  # without the database, which this test may not use
        authenticate(username="nora@example.com", password="a-secret")
    monkeypatch.setattr(hashing, "_places", threading.Semaphore(1))
    hashing.refuse_if_full()
    assert hashing._places._value == 1


def test_who_waits_too_long_is_told_to_come_back_and_never_runs(
    slow: Hash, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "WAIT_SECONDS", 0.01)
    begun = []
    for _ in range(5):
        with pytest.raises(Busy):
            hashing.in_turn(lambda: begun.append("late"))
    slow.may_end.set()
    assert hashing.in_turn(lambda: "next") == "next"
    assert begun == []


def test_a_till_waits_its_turn_where_others_are_turned_away(slow: Hash) -> None:
    second = Hash()
    others = [second.start(lambda: "done")]
    waits(hashing._places)
    till = Hash()

    def pin() -> None:
        with hashing.at_the_till():
            till.answers.append(hashing.in_turn(lambda: "pin"))

    others.append(threading.Thread(target=pin))
    others[-1].start()
    assert till.answers == []
    slow.may_end.set()
    for thread in others:
        thread.join(SOON)
    assert till.answers == ["pin"]


@pytest.mark.parametrize("algorithm", ["bcrypt_sha256", "pbkdf2_sha256"])
def test_every_hash_of_a_password_takes_its_turn(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, algorithm: str
) -> None:
    turns: list[str] = []

    def in_turn(work: Callable[[], Any]) -> Any:
        turns.append("one")
        return work()

    settings.PASSWORD_HASHERS = [
        "groundwork.web.hashing.BCryptInTurn",
        "groundwork.web.hashing.PBKDF2InTurn",
    ]
    monkeypatch.setattr(hashing, "in_turn", in_turn)
    monkeypatch.setattr(hashing.BCryptInTurn, "rounds", 4)
    monkeypatch.setattr(hashing.PBKDF2InTurn, "iterations", 2)
    made = make_password("a-secret", hasher=algorithm)
    assert len(turns) == 1
    assert (check_password("a-secret", made), check_password("another", made)) == (True, False)
    assert len(turns) >= 3


def test_what_goes_wrong_in_a_hash_goes_wrong_for_who_asked_and_gives_the_place_back() -> None:
    def fails() -> None:
        raise ValueError("a salt that is none")

    for _ in range(5):
        with pytest.raises(ValueError, match="a salt that is none"):
            hashing.in_turn(fails)


def test_a_hash_gives_way_to_what_a_till_asks() -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    steps = hashing.GIVES_WAY if sys.platform == "linux" else 0  # where a thread has a priority of its own
    assert hashing.in_turn(priority) == min(19, priority() + steps)


def test_a_pooled_connection_is_given_back_before_the_wait(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []
    connection = connections["default"]
    monkeypatch.setattr(connection, "close", lambda: closed.append("closed"))
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})
    hashing.in_turn(lambda: "without a pool")
    assert closed == []
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {"pool": {"max_size": 2}})
    hashing.in_turn(lambda: "with a pool")
    assert closed == ["closed"]
    monkeypatch.setattr(connection, "in_atomic_block", True)
    hashing.in_turn(lambda: "in a transaction")
    assert closed == ["closed"]
