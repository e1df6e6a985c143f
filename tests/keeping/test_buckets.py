"""Files and backups in a bucket: a real HTTP server that speaks S3's protocol, on this machine."""

import io
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from types import SimpleNamespace
from typing import Any

import boto3
import psycopg
import pytest
import time_machine
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from moto.server import ThreadedMotoServer
from PIL import Image
from pytest_django import Settings

from groundwork.errors import StorageAway
from groundwork.watching import pulses
from loyalty.pages.customer.brand import picture_url
from loyalty_site import buckets
from loyalty_site.buckets import BucketStorage
from loyalty_site.keeping import KeepingFault, backups, databases, drill
from loyalty_site.management.commands.doctor import Command as Doctor
from loyalty_site.settings import backends
from tests import factories
from tests.console.world import address as page_of
from tests.console.world import filled, said, sign_in
from tests.factories import Shop
from tests.keeping.conftest import KEY, databases_of, is_empty
from wallet import logos

NOBODY = "http://127.0.0.1:1"
LOGO = b"a logo" * 100_000
PUBLIC = ("AllUsers", "AuthenticatedUsers")


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


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue().strip()


# --- Uploads ----------------------------------------------------------------------------------------------


def picture() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 20), "#aa3311").save(buffer, "PNG")
    return SimpleUploadedFile("logo.png", buffer.getvalue(), "image/png")


def send_logo(shop: Shop, client: Client) -> Any:
    sign_in(client, shop.owner)
    data = filled(client.get(page_of(shop.program)), logo=picture(), stamps_target=7)
    return client.post(page_of(shop.program), data, follow=True)


@pytest.mark.django_db
def test_a_logo_lies_in_the_bucket_unseen_and_comes_from_the_sites_own_address(
    in_buckets: None, s3: Any, client: Client
) -> None:
    shop = factories.shop()
    send_logo(shop, client)
    logo = factories.fresh(shop.program).logo
    (key,) = keys(s3, "cards")
    assert key == f"files/{logo.name}"
    stored = s3.Object("cards", key)
    assert stored.content_type == "image/png"
    assert [grant for grant in stored.Acl().grants if grant["Grantee"].get("URI", "").endswith(PUBLIC)] == []

    assert logo.url == f"/media/{logo.name}"
    shown = Client().get(logo.url)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
    assert shown["Cache-Control"] == "public, max-age=31536000, immutable"
    assert shown.content == stored.get()["Body"].read()
    assert Client().get("/media/programs/other.png").status_code == 404
    assert Client().get("/media/..%2F..%2Fkept/x").status_code == 404
    assert Client().get(picture_url(logo, "mark"))["Content-Type"] == "image/webp"


@pytest.mark.django_db
def test_a_bucket_that_is_away_is_said_and_neither_a_file_nor_a_word_of_the_form_is_kept(
    in_buckets: None, settings: Settings, s3: Any, server: str, client: Client
) -> None:
    shop = factories.shop()
    before = shop.program.stamps_target
    use(settings, NOBODY)
    (words,) = said(send_logo(shop, client))
    assert words.startswith("Files cannot be reached at the moment, so nothing was changed.")
    after = factories.fresh(shop.program)
    assert (after.logo.name, after.stamps_target) == ("", before)
    away = Client().get("/media/programs/other.png")
    assert (away.status_code, away["Retry-After"]) == (503, "5")
    with pytest.raises(
        StorageAway
    ):  # and nothing is drawn, and kept for ever, without the logo that there is
        logos.uploaded("programs/other.png")
    assert Client().get(f"/join/{shop.store.store_code}/").status_code == 200
    use(settings, server)
    send_logo(shop, client)
    assert factories.fresh(shop.program).stamps_target == 7
    assert len(keys(s3, "cards")) == 1


def test_a_page_waits_for_a_bucket_a_moment_and_then_nobody_asks_it_for_some_seconds(
    in_buckets: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = storages["default"]
    assert isinstance(uploads, BucketStorage)
    config = uploads.connection.meta.client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (1, 3)
    assert config.retries["total_max_attempts"] == 2
    now = 1000
    monkeypatch.setattr(buckets, "time", SimpleNamespace(monotonic=lambda: now))
    assert not uploads.exists("logo.png")
    uploads.away(ConnectTimeoutError(endpoint_url=NOBODY))
    with pytest.raises(StorageAway):
        uploads.exists("logo.png")
    now += 6
    assert not uploads.exists("logo.png")


def test_an_upload_whose_answer_was_lost_leaves_no_orphan(
    in_buckets: None, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = buckets.S3Storage._save

    def unheard(self: BucketStorage, name: str, content: Any) -> str:
        whole(self, name, content)
        assert keys(s3, "cards") == ["files/programs/logo.png"]
        raise ConnectTimeoutError(endpoint_url=NOBODY)

    with monkeypatch.context() as line:
        line.setattr(buckets.S3Storage, "_save", unheard)
        with pytest.raises(StorageAway):
            default_storage.save("programs/logo.png", ContentFile(LOGO))
    assert keys(s3, "cards") == []


@pytest.mark.parametrize(
    ("uploads", "kept"), [("s3://a", "s3://a/b"), ("s3://a/b/c", "s3://a/b"), ("s3://a/b", "s3://a/b/")]
)
def test_backups_among_the_uploads_stop_the_start(uploads: str, kept: str) -> None:
    def both(of: str, to: str) -> dict[str, Any]:
        return {"default": backends.bucket(of, {}), "backups": backends.bucket(to, {})}

    with pytest.raises(ImproperlyConfigured, match=r"^BACKUP_S3: must not be within MEDIA_S3"):
        backends.refuse_one_in_another(both(uploads, kept))
    backends.refuse_one_in_another(both("s3://a/files", "s3://a/kept"))
    backends.refuse_one_in_another(both("s3://a", "s3://b"))


# --- Backups ----------------------------------------------------------------------------------------------


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
