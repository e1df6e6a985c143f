"""Advisory locks: every kind of work has a key of its own, and only the list of them gives one out."""

import re
from itertools import product

import pytest
from django.db import connection

from groundwork.database import advisory_lock
from groundwork.database.advisory_lock import Work
from tests.sources import LAYERS, ROOT, paths

HOME = ROOT / "groundwork" / "database" / "advisory_lock.py"
ASKED = re.compile(r"pg_(try_)?advisory")


def held() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted"
        )
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_each_work_of_each_merchant_is_a_lock_of_its_own_and_the_same_one_twice_is_one() -> None:
    wanted = list(product(Work, (1, 2, 12, 2**60)))
    for work, merchant_id in wanted * 2:
        advisory_lock.take(work, merchant_id)
    assert held() == len(wanted)


def test_no_two_kinds_of_work_share_a_key() -> None:
    keys = [work.value for _name, work in Work.__members__.items()]
    assert len(keys) == len(set(keys)) == len(Work)
    assert all(re.fullmatch("[a-z_]+", key) for key in keys), "the merchant follows behind a colon"


def test_nobody_asks_for_an_advisory_lock_past_the_list() -> None:
    asking = [
        path for app in LAYERS for path in paths(app, migrations=True) if ASKED.search(path.read_text())
    ]
    assert asking == [HOME]
