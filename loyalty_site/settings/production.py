"""For customers. It refuses to start with anything that would be unsafe."""

from loyalty_site.logs import logging_config
from loyalty_site.settings.base import *
from loyalty_site.settings.base import (
    STORAGES,
    TRUSTED_PROXY_COUNT,
    env,
)

env.refuse_unsafe()

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
