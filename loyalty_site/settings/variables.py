"""Every environment variable of the site, and what may stand in it: a typo stops the start and names the variable.

PARSERS hold everywhere, STRICTER in production too.
"""

from collections.abc import Mapping
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from loyalty_site.settings import parsers
from loyalty_site.settings.parsers import Parser

PARSERS: Mapping[str, Parser] = {
    "VAR_DIR": parsers.line,
    "STATIC_ROOT": parsers.line,
    "SITE_NAME": parsers.line,
    "PUBLIC_BASE_URL": parsers.site,
    "SECRET_KEY": parsers.line,
    "SECRET_KEY_FALLBACKS": parsers.line,
    "DEBUG": parsers.boolean,
    "ALLOWED_HOSTS": parsers.each(parsers.host),
    "CSRF_TRUSTED_ORIGINS": parsers.each(parsers.origin),
    "DATABASE_URL": parsers.database,
    "DATABASE_POOL_SIZE": parsers.whole(0, 1_000),
    "DATABASE_REPLICA_URL": parsers.database,
    "DATABASE_REPLICA_LAG_SECONDS": parsers.whole(0, 3_600),
    "REDIS_URL": parsers.redis,
    "CACHE_URL": parsers.redis,
    "CELERY_BROKER_URL": parsers.broker,
    "BACKGROUND_ROWS": parsers.whole(0, 1_000_000),
    "JOB_FILE_HOURS": parsers.whole(1, 8_760),
    "DEFAULT_FROM_EMAIL": parsers.sender,
    "EMAIL_URL": parsers.mail,
    "SMS_URL": parsers.http,
    "SMS_TOKEN": parsers.line,
    "SMS_SENDER": parsers.text_sender,
    "WEBHOOKS_ALLOW_PRIVATE": parsers.boolean,
    "WEBHOOKS_RETRY_SCHEDULE": parsers.each(parsers.whole(0, 30 * 86_400)),
    "OPERATORS_NEED_SECOND_FACTOR": parsers.boolean,
    "OIDC_ISSUER": parsers.http,
    "OIDC_CLIENT_ID": parsers.line,
    "OIDC_CLIENT_SECRET": parsers.line,
    "OIDC_NAME": parsers.line,
    "TRUSTED_PROXY_COUNT": parsers.whole(0, 10),
    "RATE_LIMIT_PREVIEW": parsers.rate,
    "RATE_LIMIT_PUBLIC_ENROLL": parsers.rate,
    "RATE_LIMIT_PIN_UNLOCK": parsers.rate,
    "RATE_LIMIT_LOOKUP": parsers.rate,
    "RATE_LIMIT_CARD_PAGE": parsers.rate,
    "RATE_LIMIT_BRAND_PICTURE": parsers.rate,
    "RATE_LIMIT_ACCOUNT_LINK": parsers.rate,
    "RATE_LIMIT_IDENTITY_PROVIDER": parsers.rate,
    "RATE_LIMIT_PASSKEY": parsers.rate,
    "RATE_LIMIT_EMAIL_CHANGE": parsers.rate,
    "RATE_LIMIT_PHONE_CODE": parsers.rate,
    "RATE_LIMIT_INVITATION": parsers.rate,
    "RATE_LIMIT_INVITED_ADDRESS": parsers.rate,
    "RATE_LIMIT_TILL_PAIR": parsers.rate,
    "RATE_LIMIT_WALLET_LOG": parsers.rate,
    "RATE_LIMIT_WALLET_PICTURE": parsers.rate,
    "SECURE_SSL_REDIRECT": parsers.boolean,
    "SECURE_HSTS_SECONDS": parsers.whole(0, 10 * 366 * 86_400),
    "METRICS_TOKEN": parsers.line,
    "SENTRY_DSN": parsers.sentry,
    "OTEL_EXPORTER_OTLP_ENDPOINT": parsers.http,
    "MEDIA_S3": parsers.bucket,
    "BACKUP_S3": parsers.bucket,
    "BACKUP_FOLDER": parsers.line,
    "BACKUP_KEY": parsers.line,
    "BACKUP_KEY_FILE": parsers.line,
    "BACKUP_DAYS": parsers.whole(1, 3_660),
    "DRILL_DATABASE_URL": parsers.database,
    "LOG_LEVEL": parsers.one_of(*parsers.LEVELS),
    "LOG_FORMAT": parsers.one_of("json", "plain"),
    "WALLET_APPLE_PASS_TYPE_ID": parsers.line,
    "WALLET_APPLE_TEAM_ID": parsers.line,
    "WALLET_APPLE_CERTIFICATE": bool,  # a file's path or its text: `wallet.checks` reads it
    "WALLET_APPLE_KEY": bool,
    "WALLET_APPLE_KEY_PASSWORD": bool,
    "WALLET_APPLE_WWDR": bool,
    "WALLET_APPLE_PUSH_URL": parsers.http,
    "WALLET_APPLE_PUSH_CA": bool,
    "WALLET_GOOGLE_ISSUER_ID": parsers.line,
    "WALLET_GOOGLE_SERVICE_ACCOUNT": bool,
    "WALLET_GOOGLE_API_URL": parsers.http,
    "WALLET_GOOGLE_TOKEN_URL": parsers.http,
    "WALLET_GOOGLE_KEYS_URL": parsers.http,
}
REQUIRED = (
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "REDIS_URL",
    "PUBLIC_BASE_URL",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
)
STRICTER: Mapping[str, Parser] = {
    "SECRET_KEY": parsers.random,
    "SECRET_KEY_FALLBACKS": parsers.each(parsers.random),
    "DEBUG": parsers.one_of("false", "False", "0", "no", "off"),
    "ALLOWED_HOSTS": parsers.each(parsers.own_host),
    "CSRF_TRUSTED_ORIGINS": parsers.each(parsers.own_origin),
    "PUBLIC_BASE_URL": parsers.private,
    "REDIS_URL": parsers.guarded_redis,
    "CACHE_URL": parsers.guarded_redis,
    "CELERY_BROKER_URL": parsers.guarded_redis,
    "EMAIL_URL": parsers.real_mail,
    "METRICS_TOKEN": parsers.token,
    "BACKUP_KEY": parsers.random,
    "MEDIA_S3": parsers.private_bucket,
    "BACKUP_S3": parsers.private_bucket,
    "SMS_URL": parsers.private,
    "OIDC_ISSUER": parsers.private,
    "WALLET_APPLE_PUSH_URL": parsers.private,
    "WALLET_GOOGLE_API_URL": parsers.private,
    "WALLET_GOOGLE_TOKEN_URL": parsers.private,
    "WALLET_GOOGLE_KEYS_URL": parsers.private,
}


class Environment(environ.Env):
    """The environment, of which nothing is read that PARSERS do not know. An empty variable counts as none."""

    def get_value(self, var: str, *args: Any, default: Any = environ.Env.NOTSET, **kwargs: Any) -> Any:
        parser = PARSERS[var]
        text = self.ENVIRON.get(var)
        if text == "" and default is not self.NOTSET:
            return default
        if text:
            _parsed(var, parser, text)
        return super().get_value(var, *args, default=default, **kwargs)

    def refuse_unsafe(self) -> None:
        """Stop the start if a variable is missing or not fit for customers. Raises ImproperlyConfigured."""
        for var in REQUIRED:
            if not self.ENVIRON.get(var):
                raise ImproperlyConfigured(f"{var}: must be set. See docs/deploy.md.")
        for var, parser in STRICTER.items():
            if text := self.ENVIRON.get(var):
                _parsed(var, parser, text)


def _parsed(var: str, parser: Parser, text: str) -> None:
    try:
        parser(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"{var}: must {error} See docs/deploy.md.") from None
