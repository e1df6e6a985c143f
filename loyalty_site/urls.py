"""Every address of the site. /healthz and /readyz are answered earlier, by `loyalty_site.health`."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from loyalty_site.uploads import media

urlpatterns: list[URLPattern | URLResolver] = []

# API: till, back office, public, schema; webhooks and events. First: the till's calls are most of all
urlpatterns += [path("api/v1/", include("loyalty.api.urls")), path("api/v1/", include("webhooks.api.urls"))]

# Pages: home, enrolment, cards, terminal, sign-in
urlpatterns += [path("", include("loyalty.pages.urls")), path("", include("loyalty.pages.terminal.urls"))]

# People's own accounts
urlpatterns += [path("account/", include("loyalty_site.accounts.urls"))]

# Wallets: Apple's web service, Google's callback
urlpatterns += [path("", include("wallet.urls"))]

# The merchant console
urlpatterns += [path("admin/", admin.site.urls)]

# Uploaded logos
urlpatterns += [path("media/<path:path>", media, name="media")]

handler400 = "loyalty_site.errors.bad_request"
handler403 = "loyalty_site.errors.forbidden"
handler404 = "loyalty_site.errors.not_found"
handler500 = "loyalty_site.errors.server_error"
