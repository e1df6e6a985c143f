"""python -m tests.loyalty.api.released 1.1.0: keep the document of today as that of a release."""

import os
import sys
from importlib import import_module

import django

from tests.loyalty.api.released import keep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings.test")
django.setup()
keep(sys.argv[1], import_module("loyalty.api.reference").document())
