"""Signing in by the platform's own identity provider: only people who have an account, by an address it vouches for."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from requests import RequestException, Response, Session

from groundwork.formats.email import normalize_email
from tenancy.models import User

logger = logging.getLogger(__name__)
LONGEST_SUBJECT = 191  # characters that SocialAccount holds
ADDRESSES = ("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
AUTH_METHODS = "token_endpoint_auth_methods_supported"
LONGEST_ERROR = 40  # characters of what the provider calls an error, in the log
BUSY = (
    "server_error",
    "temporarily_unavailable",
)  # how a provider says so in the address (OpenID Connect, RFC 6749)
# What allauth does over an answer that is not made as it should be.
STUMBLES = (AttributeError, KeyError, TypeError, ValueError)


def name() -> str:
    """What the provider is called on the sign-in pages; empty without one."""
    found = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    return str(found[0]["name"]) if found else ""


@contextmanager
def _reading(reproach: str) -> Iterator[None]:
    """Raises OAuth2Error for an answer of another make; RequestException stays (where nothing comes, or no JSON)."""
    try:
        yield
    except RequestException:
        raise
    except STUMBLES as error:
        raise OAuth2Error(reproach) from error


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
        with _reading("the provider said what it should not"):
            login: SocialLogin = super().complete_login(request, app, token, **about)
        said = login.account.extra_data
        if (
            said.get("id_token", {}).get("sub") != said.get("userinfo", {}).get("sub")
            or "id_token" not in said
        ):
            raise OAuth2Error("the ID token and the user info are of different people")
        login.account.extra_data = {}  # nothing of it is kept
        login.vouched_at = self.vouched_at
        return login

    def get_access_token_data(self, *args: Any, **about: Any) -> Any:
        with _reading("the provider gave no token"):
            return super().get_access_token_data(*args, **about)

    def parse_token(self, data: Any) -> SocialToken:
        with _reading("the provider gave no token"):
            return super().parse_token(data)

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

    def get_requests_session(self) -> Session:
        session: Session = super().get_requests_session()
        session.hooks["response"].append(_reached)
        return session

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        user = _known(sociallogin) if sociallogin.account.pk else _first_time(sociallogin)
        if user is None:
            raise ImmediateHttpResponse(not_in(request, NO_ACCOUNT, sociallogin.state.get("next")))
        sociallogin.user = user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        state = (extra_context or {}).get("state")  # none if it was begun elsewhere, or too long ago
        told = request.GET.get("error", "") if state else ""
        said = told[:LONGEST_ERROR] or type(exception).__name__
        logger.warning("nobody came in by the identity provider: %s", said)
        why = (
            AWAY if told in BUSY or isinstance(exception, RequestException) else WORDS.get(error, UNFINISHED)
        )
        raise ImmediateHttpResponse(not_in(request, why, (state or {}).get("next")))


def _reached(response: Response, **about: Any) -> None:
    """A server that is down may still answer by its proxy. Raises RequestException, as where nobody answers."""
    if response.status_code >= 500 or response.status_code == 429:
        response.raise_for_status()


# --- Who is not let in, and why ---------------------------------------------------------------------------

# One for all of these: whether an address has an account is told to nobody.
NO_ACCOUNT = _("This sign-in opens no account here. Please ask whoever runs this site.")
CANCELLED = _(
    "The sign-in at %(name)s was cancelled, or is not allowed there. Nobody was signed in. "
    "Please try again, or sign in with your password."
)
AWAY = _("%(name)s cannot be reached just now. Nobody was signed in. Please sign in another way, or later.")
UNFINISHED = _(
    "The sign-in at %(name)s did not work. Nobody was signed in. Please try again, or sign in another way."
)
WORDS = {AuthError.CANCELLED: CANCELLED, AuthError.DENIED: CANCELLED}


def not_in(request: HttpRequest, why: Any, back: str | None) -> HttpResponse:
    """Back to where one signs in, which says why and still leads to where they were going (`back`)."""
    messages.error(request, why % {"name": name()})
    place = reverse("account_reauthenticate" if request.user.is_authenticated else "login")
    return HttpResponseRedirect(f"{place}?{urlencode({'next': back})}" if back else place)


# --- Who is let in ----------------------------------------------------------------------------------------


def vouched_at(signal_kwargs: dict[str, Any] | None) -> float | None:
    """When somebody who comes from the provider signed in there, in seconds since 1970; 0 where it does not say.

    None for those who come another way, or have shown a second factor here since.
    """
    login = (signal_kwargs or {}).get("sociallogin")
    return getattr(login, "vouched_at", None)


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
