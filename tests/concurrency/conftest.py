"""Races are run by a hundred at once, three times, with real commits on PostgreSQL."""

from collections.abc import Iterator

import pytest

from tenancy import scope
from tests.concurrency.crowd import HUNDRED, Crowd, one_crowd_at_a_time


@pytest.fixture
def crowd(transactional_db: None) -> Iterator[Crowd]:
    """A hundred people, and afterwards every connection closed."""
    with one_crowd_at_a_time():
        people = Crowd(HUNDRED)
        with scope.everything("races"):
            yield people
        people.go_home()


@pytest.fixture
def few(transactional_db: None) -> Iterator[Crowd]:
    """Ten people: enough to prove that a rule breaks once nothing holds it."""
    with one_crowd_at_a_time():
        people = Crowd(10)
        with scope.everything("races"):
            yield people
        people.go_home()
