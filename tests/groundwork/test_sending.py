"""Sending to an outside party: several at a time while it answers, and left alone while it hangs."""

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from groundwork.queue.breaker import PAUSES, Breaker
from groundwork.queue.sending import AT_ONCE, Contact, Line, drain


class Party:
    """Takes numbers; those that are `held` are answered when AT_ONCE of them are with it."""

    def __init__(self, count: int, contact: Contact = Contact.ANSWERED, held: Sequence[int] = ()) -> None:
        self.waiting = list(range(count))
        self.contact = contact
        self.held = held
        self.noted: list[int] = []
        self.breaker = Breaker()
        self.together = threading.Barrier(AT_ONCE, timeout=30)

    def take(self, limit: int) -> Sequence[int]:
        taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return taken

    def send(self, number: int) -> int:
        if number in self.held:
            self.together.wait()
        return number

    def note(self, row: int, answer: int) -> Contact:
        assert row == answer
        self.noted.append(row)
        return self.contact

    def line(self) -> Line[int, int, int]:
        return Line(
            take=self.take,
            prepare=lambda row: row,
            send=self.send,
            note=self.note,
            breaker=self.breaker,
        )


def test_while_a_party_answers_several_are_in_flight_and_all_of_them_are_noted() -> None:
    party = Party(40, held=range(40 - AT_ONCE, 40))
    assert drain(party.line(), seconds=60) == 40
    assert sorted(party.noted) == list(range(40))


def test_what_needs_no_sending_is_taken_and_sent_to_nobody() -> None:
    party = Party(3)
    line = party.line()
    nothing = Line(
        take=line.take, prepare=lambda row: None, send=line.send, note=line.note, breaker=line.breaker
    )
    assert (drain(nothing, seconds=60), party.noted) == (3, [])


def test_a_party_that_cannot_be_reached_is_asked_once() -> None:
    party = Party(9, Contact.AWAY)
    assert (drain(party.line(), seconds=60), party.noted) == (1, [0])
    assert drain(party.line(), seconds=60) == 1, "it says so anew each time"


def test_a_party_that_hangs_is_asked_three_times_and_then_left_alone_for_growing_pauses() -> None:
    party = Party(9, Contact.SILENT)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert drain(party.line(), seconds=60) == 3
        assert drain(party.line(), seconds=60) == 0
        for seconds in (30, 60, 120):
            clock.shift(seconds - 1)
            assert party.breaker.is_open()
            clock.shift(1)
            assert drain(party.line(), seconds=60) == 1, "one that tries whether it is back"
        clock.shift(timedelta(minutes=10))
        party.contact = Contact.ANSWERED
        assert drain(party.line(), seconds=60) == 3
        party.contact, party.waiting = Contact.SILENT, [9, 10, 11, 12]
        assert drain(party.line(), seconds=60) == 3, "one answer, and all is forgotten"


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_clock_that_jumps_keeps_nobody_away_for_long(hours: int) -> None:
    breaker = Breaker()
    for _failure in range(20):
        breaker.failed()
    assert breaker.is_open()
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        assert not breaker.is_open()
    assert PAUSES.longest < timedelta(hours=1)
