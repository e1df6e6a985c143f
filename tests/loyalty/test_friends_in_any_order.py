"""Whoever brings whom, and whatever they buy, bring back, undo and merge: both have what the promotion says, no more.

The steps of `test_state_machine` that friends are about, beside the same café in plain Python: here they come often.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as any_

from loyalty.reporting import verification
from tests.loyalty.test_state_machine import TwoTills

pytestmark = pytest.mark.django_db
MOST_CARDS = 5
Step = tuple[str, int, int, bool]

which = any_.integers(0, 4)


def a_step(name: str, how: any_.SearchStrategy[int]) -> any_.SearchStrategy[Step]:
    """Which card or line, how much of what, and whether the outbox is through before the next one."""
    return any_.tuples(any_.just(name), which, how, any_.sampled_from([True, True, False]))


STEPS = any_.one_of(
    a_step("bring a buyer", any_.sampled_from([1000, 1000, 2500])),
    a_step("bring", any_.just(0)),
    a_step("buy", any_.sampled_from([999, 1000, 2500])),
    a_step("bring back", any_.sampled_from([1, 600, 1600, 0])),
    a_step("undo", any_.just(0)),
    a_step("undo", any_.just(0)),
    a_step("switch", any_.integers(0, 1)),
    a_step("merge", which),
    a_step("let pass", any_.sampled_from([60, 30 * 24 * 60])),
)


class Shop:
    """The two tills, driven from a list of steps."""

    def __init__(self) -> None:
        self.tills = TwoTills()
        self.people = [*self.tills.two_people_come_in().values]
        self.lines: list[Any] = []

    def do(self, step: str, number: int, how: int, is_settled: bool) -> None:
        self.tills.now += timedelta(minutes=1)
        doings: dict[str, Callable[[int, int], object]] = {
            "bring": self.bring,
            "bring a buyer": self.bring_a_buyer,
            "buy": self.buy,
            "bring back": self.bring_back,
            "undo": self.undo,
            "switch": lambda number, how: self.tills.switch(card=self.person(number), active=bool(how)),
            "merge": self.merge,
            "let pass": lambda _number, how: self.tills.time_passes(minutes=how),
        }
        doings[step](number, how)
        if is_settled:
            self.tills.friends_are_settled()
        self.tills.every_card_is_as_the_model_has_it()

    def person(self, number: int) -> int:
        return self.people[number % len(self.people)]

    def bring(self, number: int, _how: int) -> None:
        if len(self.people) < MOST_CARDS:
            self.people.append(self.tills.bring_a_friend(by=self.person(number), store=0))

    def bring_a_buyer(self, number: int, cents: int) -> None:
        self.bring(number, 0)
        self.buy(0, cents)

    def buy(self, number: int, cents: int) -> None:
        """The newest card first: it is the newcomer's."""
        card = self.person(len(self.people) - 1 - number)
        done = self.tills.earn(card=card, store=0, cents=cents, receipt="", ago=None)
        self.lines += done.values

    def bring_back(self, number: int, cents: int) -> None:
        if self.lines:
            line = self.lines[-1 - number % len(self.lines)]
            done = self.tills.bring_back(line=line, elsewhere=False, role="owner", cents=cents or None)
            self.lines += done.values

    def undo(self, number: int, _how: int) -> None:
        if self.lines:
            line = self.lines[-1 - number % len(self.lines)]
            self.tills.void(line=line, elsewhere=False, role="owner")

    def merge(self, number: int, other: int) -> None:
        self.tills.merge(card=self.person(number), into=self.person(other), store=0)


@given(steps=any_.lists(STEPS, min_size=8, max_size=24))
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_both_have_what_the_promotion_says_whatever_the_order(steps: list[Step]) -> None:
    shop = Shop()
    try:
        for step in [("bring a buyer", 0, 1000, True), *steps]:
            shop.do(*step)
        assert [str(difference) for difference in verification.differences()] == []
    except BaseException:
        shop.tills.undo()
        raise
    shop.tills.teardown()
