"""The zero-set-up default: SQLite, a folder as broker, mail as files, everything under var/.

DATABASE_URL, REDIS_URL and EMAIL_URL in the environment put the real servers in their place.
"""

from loyalty_site.settings.base import *
from loyalty_site.settings.base import SECRET_KEY, env

SECRET_KEY = SECRET_KEY or "django-insecure-for-this-machine-only-never-for-customers"
DEMO_ALLOWED = True
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", ".localhost", "127.0.0.1", "0.0.0.0", "[::1]"]
)
