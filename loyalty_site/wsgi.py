"""The WSGI entry point, for gunicorn. All addresses are loaded with it, and not with the first call."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings.local")

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - it imports them
