"""A place for backups, a folder or a bucket, and the address of the database they are made of."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
from botocore.config import Config
from django.db import connection
from moto.server import ThreadedMotoServer
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


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server of S3's protocol."""
    serving = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    serving.start()
    host, port = serving.get_host_and_port()
    yield f"http://{host}:{port}"
    serving.stop()


@pytest.fixture
def s3(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """S3 as anybody else sees it, with two empty buckets."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "shop")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "shop")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    at = boto3.resource(
        "s3", endpoint_url=server, region_name="us-east-1", config=Config(s3={"addressing_style": "path"})
    )
    for name in ("cards", "kept"):
        at.create_bucket(Bucket=name)
    yield at
    for name in ("cards", "kept"):
        at.Bucket(name).objects.delete()
        at.Bucket(name).delete()


def use(settings: Settings, server: str) -> None:
    """Let uploads and backups be in the server's buckets."""
    settings.STORAGES = settings.STORAGES | {
        "default": backends.bucket(f"s3://cards/files?endpoint={server}", backends.PAGE_WAITS),
        "backups": backends.bucket(f"s3://kept/of/ours?endpoint={server}", backends.BACKUP_WAITS),
    }


@pytest.fixture
def in_buckets(settings: Settings, server: str, s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    use(settings, server)
    settings.BACKUP_KEY, settings.BACKUP_KEY_FILE, settings.BACKUP_DAYS = KEY, "", 14
    monkeypatch.setattr(pulses, "_written", {})


def keys(s3: Any, bucket: str) -> list[str]:
    return [stored.key for stored in s3.Bucket(bucket).objects.all()]
