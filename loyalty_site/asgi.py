"""The ASGI entry point. The views are synchronous: prefer WSGI, it costs half the CPU a request."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings.local")

application = get_asgi_application()
