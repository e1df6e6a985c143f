"""Every variable of the environment is parsed at the start, and a typo stops it by name."""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured

from loyalty_site.settings.variables import PARSERS, REQUIRED, STRICTER, Environment
from tests.loyalty_site.test_settings import ROOT, SAFE

KEY = SAFE["SECRET_KEY"]
HALF = "10/m 1/s 999/h", "ten 10 10/ 10/d 0/m -1/m 1.5/m /m 10/m/m"
HTTPS = (
    "https://example.com/v1 http://127.0.0.1:8000",
    "http://example.com ftp://example.com https:// https://a:b https://a_..com",
)
YES_NO = "true false 1 0 yes no", "ture ja 2"
REDIS = (
    "redis://redis:6379/0 redis://127.0.0.1 redis://localhost:6379/1 unix:///run/redis.sock rediss://:pw@cache.example.com:6380/0"
    " redis://:pw@10.0.0.5",
    "redis redis:// http://redis redis://redis:port redis://redis:99999 redis://redis/zero redis://cache.example.com"
    " redis://10.0.0.5:6379/0 redis://203.0.113.9 rediss://user@cache.example.com redis://[2001:db8::1]:6379",
)
BUCKET = (
    "s3://cards s3://cards/files/2026/ s3://cards?region=eu-central-1&profile=till s3://a.b-c?endpoint=https://s3.example.com"
    " s3://cards?endpoint=http://127.0.0.1:9000&region=x",
    "cards https://cards.s3.example.com s3:// s3://UP s3://key:secret@cards s3://cards:9000 s3://cards/../x s3://cards//x"
    " s3://cards#x s3://cards?regoin=x s3://cards?region= s3://cards?region=a&region=b s3://cards?endpoint=s3.example.com"
    " s3://cards?endpoint=https://s3.example.com/x s3://cards?endpoint=http://s3.example.com s3://cards/.x",
)
ANYTHING = "/run/secrets/it LS0t", ""
# What production takes, and what it refuses; whole texts where one has a space in it.
CASES: dict[str, tuple[str | list[str], str | list[str]]] = {
    "VAR_DIR": ("/data", ["/da\nta"]),
    "STATIC_ROOT": ("/static", ["/sta\0tic"]),
    "SITE_NAME": (["Trei", "Café à la carte"], ["two\nlines"]),
    "PUBLIC_BASE_URL": (
        "https://cards.example.com http://127.0.0.1:8000",
        HTTPS[1] + " https://example.com/cards cards.example.com",
    ),
    "WEBHOOKS_ALLOW_PRIVATE": YES_NO,
    "WEBHOOKS_RETRY_SCHEDULE": ("5 5,300 0,0,1", "five 5,x -5 1.5"),
    "SECRET_KEY": (KEY, f"short {'a' * 60} django-insecure-{KEY}"),
    "SECRET_KEY_FALLBACKS": (f"{KEY} {KEY},{KEY[::-1]}", f"short {KEY},short"),
    "DEBUG": ("false 0", "true 1 ture"),
    "ALLOWED_HOSTS": (
        "cards.example.com cards.example.com,192.0.2.7 .example.com [::1] .shop.co.uk localhost",
        [
            "*",
            ".",
            ".com",
            ".co.uk",
            ".uk",
            "a.com,",
            "a.com,*",
            "https://a.com",
            "a.com:443",
            "a.com/x",
            "a b.com",
            "a..com",
            "*.a.com",
        ],
    ),
    "CSRF_TRUSTED_ORIGINS": (
        "https://cards.example.com https://*.example.com https://a.com:8443,https://b.com",
        "https://* https://*.com https://*.co.uk http://a.com a.com https://a.com/x https:// https://a.com:port https://**.a.com",
    ),
    "DATABASE_URL": (
        "postgresql://loyalty@db/loyalty postgres://u:p@db:5432/n",
        "sqlite:///var/db.sqlite3 mysql://u@db/n postgresql://db:port/n postgresql://db db",
    ),
    "DATABASE_POOL_SIZE": ("0 8", "-1 many 1.5 99999 ٣"),
    "DATABASE_REPLICA_URL": (
        "postgresql://loyalty@db2/loyalty",
        "sqlite:///var/db.sqlite3 mysql://u@db/n db",
    ),
    "DATABASE_REPLICA_LAG_SECONDS": ("0 5", "-1 many 1.5 99999"),
    "REDIS_URL": REDIS,
    "CACHE_URL": REDIS,
    "CELERY_BROKER_URL": (REDIS[0], REDIS[1] + " memory:// amqp://guest@rabbit"),
    "BACKGROUND_ROWS": ("0 2000", "-1 all"),
    "JOB_FILE_HOURS": ("1 24", "0 -1 1.5 day"),
    "DEFAULT_FROM_EMAIL": (
        ["Cards <cards@example.com>", "cards@example.com"],
        ["cards", "Cards <cards>", "cards@"],
    ),
    "EMAIL_URL": (
        "smtp://mail.example.com:25 smtp+tls://user:pw@mail.example.com:587 smtp+ssl://mail:465",
        "consolemail:// filemail:///tmp memorymail:// dummymail:// smtp:// smtp://mail:port smpt://mail mail",
    ),
    "SMS_URL": (HTTPS[0].split()[0], HTTPS[1]),
    "SMS_TOKEN": ("s3cret", ["two\nlines"]),
    "SMS_SENDER": (["+352621123456", "Cafe Mira", "12345"], ["Twelve signs", "Café", "+", "two\nlines"]),
    "OPERATORS_NEED_SECOND_FACTOR": YES_NO,
    "OIDC_ISSUER": HTTPS,
    "OIDC_CLIENT_ID": ("loyalty", ["two\nlines"]),
    "OIDC_CLIENT_SECRET": ("s3cret", ["two\nlines"]),
    "OIDC_NAME": (["House ID"], ["two\nlines"]),
    "TRUSTED_PROXY_COUNT": ("0 2", "-1 one 1.0 10.0.0.1 99"),
    **{name: HALF for name in PARSERS if name.startswith("RATE_LIMIT_")},
    "SECURE_SSL_REDIRECT": YES_NO,
    "SECURE_HSTS_SECONDS": ("0 31536000", "-1 year"),
    "METRICS_TOKEN": (
        "0123456789abcdefghij",
        ["short", "aaaaaaaaaaaaaaaaaaaaaaaa", "two\nlines-of-some-length"],
    ),
    "MEDIA_S3": BUCKET,
    "BACKUP_S3": BUCKET,
    "BACKUP_FOLDER": ("/backups", ["/back\nups"]),
    "BACKUP_KEY": (KEY, f"short {'a' * 60}"),
    "BACKUP_KEY_FILE": ("/run/secrets/backup", ["a\nb"]),
    "BACKUP_DAYS": ("1 14", "0 -1 week"),
    "DRILL_DATABASE_URL": ("postgresql://loyalty@db/loyalty", "sqlite:///n db"),
    "SENTRY_DSN": (
        "https://key@sentry.example.com/1",
        "https://sentry.example.com/1 https://key@sentry.example.com key@sentry/1 ftp://key@sentry.example.com/1",
    ),
    "OTEL_EXPORTER_OTLP_ENDPOINT": ("http://127.0.0.1:4318", "127.0.0.1:4318 grpc://otel"),
    "LOG_LEVEL": ("INFO DEBUG", "info LOUD"),
    "LOG_FORMAT": ("json plain", "jsno xml"),
    **{name: HTTPS for name in PARSERS if name.startswith("WALLET_") and name.endswith("_URL")},
    **{
        name: (ANYTHING[0], ["a\nb"])
        for name in ("WALLET_APPLE_PASS_TYPE_ID", "WALLET_APPLE_TEAM_ID", "WALLET_GOOGLE_ISSUER_ID")
    },
}
READ_BY_THE_WALLET = {  # a file's path, or its text: `manage.py check` says what is wrong with it
    "WALLET_APPLE_CERTIFICATE",
    "WALLET_APPLE_KEY",
    "WALLET_APPLE_KEY_PASSWORD",
    "WALLET_APPLE_WWDR",
    "WALLET_APPLE_PUSH_CA",
    "WALLET_GOOGLE_SERVICE_ACCOUNT",
}
TEXTS = [
    (name, text, is_good)
    for name, (good, bad) in CASES.items()
    for is_good, texts in ((True, good), (False, bad))
    for text in (texts.split() if isinstance(texts, str) else texts)
]


def start(name: str, text: str) -> None:
    """What production does at its start with a variable."""
    env = Environment()
    env.ENVIRON = SAFE | {name: text}
    for variable in {*SAFE, name}:
        env.str(variable)
    env.refuse_unsafe()


def test_every_variable_has_cases() -> None:
    assert set(CASES) | READ_BY_THE_WALLET == set(PARSERS)
    assert set(STRICTER) | set(REQUIRED) <= set(PARSERS)


def test_every_variable_that_is_read_is_described() -> None:
    table = (ROOT / "docs/deploy.md").read_text()
    assert [name for name in PARSERS if name != "DEBUG" and f"`{name}`" not in table] == []


def test_settings_read_no_variable_past_the_table() -> None:
    for path in (ROOT / "loyalty_site/settings").glob("*.py"):
        assert not re.search(r"os\.environ|getenv", path.read_text()), path.name
    with pytest.raises(KeyError):
        Environment().str("RATE_LIMIT_PUBLIC_ENROL", default="")


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, text, is_good in TEXTS if is_good])
def test_production_starts_with_what_is_right(name: str, text: str) -> None:
    start(name, text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, text, is_good in TEXTS if not is_good])
def test_production_refuses_a_typo_and_names_the_variable(name: str, text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=rf"^{name}: must .+\. See docs/deploy\.md\.$"):
        start(name, text)


@pytest.mark.parametrize("name", REQUIRED)
def test_production_refuses_to_start_without(name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"^{name}: must be set"):
        start(name, "")
