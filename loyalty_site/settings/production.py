"""For customers. It refuses to start with anything that would be unsafe."""

from django.core.exceptions import ImproperlyConfigured

from loyalty_site.logs import logging_config
from loyalty_site.settings.base import *
from loyalty_site.settings.base import (
    ALLOWED_HOSTS,
    SECRET_KEY,
    STORAGES,
    TRUSTED_PROXY_COUNT,
    env,
)


def refuse(setting: str, why: str) -> None:
    """Stop the start with a sentence that says what to set."""
    raise ImproperlyConfigured(f"{setting}: {why} See docs/deploy.md.")


if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5 or SECRET_KEY.startswith("django-insecure"):
    refuse("SECRET_KEY", "must be set to at least 50 random characters.")
if env.bool("DEBUG", default=False):
    refuse("DEBUG", "must not be on in production.")
if not ALLOWED_HOSTS or any(host.strip() in ("", "*", ".") for host in ALLOWED_HOSTS):
    refuse("ALLOWED_HOSTS", "must name the hosts of this site, without a bare '*'.")
if not env.str("DATABASE_URL", default=""):
    refuse("DATABASE_URL", "must be set: the servers of a demo are no place for customers.")
if not env.str("REDIS_URL", default=""):
    refuse("REDIS_URL", "must be set: rate limits and sign-ins are shared between processes.")
if not env.str("PUBLIC_BASE_URL", default=""):
    refuse("PUBLIC_BASE_URL", "must be the address that customers see.")
if not env.str("EMAIL_URL", default=""):
    refuse("EMAIL_URL", "must be a mail server; without it customers' mail would end in files.")

# TLS ends at our proxies or at nobody: the header counts only where a proxy is there to set it.
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
OPERATORS_NEED_SECOND_FACTOR = env.bool("OPERATORS_NEED_SECOND_FACTOR", default=True)
CSRF_COOKIE_SECURE = True

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "loyalty_site.storage.HashedStaticFilesStorage"}}
WHITENOISE_USE_FINDERS = False
WHITENOISE_AUTOREFRESH = False

LOGGING = logging_config(
    as_json=env.str("LOG_FORMAT", default="json") == "json", level=env.str("LOG_LEVEL", default="INFO")
)
