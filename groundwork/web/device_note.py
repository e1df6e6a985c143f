"""What a device remembers: ids of rows in a signed cookie, which nobody can make up and nothing is kept of here."""

from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest, HttpResponse

_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class DeviceNote:
    """The latest ids of one kind, at most so many, kept for a year after the last one."""

    cookie: str
    salt: str
    most: int

    def ids(self, request: HttpRequest) -> list[int]:
        """What the device remembers, the latest first; nothing where the cookie is missing or was made up."""
        try:
            return list(signing.loads(request.COOKIES.get(self.cookie, ""), salt=self.salt, max_age=_YEAR))
        except signing.BadSignature:
            return []

    def add(self, request: HttpRequest, response: HttpResponse, key: int) -> None:
        """From now on the device remembers this one, too."""
        ids = [key, *(known for known in self.ids(request) if known != key)][: self.most]
        response.set_cookie(
            self.cookie,
            signing.dumps(ids, salt=self.salt),
            max_age=_YEAR,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
