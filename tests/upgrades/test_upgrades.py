"""Every release's database comes up to today's, and its code goes on beside today's while processes are exchanged."""

import os
import subprocess
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from loyalty_site.keeping import drill
from tests.browser import deployed
from tests.upgrades import at_the_shop, dump_of, releases, till_of

CARDS = "SELECT count(*) FROM loyalty_loyaltycard"
LINES = "SELECT count(*) FROM loyalty_loyaltytransaction"
NEWEST = """
    SELECT stamp_count, points_balance, points_owed, total_stamps_spent
    FROM loyalty_loyaltycard ORDER BY id DESC LIMIT 1"""
VERIFIED = ("verify_ledger", "verify_fairness")


@pytest.fixture(params=releases())
def upgraded(request: pytest.FixtureRequest, db: None) -> Iterator[tuple[str, str]]:
    """A release, and the address of its database as today's migrations leave it."""
    at = connection.settings_dict
    server = f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    with deployed.database(server) as url:
        with psycopg.connect(url) as old:
            old.execute(dump_of(request.param))
        drill.manage("migrate --no-input --verbosity 0", url)
        yield request.param, url


def asked(url: str, sql: str) -> tuple:
    with psycopg.connect(url) as connected:
        return connected.execute(sql).fetchone() or ()


def test_there_is_a_release_to_come_from() -> None:
    assert releases()[:1] == ["1.0.0"]


def test_a_release_comes_up_to_today_is_right_and_its_cards_are_stamped(upgraded: tuple[str, str]) -> None:
    release, url = upgraded
    for command in VERIFIED:
        drill.manage(command, url)
    (cards,), (lines,) = asked(url, CARDS), asked(url, LINES)
    assert (cards, lines > 30) == (10, True)
    # What the release's own code says at its till, after the migration: the processes that are not exchanged yet.
    with psycopg.connect(url) as old_code:
        old_code.execute(till_of(release))
    assert asked(url, CARDS) == (cards + 1,)
    stamps, points, owed, spent = asked(url, NEWEST)
    assert (stamps, spent) == (1, 10)
    assert points - owed == 5 + 990 - 500 - 100
    (by_old_code,) = asked(url, LINES)
    assert by_old_code > lines + 8
    # And today's code beside it.
    environment = os.environ | {"DATABASE_URL": url}
    subprocess.run(at_the_shop("stamp"), env=environment, check=True)
    assert asked(url, NEWEST)[0] == 2
    for command in VERIFIED:
        drill.manage(command, url)
