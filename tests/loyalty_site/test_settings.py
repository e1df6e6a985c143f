"""Where the site starts, where it refuses to, and what the addresses of its servers mean."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from loyalty_site.settings import backends

ROOT = Path(__file__).resolve().parents[2]

SAFE = {
    "SECRET_KEY": "kW3x9QpZr7Tn2Lm5Vb8Yc1Df4Gh6Jk0SaEuIoXwNtRqPzMvByHs5",
    "ALLOWED_HOSTS": "cards.example.com",
    "PUBLIC_BASE_URL": "https://cards.example.com",
    "DATABASE_URL": "postgresql://loyalty@db/loyalty",
    "REDIS_URL": "redis://redis:6379/0",
    "EMAIL_URL": "smtp://mail.example.com:25",
    "DEFAULT_FROM_EMAIL": "Cards <cards@example.com>",
}


SAFETY = "[getattr(s, name, None) for name in ('SESSION_COOKIE_SECURE', 'OPERATORS_NEED_SECOND_FACTOR')]"


def start(tmp_path: Path, settings: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Load a settings module in a process of its own, with nothing but `environment`."""
    environment |= {"VAR_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
    command = [
        sys.executable,
        "-c",
        f"import loyalty_site.settings.{settings} as s; print(s.DEBUG, s.CACHES, {SAFETY})",
    ]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)


def test_production_starts_with_safe_settings(tmp_path: Path) -> None:
    started = start(tmp_path, "production", **SAFE)
    assert started.returncode == 0, started.stderr
    assert started.stdout.startswith("False ")
    assert started.stdout.endswith("[True, True]\n")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "django-insecure-for-this-machine-only-never-for-customers"),
        ("DEBUG", "true"),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "cards.example.com,*"),
        ("DATABASE_URL", "sqlite:///var/db.sqlite3"),
        ("DATABASE_URL", ""),
        ("REDIS_URL", ""),
        ("EMAIL_URL", ""),
    ],
)
def test_production_refuses_to_start_unsafe_and_names_the_setting(
    tmp_path: Path, name: str, value: str
) -> None:
    started = start(tmp_path, "production", **SAFE | {name: value})
    assert started.returncode == 1
    assert f"ImproperlyConfigured: {name}: must " in started.stderr


def test_the_local_settings_need_nothing(tmp_path: Path) -> None:
    started = start(tmp_path, "local")
    assert started.returncode == 0, started.stderr
    assert "locmem" in started.stdout


def test_a_redis_address_becomes_the_cache_also_locally(tmp_path: Path) -> None:
    started = start(tmp_path, "local", REDIS_URL="redis://cache.example:6379/2")
    assert "ShelteredRedisCache" in started.stdout
    assert "redis://cache.example:6379/2" in started.stdout


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL: must be a PostgreSQL address"):
        backends.database("sqlite:////data/shop.sqlite3")


def test_postgresql_keeps_a_connection_per_thread_or_a_pool() -> None:
    single = backends.database("postgresql://shop:secret@db:5433/cards")
    assert (single["HOST"], single["PORT"], single["NAME"], single["USER"]) == ("db", 5433, "cards", "shop")
    assert (single["CONN_MAX_AGE"], single["CONN_HEALTH_CHECKS"]) == (60, True)
    pooled = backends.database("postgresql://shop:secret@db/cards", pool_size=8)
    assert pooled["OPTIONS"]["pool"] == {"min_size": 1, "max_size": 8, "timeout": 3}
    assert pooled.get("CONN_MAX_AGE", 0) == 0
