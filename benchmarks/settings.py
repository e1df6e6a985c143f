"""The site as it is deployed, on the benchmark's own servers, with the yardstick's address added."""

import os

from loyalty_site.settings.local import *

DEBUG = False
ROOT_URLCONF = "benchmarks.urls"
if not os.environ.get("EMAIL_URL"):  # benchmarks.outside has a mail server
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
LOGGING = {"version": 1, "disable_existing_loggers": True}
RATE_LIMITS = dict.fromkeys(RATE_LIMITS, "1000/s")  # noqa: F405 - many tills of one shop, from one address
if os.environ.get("EACH_IN_A_TRANSACTION"):  # benchmarks.bench_row_security
    MIDDLEWARE.insert(0, "benchmarks.each_in_a_transaction.EachInATransaction")  # noqa: F405
