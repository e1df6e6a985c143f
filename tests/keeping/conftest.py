"""A place for backups, and the address of the database they are made of."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from pytest_django import Settings

from groundwork.watching import pulses
from loyalty_site.keeping import databases
from loyalty_site.settings import backends
from tests.browser import deployed

KEY = "a-key-for-backups-of-the-tests-0123456789-abcdefghijklmnop"


@pytest.fixture
def folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where backups are kept in this test."""
    place = tmp_path / "backups"
    settings.STORAGES = settings.STORAGES | {"backups": backends.folder_for_backups(str(place))}
    settings.BACKUP_KEY, settings.BACKUP_KEY_FILE, settings.BACKUP_DAYS = KEY, "", 14
    monkeypatch.setattr(pulses, "_written", {})
    return place


@pytest.fixture
def address(settings: Settings) -> str:
    """The postgresql:// address of the tests' database."""
    at = connection.settings_dict
    url = f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    settings.DRILL_DATABASE_URL = url
    return url


@pytest.fixture
def empty(address: str) -> Iterator[str]:
    """The address of a database in which there is nothing."""
    with deployed.database(address) as url:
        yield url


def databases_of(address: str) -> set[str]:
    """The database of this worker's tests, and those that are named after it: others work on the same server."""
    with psycopg.connect(address) as asked:
        names = asked.execute("SELECT datname FROM pg_database WHERE datname LIKE current_database() || '%'")
        return {name for (name,) in names}


def is_empty(url: str) -> bool:
    with databases.Database.at(url).connect() as asked:
        found = asked.execute(databases.OWN).fetchone()
    return found == (0,)
