"""The addresses of the wallets. Apple's have no slash at the end, and are answered with one too: never redirected."""

from django.urls import path, re_path

from wallet import pages
from wallet.apple import web_service

# No control characters: a database refuses NUL.
_DEVICE = r"(?P<device>[^/\x00-\x1f\x7f]{1,128})"
_PASS = r"(?P<pass_type>[^/\x00-\x1f\x7f]{1,200})/(?P<serial>[^/\x00-\x1f\x7f]{1,64})"
_APPLE = r"^api/v1/wallet/apple/v1"

urlpatterns = [
    path("card/<token:access_token>/pass.pkpass", pages.apple_pass, name="card-pass"),
    path("card/<token:access_token>/google/", pages.google_pass, name="card-google"),
    path("wallet/test/<str:signed>/", pages.test_pass, name="wallet-test-pass"),
    path(
        "wallet/<int:program_id>/<slug:digest>/<slug:name>.png",
        pages.picture,
        name="wallet-picture",
    ),
    re_path(
        rf"{_APPLE}/devices/{_DEVICE}/registrations/{_PASS}/?$",
        web_service.registration,
        name="wallet-apple-registration",
    ),
    re_path(
        rf"{_APPLE}/devices/{_DEVICE}/registrations/(?P<pass_type>[^/\x00-\x1f\x7f]{{1,200}})/?$",
        web_service.changes,
        name="wallet-apple-changes",
    ),
    re_path(rf"{_APPLE}/passes/{_PASS}/?$", web_service.latest, name="wallet-apple-latest"),
    re_path(rf"{_APPLE}/log/?$", web_service.log, name="wallet-apple-log"),
    path("api/v1/wallet/google/callback/", pages.google_callback, name="wallet-google-callback"),
]
