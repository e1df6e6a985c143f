"""What django-allauth asks of this site (settings.ACCOUNT_ADAPTER)."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core import signing
from django.http import HttpRequest, HttpResponse

from groundwork.web import client
from tenancy import accounts
from tenancy.models import User

COOKIE = "known_device"
_SALT = "tenancy.known_device"
_YEAR = 365 * 24 * 3600
_MOST = 20  # people at one device


class AccountAdapter(DefaultAccountAdapter):
    """No open sign-up; the client's address from the one place that knows it; unknown devices are told by e-mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client.address(request) or "::"

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the pages say in their own words what happened."""

    def post_login(self, request: HttpRequest, user: User, **about: Any) -> HttpResponse:
        response = super().post_login(request, user, **about)
        known = _people_known_at(request)
        if user.pk not in known:
            accounts.note_new_device(user)
        ids = [user.pk, *(pk for pk in known if pk != user.pk)][:_MOST]
        response.set_cookie(
            COOKIE,
            signing.dumps(ids, salt=_SALT),
            max_age=_YEAR,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
        return response


def _people_known_at(request: HttpRequest) -> list[int]:
    """Who has signed in on this device before, by its cookie."""
    try:
        return list(signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_YEAR))
    except signing.BadSignature:
        return []
