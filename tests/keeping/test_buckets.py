"""Uploads in a bucket: a real HTTP server that speaks S3's protocol, on this machine."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from groundwork.errors import StorageAway
from loyalty.pages.customer.brand import picture_url
from loyalty_site import buckets
from loyalty_site.buckets import BucketStorage
from loyalty_site.settings import backends
from tests import factories
from tests.console.world import address as page_of
from tests.console.world import filled, said, sign_in
from tests.factories import Shop
from tests.keeping.conftest import keys, use
from wallet import logos

NOBODY = "http://127.0.0.1:1"
LOGO = b"a logo" * 100_000
PUBLIC = ("AllUsers", "AuthenticatedUsers")


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
