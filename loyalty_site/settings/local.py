"""For trying things out: the servers that `make demo` starts, mail and text messages as files, everything under var/.

DATABASE_URL, REDIS_URL and EMAIL_URL in the environment put other servers in their place.
"""

from loyalty_site.settings.base import *
from loyalty_site.settings.base import (
    MIDDLEWARE,
    SECRET_KEY,
    VAR_DIR,
    WALLET_APPLE_CERTIFICATE,
    WALLET_APPLE_PASS_TYPE_ID,
    env,
)

SECRET_KEY = SECRET_KEY or "django-insecure-for-this-machine-only-never-for-customers"
DEMO_ALLOWED = True
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", ".localhost", "127.0.0.1", "0.0.0.0", "[::1]"]
)
MIDDLEWARE = ["loyalty_site.middleware.CompressedStaticMiddleware", *MIDDLEWARE]
SMS_FILE_PATH = VAR_DIR / "sms"
WEBHOOKS_ALLOW_PRIVATE = env.bool("WEBHOOKS_ALLOW_PRIVATE", default=True)

# Until somebody sets up the real ones, passes are signed with made-up certificates (manage.py wallet_testcerts).
MADE_UP_CERTIFICATES = VAR_DIR / "wallet"
if (
    not (WALLET_APPLE_CERTIFICATE or WALLET_APPLE_PASS_TYPE_ID)
    and (MADE_UP_CERTIFICATES / "pass.pem").exists()
):
    WALLET_APPLE_PASS_TYPE_ID = "pass.made-up.example"
    WALLET_APPLE_TEAM_ID = "MADEUP0000"
    WALLET_APPLE_CERTIFICATE = str(MADE_UP_CERTIFICATES / "pass.pem")
    WALLET_APPLE_KEY = str(MADE_UP_CERTIFICATES / "pass.key")
    WALLET_APPLE_WWDR = str(MADE_UP_CERTIFICATES / "wwdr.pem")
