"""Signing in by the platform's own identity provider: only people who have an account, by an address it vouches for."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groundwork.formats.email import normalize_email
from tenancy.models import User


def name() -> str:
    """What the provider is called on the sign-in pages; empty without one."""
    found = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    return str(found[0]["name"]) if found else ""


class Provider(OpenIDConnectOAuth2Adapter):
    """allauth's, which also checks the signature of what it is told, and that all of it is of one person."""

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **about: Any
    ) -> SocialLogin:
        login: SocialLogin = super().complete_login(request, app, token, **about)
        said = login.account.extra_data
        if (
            said.get("id_token", {}).get("sub") != said.get("userinfo", {}).get("sub")
            or "id_token" not in said
        ):
            raise OAuth2Error("the ID token and the user info are of different people")
        login.account.extra_data = {}  # nothing of it is kept
        return login

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        decoded: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return decoded


class IdentityAdapter(DefaultSocialAccountAdapter):
    """Who may come in (settings.SOCIALACCOUNT_ADAPTER). Nobody signs up this way."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        user = _known(sociallogin) if sociallogin.account.pk else _first_time(sociallogin)
        if user is None:
            raise ImmediateHttpResponse(_refused(request))
        sociallogin.user = user

    def on_authentication_error(self, request: HttpRequest, *args: Any, **about: Any) -> None:
        raise ImmediateHttpResponse(_refused(request))


def _refused(request: HttpRequest) -> HttpResponse:
    """One answer for all: whether an address has an account is told to nobody."""
    messages.error(request, _("This sign-in opens no account here. Please ask whoever runs this site."))
    return HttpResponseRedirect(reverse("login"))


def _known(login: SocialLogin) -> User | None:
    """Whose subject this is, whatever their address there is by now."""
    return User.objects.filter(pk=login.account.user_id, is_active=True).first()


@transaction.atomic
def _first_time(login: SocialLogin) -> User | None:
    """The person with the vouched address, to whom this subject belongs from now on, and no other one."""
    vouched = [normalize_email(each.email) for each in login.email_addresses if each.verified]
    user = User.objects.select_for_update(of=("self",)).filter(email__in=vouched, is_active=True).first()
    if user is None or SocialAccount.objects.filter(user=user, provider=login.account.provider).exists():
        return None
    login.account.user = user
    login.account.save()
    return user
