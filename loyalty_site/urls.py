"""Every address of the site. /healthz and /readyz are answered earlier, by `loyalty_site.health`."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, path
from django.views.static import serve

urlpatterns: list[URLPattern | URLResolver] = []

# Pages: home, enrolment, cards, terminal, sign-in

# API: till, back office, public, schema

# Wallets: Apple's web service, Google's callback

# The merchant console
urlpatterns += [path("admin/", admin.site.urls)]

# Uploaded logos: few, small and re-encoded by us, so that no second server is needed for them
urlpatterns += [path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}, name="media")]
