"""Guards of production: it does not start with what would be unsafe, and asks more of who runs it."""

from tests.mutants.mutant import mutant

SETTINGS = "tests/loyalty_site/test_settings.py"
VARIABLES = "tests/loyalty_site/test_variables.py"
TYPO = f"{VARIABLES}::test_production_refuses_a_typo_and_names_the_variable"
TABLE = "loyalty_site/settings/variables.py"
# What production asks of a variable beyond what it must be everywhere.
STRICTER = {
    "SECRET_KEY": "random",
    "SECRET_KEY_FALLBACKS": "each(parsers.random)",
    "DEBUG": 'one_of("false", "False", "0", "no", "off")',
    "ALLOWED_HOSTS": "each(parsers.own_host)",
    "CSRF_TRUSTED_ORIGINS": "each(parsers.own_origin)",
    "PUBLIC_BASE_URL": "private",
    "REDIS_URL": "guarded_redis",
    "CACHE_URL": "guarded_redis",
    "CELERY_BROKER_URL": "guarded_redis",
    "EMAIL_URL": "real_mail",
    "METRICS_TOKEN": "token",
    "BACKUP_KEY": "random",
    "MEDIA_S3": "private_bucket",
    "BACKUP_S3": "private_bucket",
    "OIDC_ISSUER": "private",
    "WALLET_APPLE_PUSH_URL": "private",
    "WALLET_GOOGLE_API_URL": "private",
    "WALLET_GOOGLE_TOKEN_URL": "private",
    "WALLET_GOOGLE_KEYS_URL": "private",
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
# What is parsed everywhere, one of each kind.
PARSED = {
    "RATE_LIMIT_LOOKUP": "rate",
    "TRUSTED_PROXY_COUNT": "whole(0, 10)",
    "DATABASE_URL": "database",
    "OPERATORS_NEED_SECOND_FACTOR": "boolean",
    "DEFAULT_FROM_EMAIL": "sender",
    "SECURE_HSTS_SECONDS": "whole(0, 10 * 366 * 86_400)",
    "LOG_FORMAT": 'one_of("json", "plain")',
    "OIDC_NAME": "line",
}


def called(variable: str) -> str:
    return variable.lower().replace("_", "-")


MUTANTS = [
    *(
        mutant(
            f"production-with-any-{called(variable)}",
            TABLE,
            f'    "{variable}": parsers.{parser},\n',
            "",
            TYPO,
        )
        for variable, parser in STRICTER.items()
    ),
    *(
        mutant(
            f"production-without-{called(variable)}",
            TABLE,
            "            if not self.ENVIRON.get(var):",
            f'            if var != "{variable}" and not self.ENVIRON.get(var):',
            f"{VARIABLES}::test_production_refuses_to_start_without[{variable}]",
        )
        for variable in REQUIRED
    ),
    *(
        mutant(
            f"typo-in-{called(variable)}",
            TABLE,
            f'    "{variable}": parsers.{parser},\n',
            f'    "{variable}": bool,\n',
            TYPO,
        )
        for variable, parser in PARSED.items()
    ),
    mutant(
        "production-for-operators-with-a-password-alone",
        "loyalty_site/settings/production.py",
        'env.bool("OPERATORS_NEED_SECOND_FACTOR", default=True)',
        'env.bool("OPERATORS_NEED_SECOND_FACTOR", default=False)',
        f"{SETTINGS}::test_production_starts_with_safe_settings",
    ),
    mutant(
        "production-whose-sessions-go-without-tls",
        "loyalty_site/settings/production.py",
        "SESSION_COOKIE_SECURE = True",
        "SESSION_COOKIE_SECURE = False",
        f"{SETTINGS}::test_production_starts_with_safe_settings",
    ),
]
