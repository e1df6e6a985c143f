"""What every test gets: the servers it needs, and nothing left over from another test."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import structlog
from django.conf import settings
from django.core.cache import cache
from django.db.models import DateTimeField, Value
from django.test import TransactionTestCase
from django.utils import timezone
from pytest_django import Settings

from groundwork.queue import clock
from loyalty_site.servers import postgres, valkey
from loyalty_site.settings import backends
from tests.emptied import empty_what_has_rows

SERVERS = pytest.StashKey[ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[SERVERS] = ExitStack()
    TransactionTestCase._fixture_teardown = empty_what_has_rows
    if config.getoption("numprocesses", None):  # the workers inherit the addresses through the environment
        os.environ["DATABASE_URL"] = start_postgres(config)
        os.environ["REDIS_URL"] = start_redis(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[SERVERS].close()


def start_postgres(config: pytest.Config) -> str:
    return config.stash[SERVERS].enter_context(postgres.temporary())


def start_redis(config: pytest.Config) -> str:
    return config.stash[SERVERS].enter_context(valkey.temporary())


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Point the default database at a server of our own, unless DATABASE_URL named one at the start."""
    if "DATABASE_URL" not in os.environ:
        started = backends.database(start_postgres(request.config))
        settings.DATABASES["default"].update({key: started[key] for key in ("HOST", "PORT", "USER", "NAME")})


@pytest.fixture(scope="session")
def redis_server(request: pytest.FixtureRequest) -> str:
    """The address of a Redis server, without a database number."""
    url = os.environ.get("REDIS_URL") or start_redis(request.config)
    return urlsplit(url)._replace(path="").geturl()


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """A Redis database that no test beside this one uses."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return f"{redis_server}/{int(worker.removeprefix('gw')) % 16}"


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    """Rate limits and remembered things begin anew with each test."""
    cache.clear()
    structlog.contextvars.clear_contextvars()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def own_media_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def queues_travel(monkeypatch: pytest.MonkeyPatch) -> None:
    """The queues go by the test's clock, for tests that travel through their pauses. Else they go by the database's."""
    monkeypatch.setattr(clock, "now", lambda: Value(timezone.now(), DateTimeField()))
