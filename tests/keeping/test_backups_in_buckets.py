"""Backups in a bucket: the way there and back, over a real HTTP server that speaks S3's protocol."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from typing import Any

import psycopg
import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from loyalty_site import buckets
from loyalty_site.keeping import KeepingFault, backups, databases, drill
from loyalty_site.management.commands.doctor import Command as Doctor
from tests import factories
from tests.keeping.conftest import databases_of, is_empty, keys

LOGO = b"a logo" * 100_000


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue().strip()


@pytest.mark.django_db(transaction=True)
def test_a_shop_goes_into_a_bucket_with_its_files_and_comes_back_into_another(
    in_buckets: None, s3: Any, server: str, empty: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drill, "STEPS", ())  # which are run in tests/keeping/test_backups.py
    card = factories.card(factories.shop().store, stamps=3, email="lea@example.com")
    default_storage.save("programs/bakery.png", ContentFile(LOGO))
    name = run("backup").partition(":")[0]
    assert keys(s3, "kept") == [f"of/ours/{name}/{part}" for part in ("database", "files", "manifest.json")]
    for part in s3.Bucket("kept").objects.all():
        text = part.get()["Body"].read()
        assert not any(word in text for word in (b"lea@example.com", b"PGDMP", b"a logo"))
    assert run("restore", "--list") == name
    before = databases_of(address)
    assert run("drill") == f"Green: {name} is restored and verified, with 1 files."
    assert databases_of(address) == before

    anew = f"s3://cards/anew?endpoint={server}"
    assert run("restore", "--into", empty, "--media", anew).startswith(
        f"{name} is restored; 1 files are in {anew}."
    )
    assert keys(s3, "cards") == ["anew/programs/bakery.png", "files/programs/bakery.png"]
    assert s3.Object("cards", "anew/programs/bakery.png").get()["Body"].read() == LOGO
    with psycopg.connect(empty) as restored:
        cards = restored.execute("SELECT card_number, stamp_count FROM loyalty_loyaltycard").fetchall()
    assert cards == [(card.card_number, 3)]


@pytest.mark.django_db(transaction=True)
def test_what_was_changed_and_a_bucket_that_is_not_empty_are_refused_with_nothing_changed(
    in_buckets: None, s3: Any, server: str, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    default_storage.save("programs/bakery.png", ContentFile(LOGO))
    name = backups.make().name
    back = ("restore", "--into", empty, "--media", f"s3://cards/anew?endpoint={server}")

    with pytest.raises(CommandError, match=r"^The bucket is not empty there\. Nothing was changed\.$"):
        call_command(*back[:-1], f"s3://cards/files?endpoint={server}")
    with pytest.raises(
        CommandError, match=r"^--media: must have of endpoint, region and profile one each\.$"
    ):
        call_command(*back[:-1], "s3://cards?regoin=x")
    with monkeypatch.context() as postgres:
        postgres.setattr(databases, "program_for", lambda name, server: "/bin/false")
        with pytest.raises(CommandError, match="pg_restore failed"):
            call_command(*back)
    part = s3.Object("kept", f"of/ours/{name}/database")
    text = part.get()["Body"].read()
    for other in (text[:-1], text[:-1] + bytes([text[-1] ^ 1])):
        part.put(Body=other)
        with pytest.raises(
            CommandError, match=rf"^{name}/database is not as it was made: .* Nothing was changed"
        ):
            call_command(*back)
    assert keys(s3, "cards") == ["files/programs/bakery.png"]
    assert is_empty(empty)


@pytest.mark.django_db(transaction=True)
def test_a_bucket_that_goes_away_in_the_middle_of_a_restore_is_not_told_as_nothing_changed(
    in_buckets: None, s3: Any, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("bakery", "florist"):
        default_storage.save(f"programs/{name}.png", ContentFile(LOGO))
    backups.make()

    other = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)  # of the same buckets
    other.start()
    host, port = other.get_host_and_port()

    def goes_away(self: databases.Database, chunks: Iterator[bytes]) -> None:
        other.stop()
        raise KeepingFault("pg_restore failed")

    monkeypatch.setattr(databases.Database, "pour_in", goes_away)
    with pytest.raises(CommandError) as fault:
        call_command("restore", "--into", empty, "--media", f"s3://cards/anew?endpoint=http://{host}:{port}")
    said = str(fault.value)
    assert said.startswith("The bucket cannot be used: Could not connect to the endpoint URL")
    assert said.endswith(
        "Files of the backup that stayed there: 2. Remove them before you try again. The database is as it was."
    )
    assert keys(s3, "cards")[:2] == ["anew/programs/bakery.png", "anew/programs/florist.png"]
    assert is_empty(empty)


@pytest.mark.django_db(transaction=True)
def test_old_ones_are_removed_from_a_bucket_but_never_the_newest_nor_what_is_not_ours(
    in_buckets: None, s3: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases.Database, "poured_out", lambda self: iter([b"small"]))
    settings.BACKUP_DAYS = 2
    s3.Object("kept", "of/others").put(Body=b"theirs")
    now, names = timezone.now(), []
    for days in (5, 1):
        with time_machine.travel(now - timedelta(days=days), tick=False):
            names.append(backups.make().name)
    backups.remove_old(backups.place(), now=now + timedelta(days=400))
    assert backups.listed(backups.place()) == [names[1]]
    assert [key for key in keys(s3, "kept") if names[1] not in key] == ["of/others"]


def test_what_is_long_is_sent_and_read_in_parts_of_which_none_stays_if_it_breaks_off(
    in_buckets: None, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "PART", 5 << 20)
    long = [bytes([number]) * (1 << 20) for number in range(12)]
    sent = backups.Sealed(iter(long))
    backups.place().save("long", sent)
    assert (sent.length, sent.checksum.digest()) == (12 << 20, sha256(b"".join(long)).digest())
    assert s3.Object("kept", "of/ours/long").e_tag.endswith('-3"')
    with backups.place().open("long") as file:
        assert list(file.chunks()) == long

    def breaks_off() -> Iterator[bytes]:
        yield from long
        raise KeepingFault("no more")

    with pytest.raises(KeepingFault, match="no more"):
        backups.place().save("longer", backups.Sealed(breaks_off()))
    assert keys(s3, "kept") == ["of/ours/long"]
    assert list(s3.Bucket("kept").multipart_uploads.all()) == []


@pytest.mark.django_db(transaction=True)
def test_a_dump_that_breaks_off_or_a_bucket_that_is_away_is_no_backup_and_is_said(
    in_buckets: None, s3: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks_off(self: databases.Database) -> Iterator[bytes]:
        yield b"half"
        raise KeepingFault("pg_dump failed: it said nothing")

    with monkeypatch.context() as postgres:
        postgres.setattr(databases.Database, "poured_out", breaks_off)
        with pytest.raises(CommandError, match="pg_dump failed: it said nothing"):
            call_command("backup")
    assert keys(s3, "kept") == []
    assert list(Doctor().buckets()) == []
    s3.Bucket("kept").delete()
    refused = "An error occurred (NoSuchBucket) when calling the "
    with pytest.raises(CommandError) as away:
        call_command("backup")
    assert str(away.value).startswith(f"The bucket cannot be used: {refused}")
    (found,) = Doctor().buckets()
    assert found.startswith(f"BACKUP_S3, the bucket kept: {refused}ListObjectsV2 operation")
    s3.create_bucket(Bucket="kept")
