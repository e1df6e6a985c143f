"""The addresses of people's own accounts."""

from django.urls import include, path
from django.views.generic import RedirectView

from loyalty.pages.terminal.sign_in import SignIn
from loyalty_site.accounts import again, carried, oidc, passkeys, views
from loyalty_site.settings.identity import ID

urlpatterns = [
    path("", views.overview, name="account"),
    path("login/", SignIn.as_view(), name="account_login"),  # the name by which allauth knows it
    path("again/", again.again, name="account_reauthenticate"),  # this one too
    path("carried/", carried.carried, name="account-carried"),
    path("second-factor/webauthn/", RedirectView.as_view(pattern_name="mfa_index")),  # one list of all
    # Before allauth's own, of the same name.
    path("second-factor/webauthn/login/", passkeys.PasskeySignIn.as_view(), name="mfa_login_webauthn"),
    path("second-factor/", include("allauth.mfa.urls")),
    path("oidc/", oidc.begin, {"provider_id": ID}, name="openid_connect_login"),
    path("oidc/callback/", oidc.callback, {"provider_id": ID}, name="openid_connect_callback"),
    path("forgotten/", views.forgotten, name="account-forgotten"),
    path("reset/<uidb64>/<token>/", views.Reset.as_view(), name="account-reset"),
    path("password/", views.Password.as_view(), name="account-password"),
    path("email/", views.email, name="account-email"),
    path("email/confirm/<signed>/", views.confirm_email, name="account-email-confirm"),
    path("sessions/", views.sessions, name="account-sessions"),
    path("sessions/end/", views.end_sessions, name="account-sessions-end"),
]
