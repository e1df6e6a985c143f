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
from requests import RequestException

from groundwork.formats.email import normalize_email
from tenancy.models import User

LONGEST_SUBJECT = 191  # characters that SocialAccount holds
ADDRESSES = ("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
AUTH_METHODS = "token_endpoint_auth_methods_supported"
# What allauth does over an answer that is not made as it should be.
STUMBLES = (AttributeError, KeyError, TypeError, ValueError)


def name() -> str:
    """What the provider is called on the sign-in pages; empty without one."""
    found = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    return str(found[0]["name"]) if found else ""


class Provider(OpenIDConnectOAuth2Adapter):
    """allauth's, which also checks the signature of what it is told, and that all of it is of one person."""

    vouched_at = 0.0

    def get_provider(self) -> Any:
        provider = super().get_provider()
        provider.oauth2_adapter_class = Provider
        return provider

    @property
    def openid_config(self) -> dict[str, Any]:
        """Where the provider's addresses are. Raises RequestException where it does not say."""
        try:
            said = super().openid_config
            return {name: str(said[name]) for name in ADDRESSES} | {AUTH_METHODS: said.get(AUTH_METHODS, [])}
        except STUMBLES as error:
            raise RequestException("the provider says nothing of itself") from error

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **about: Any
    ) -> SocialLogin:
        """Raises OAuth2Error for what cannot be believed, RequestException where the provider does not answer."""
        try:
            login: SocialLogin = super().complete_login(request, app, token, **about)
        except STUMBLES as error:
            raise OAuth2Error("the provider said what it should not") from error
        said = login.account.extra_data
        if (
            said.get("id_token", {}).get("sub") != said.get("userinfo", {}).get("sub")
            or "id_token" not in said
        ):
            raise OAuth2Error("the ID token and the user info are of different people")
        login.account.extra_data = {}  # nothing of it is kept
        login.vouched_at = self.vouched_at
        return login

    def parse_token(self, data: Any) -> SocialToken:
        try:
            return super().parse_token(data)
        except STUMBLES as error:
            raise OAuth2Error("the provider gave no token") from error

    def _fetch_user_info(self, access_token: str) -> dict[str, Any]:
        """What is asked about a person, and nothing else that is told."""
        said = super()._fetch_user_info(access_token)
        subject, email = said["sub"], said.get("email") or ""
        if not subject or "\0" in f"{subject}{email}" or len(str(subject)) > LONGEST_SUBJECT:
            raise ValueError("no subject")
        is_vouched_for = said.get("email_verified")
        return {"sub": subject, "email": normalize_email(email), "email_verified": is_vouched_for}

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        decoded: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        if "exp" not in decoded:
            raise OAuth2Error("an ID token that is good for ever")
        self.vouched_at = float(decoded.get("auth_time", 0))
        return {"sub": decoded["sub"]}


class IdentityAdapter(DefaultSocialAccountAdapter):
    """Who may come in (settings.SOCIALACCOUNT_ADAPTER). Nobody signs up this way."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        user = _known(sociallogin) if sociallogin.account.pk else _first_time(sociallogin)
        if user is None:
            raise ImmediateHttpResponse(_refused(request))
        sociallogin.user = user

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, **about: Any
    ) -> None:
        if isinstance(exception, RequestException):
            raise ImmediateHttpResponse(unreached(request))
        raise ImmediateHttpResponse(_refused(request))


def vouched_at(signal_kwargs: dict[str, Any] | None) -> float | None:
    """When somebody who comes from the provider signed in there, in seconds since 1970; 0 where it does not say.

    None for those who come another way, or have shown a second factor here since.
    """
    login = (signal_kwargs or {}).get("sociallogin")
    return getattr(login, "vouched_at", None)


def unreached(request: HttpRequest) -> HttpResponse:
    """Back to the sign-in page, where there are other ways."""
    messages.error(
        request, _("%(name)s does not answer. Please sign in another way, or later.") % {"name": name()}
    )
    return HttpResponseRedirect(reverse("login"))


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
