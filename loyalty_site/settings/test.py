"""For the test suite: the database and Redis that tests/servers.py found, and nothing that costs time."""

import tempfile
from pathlib import Path

from loyalty_site.settings.base import *
from loyalty_site.settings.base import CELERY_BROKER_URL, env

SECRET_KEY = "django-insecure-for-tests-only"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CACHE_URL = ""
SESSION_ENGINE = "django.contrib.sessions.backends.db"
MEDIA_ROOT = Path(tempfile.gettempdir()) / "loyalty-test-media"
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="memory://")
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
DOORBELL_ENABLED = False  # a test runs the relay itself
