"""From one address each (DATABASE_URL, REDIS_URL) to Django's and Celery's settings. Pure functions."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

REDIS_CLIENT_OPTIONS: dict[str, Any] = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}

NO_DATABASE = "postgresql://postgres@127.0.0.1:1/none"  # for commands that need none; nobody answers there

POSTGRES_ENGINE = "groundwork.database.postgresql"  # Django's, with bounded waits

# How long each kind of work waits for the database, in milliseconds; 0 is without end. What holds a card's row, or a
# table, is waited for by a till no longer than its customer would: then it is told to try again (503).
# A migration gives way soon, as all others queue behind a table's lock that it waits for.
DATABASE_WAITS: dict[str, dict[str, int]] = {
    kind: {
        "lock_timeout": lock,
        "statement_timeout": statement,
        "idle_in_transaction_session_timeout": idle,
    }
    for kind, lock, statement, idle in [
        ("till", 2_000, 2_500, 10_000),  # the API and customers' pages too
        ("console", 15_000, 15_000, 30_000),
        ("worker", 30_000, 600_000, 300_000),
        ("command", 60_000, 3_600_000, 600_000),
        ("migration", 5_000, 0, 600_000),
    ]
}

POSTGRES_OPTIONS: dict[str, Any] = {
    "application_name": "loyalty",
    "connect_timeout": 2,  # seconds
    # A machine that vanishes without a word is noticed in seconds, and not after a quarter of an hour.
    "tcp_user_timeout": 5_000,  # milliseconds until what was sent must have been taken
    "keepalives_idle": 5,  # seconds of silence, also of a long query, until it is asked whether it lives
    "keepalives_interval": 2,
    "keepalives_count": 3,
    # Compiling a query takes seconds where answering it takes a tenth of one; and no disk of today seeks.
    "options": "-c jit=off -c random_page_cost=1.1",
}


def database(url: str, *, pool_size: int = 0) -> dict[str, Any]:
    """Return the DATABASES entry for `url`.

    Args:
        url: postgresql://USER:PASSWORD@HOST:PORT/NAME.
        pool_size: connections in psycopg's pool; 0 keeps one open per thread instead.

    Raises ImproperlyConfigured for another kind of database.
    """
    config: dict[str, Any] = dict(environ.Env.db_url_config(url))
    if config["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL: must be a PostgreSQL address. See docs/deploy.md.")
    config["ENGINE"] = POSTGRES_ENGINE
    config["OPTIONS"] = POSTGRES_OPTIONS | config.get("OPTIONS", {})
    if pool_size:
        config["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 3}
    else:
        config |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    return config


def cache(url: str) -> dict[str, Any]:
    """Return the CACHES entry for a Redis `url`; an empty one means this process's own memory."""
    if not url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    return {
        "BACKEND": "loyalty_site.cache.ShelteredRedisCache",
        "LOCATION": url,
        "KEY_PREFIX": "loyalty",
        "OPTIONS": REDIS_CLIENT_OPTIONS,
    }


def folder_for_backups(folder: str) -> dict[str, Any]:
    """Return the STORAGES entry for backups in a folder, which nobody but its owner reads."""
    private = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
    return {"BACKEND": "loyalty_site.storage.UploadStorage", "OPTIONS": {"location": folder, **private}}


BUCKETS = "loyalty_site.buckets.BucketStorage"
# How long a bucket is waited for: by whoever waits for a page or saves a form, and by a backup. Seconds.
PAGE_WAITS = {"connect_timeout": 1, "read_timeout": 3, "attempts": 2}
BACKUP_WAITS = {"connect_timeout": 5, "read_timeout": 60, "attempts": 5}


def bucket(url: str, waits: dict[str, int]) -> dict[str, Any]:
    """Return the STORAGES entry for s3://BUCKET/PREFIX?endpoint=...&region=...&profile=..., all but BUCKET optional.

    The key is found as boto3 does: in the environment, in a file of AWS's, or by the machine's own role.
    """
    found = urlsplit(url)
    said = {name: values[0] for name, values in parse_qs(found.query).items()}
    endpoint = said.get("endpoint", "").rstrip("/") or None
    options = {
        "bucket_name": found.netloc,
        "location": found.path.strip("/"),
        "endpoint_url": endpoint,
        "region_name": said.get("region") or ("us-east-1" if endpoint else None),  # something is signed
        "session_profile": said.get("profile"),
    }
    return {"BACKEND": BUCKETS, "OPTIONS": options | waits}


def refuse_one_in_another(storages: dict[str, dict[str, Any]]) -> None:
    """Backups among the uploads would be packed into the next one. Raises ImproperlyConfigured."""
    uploads, backups = (storages.get(name, {}).get("OPTIONS", {}) for name in ("default", "backups"))
    if not (uploads.get("bucket_name") and backups.get("bucket_name")):
        return
    same = all(uploads[name] == backups[name] for name in ("bucket_name", "endpoint_url"))
    one, other = (
        options["location"].split("/") if options["location"] else [] for options in (uploads, backups)
    )
    if same and one[: len(other)] == other[: len(one)]:
        raise ImproperlyConfigured(
            "BACKUP_S3: must not be within MEDIA_S3, nor around it. See docs/deploy.md."
        )


REDIS_BROKER_OPTIONS: dict[str, Any] = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 5,  # a worker's BRPOP blocks for a second
    "socket_keepalive": True,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
    "visibility_timeout": 3600,
}
