"""Whom webhooks may call, and when they are tried again."""

from loyalty_site.settings.variables import Environment

_env = Environment()

# Whether over http and at private addresses: for a demo, and for tests.
WEBHOOKS_ALLOW_PRIVATE = _env.bool("WEBHOOKS_ALLOW_PRIVATE", default=False)
# Seconds until each further attempt, three days in all; after the last one a delivery is given up.
WEBHOOKS_RETRY_SCHEDULE: list[int] = _env.list(
    "WEBHOOKS_RETRY_SCHEDULE",
    cast=int,
    default=[5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
)
