"""Tallies: how often something came out in which way, of all processes together."""

import pytest
from django.db import DatabaseError, transaction
from pytest_django import Settings

from groundwork import tallies

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def another_process(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.METRICS_TOKEN = "0123456789abcdefghij"
    begin(monkeypatch)


def begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a process that has counted nothing yet."""
    monkeypatch.setattr(tallies, "_counted", tallies._Counted())


def test_what_two_processes_counted_is_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    tallies.count("e-mails", "sent", 2)
    tallies.count("e-mails", "failed")
    tallies.count("e-mails", "queued", 0)
    tallies.write()
    begin(monkeypatch)
    tallies.count("e-mails", "sent", 3)
    tallies.write()
    assert tallies.known() == {("e-mails", "failed"): 1, ("e-mails", "sent"): 5}


def test_only_what_was_committed_counts() -> None:
    with transaction.atomic():
        tallies.count("operations", "stamp_earned")
        transaction.set_rollback(True)
    with transaction.atomic():
        tallies.count("operations", "points_earned")
    tallies.write()
    assert tallies.known() == {("operations", "points_earned"): 1}


def test_a_process_writes_once_in_ten_seconds_and_then_all_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    time = [100.0]
    monkeypatch.setattr(tallies, "monotonic", lambda: time[0])
    for _often in range(3):
        tallies.count("pushes", "delivered")
        tallies.write()
    assert tallies.known() == {("pushes", "delivered"): 1}
    time[0] += 10
    tallies.write()
    assert tallies.known() == {("pushes", "delivered"): 3}


def test_what_could_not_be_written_is_written_later(monkeypatch: pytest.MonkeyPatch) -> None:
    time = [100.0]
    monkeypatch.setattr(tallies, "monotonic", lambda: time[0])

    def away(mine: object) -> None:
        raise DatabaseError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tallies, "_write", away)
        tallies.count("pushes", "delivered")
        tallies.write()
    tallies.count("pushes", "delivered")
    time[0] += 10
    tallies.write()
    assert tallies.known() == {("pushes", "delivered"): 2}


def test_where_nobody_asks_nothing_is_counted(settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    tallies.count("pushes", "delivered")
    settings.METRICS_TOKEN = "0123456789abcdefghij"
    tallies.write()
    assert tallies.known() == {}
