"""Who has signed in on a device before, by a signed cookie: nobody is told of it again, or kept out by strangers."""

from django.core import signing
from django.http import HttpRequest, HttpResponse

from tenancy.models import User

COOKIE = "known_device"
_SALT = "tenancy.known_device"
_YEAR = 365 * 24 * 3600
_MOST = 20  # people at one device


def people(request: HttpRequest) -> list[int]:
    """The ids of those who have signed in here, the latest first."""
    try:
        return list(signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_YEAR))
    except signing.BadSignature:
        return []


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """From now on the device is known as one of this person's."""
    ids = [user.pk, *(pk for pk in people(request) if pk != user.pk)][:_MOST]
    response.set_cookie(
        COOKIE,
        signing.dumps(ids, salt=_SALT),
        max_age=_YEAR,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
