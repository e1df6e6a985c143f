"""Files in a bucket of S3, or of what speaks its protocol: django-storages with bounded waits, and private.

Of its own module, as boto3 costs a second and twenty megabytes: nobody who keeps files in a folder imports it.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection
from django.conf import settings
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from groundwork.errors import StorageAway

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 5
TROUBLE = (Boto3Error, BotoCoreError, ClientError)
SILENCE = (NoConnection, HTTPClientError)
NOT_THERE = (400, 404)  # 400: no object can have that name
PART = 64 << 20  # bytes held in memory; 10,000 of them are the longest object, 640 GB

Given = ParamSpec("Given")
Done = TypeVar("Done")


def _bounded(
    method: Callable[Concatenate["BucketStorage", Given], Done],
) -> Callable[Concatenate["BucketStorage", Given], Done]:
    """Raises StorageAway for whatever S3 or the way there says; for some seconds after a silence without asking."""

    @wraps(method)
    def asked(self: "BucketStorage", *args: Given.args, **kwargs: Given.kwargs) -> Done:
        if time.monotonic() < self.away_until:
            raise StorageAway(retry_after=RETRY_AFTER_SECONDS)
        try:
            return method(self, *args, **kwargs)
        except TROUBLE as error:
            raise self.away(error) from error

    return asked


class BucketStorage(S3Storage):
    """A bucket whose objects only this site's key opens: browsers get them from the site, under its own address.

    Options are those of `loyalty_site.settings.backends.bucket`. A file is there wholly or not at all.
    """

    def __init__(self, *, connect_timeout: float, read_timeout: float, attempts: int, **options: Any) -> None:
        waits = Config(
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            retries={"mode": "standard", "total_max_attempts": attempts},
            s3={"addressing_style": "path" if options.get("endpoint_url") else "auto"},
            # Not every server knows the checksums that AWS's own adds since 2025.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        if options.get("session_profile"):  # else django-storages refuses it beside a key in the environment
            options |= {"access_key": None, "secret_key": None}
        # In this thread, so that a stream is read here, and one part at a time is held.
        transfer = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, use_threads=False)
        own = {"default_acl": None, "file_overwrite": False, "client_config": waits}
        super().__init__(**options, **own, transfer_config=transfer)
        self.away_until = 0.0  # of time.monotonic()

    def away(self, error: Exception) -> StorageAway:
        """Note what S3, or the way there, said; returns what is raised from it."""
        logger.error(
            "the bucket refused, or did not answer", exc_info=error, extra={"bucket": self.bucket_name}
        )
        if isinstance(error, SILENCE) or _status(error) >= 500:
            self.away_until = time.monotonic() + RETRY_AFTER_SECONDS
        return StorageAway(retry_after=RETRY_AFTER_SECONDS)

    @_bounded
    def try_out(self) -> None:
        """Ask for one name. Raises StorageAway from what is wrong."""
        self.connection.meta.client.list_objects_v2(Bucket=self.bucket_name, Prefix=self.location, MaxKeys=1)

    def url(self, name: str | None, *_args: Any, **_options: Any) -> str:
        """The site's own address: no page fetches anything elsewhere."""
        return settings.MEDIA_URL + quote(name or "")

    @_bounded
    def _open(self, name: str, mode: str = "rb") -> File:
        """A stream of an object, from its beginning once. Raises FileNotFoundError."""
        try:
            answer = self.bucket.Object(self._normalize_name(name)).get()
        except ClientError as error:
            if _status(error) in NOT_THERE:
                raise FileNotFoundError(name) from None
            raise
        return BucketFile(self, name, answer["Body"], answer["ContentLength"])

    @_bounded
    def _save(self, name: str, content: File) -> str:
        try:
            return super()._save(name, content)
        except TROUBLE:
            with suppress(*TROUBLE):  # it may have been taken, and only the answer was lost
                S3Storage.delete(self, name)
            raise

    @_bounded
    def delete(self, name: str) -> None:
        super().delete(name)

    @_bounded
    def exists(self, name: str) -> bool:
        return super().exists(name)

    @_bounded
    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        return super().listdir(path)

    @_bounded
    def size(self, name: str) -> int:
        return super().size(name)


class BucketFile(File):
    """An object as it is received: never whole in memory or on a disk, unlike django-storages' own."""

    DEFAULT_CHUNK_SIZE = 1 << 20

    def __init__(self, storage: BucketStorage, name: str, body: Any, size: int) -> None:
        super().__init__(body, name)
        self.storage, self.body, self.size = storage, body, size

    def read(self, length: int | None = None) -> bytes:
        """The next bytes, all without a length. Raises StorageAway if they do not come."""
        try:
            return self.body.read(length)
        except TROUBLE as error:
            raise self.storage.away(error) from error


def _status(error: Exception) -> int:
    """The HTTP status of S3's refusal; 0 for anything else."""
    return (
        error.response["ResponseMetadata"].get("HTTPStatusCode", 0) if isinstance(error, ClientError) else 0
    )
