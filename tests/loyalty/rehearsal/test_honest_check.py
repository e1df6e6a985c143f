"""The honest check: the rules of each moment give what the ledger says, to the point, for every card."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command

from tests.loyalty import books as bookkeeping
from tests.loyalty.books import Books

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Iterator[Books]:
    with bookkeeping.kept() as kept:
        yield kept


def check(*arguments: str) -> tuple[int, list[str]]:
    """The exit code of the command, and the lines it says."""
    out = StringIO()
    try:
        call_command("rehearse", "--check", *arguments, stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def test_the_rules_of_each_moment_give_the_ledger_back(books: Books) -> None:
    code, said = check()
    assert (code, said) == (0, [])
