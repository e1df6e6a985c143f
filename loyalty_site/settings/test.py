"""For the test suite: the servers that tests/conftest.py starts, and nothing that costs time for no use."""

from loyalty_site.settings.base import *
from loyalty_site.settings.base import backends, env

SECRET_KEY = "django-insecure-for-tests-only"
DEMO_ALLOWED = True
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# Without DATABASE_URL, tests/conftest.py starts a server and puts its address here.
DATABASES = {"default": backends.database(env.str("DATABASE_URL", default=backends.NO_DATABASE))}
# A test is one transaction, which thinks between its calls, on a machine that does much else; locks are as for tills.
DATABASE_WAITS = backends.DATABASE_WAITS | {
    "till": backends.DATABASE_WAITS["till"]
    | {"statement_timeout": 60_000, "idle_in_transaction_session_timeout": 0}
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CACHE_URL = ""
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="memory://")
CELERY_BROKER_TRANSPORT_OPTIONS = {}
DOORBELL_ENABLED = False  # a test runs the relay itself
