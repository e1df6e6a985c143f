"""The site as it is deployed, on the benchmark's own servers, with the yardstick's address added."""

from loyalty_site.settings.local import *

DEBUG = False
ROOT_URLCONF = "benchmarks.urls"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
LOGGING = {"version": 1, "disable_existing_loggers": True}
RATE_LIMITS = dict.fromkeys(RATE_LIMITS, "1000/s")  # noqa: F405 - many tills of one shop, from one address
