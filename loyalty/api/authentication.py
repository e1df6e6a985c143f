"""Who is calling: staff by their session, a till by its cookie (both with CSRF), or a till's own system by
`Authorization: Bearer <API key>`. A device that is a till is nobody else, whoever signs in on it: what it repeats is
repeated by the same caller.
"""

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, CSRFCheck, SessionAuthentication
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from loyalty.api.errors import CsrfFailed
from tenancy import api_keys, tills
from tenancy.models import ApiKey, Till


class ApiKeyAuthentication(BaseAuthentication):
    """The key becomes `request.auth`; there is no user. A key that is wrong is not passed over: 401."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey] | None:
        scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        return AnonymousUser(), api_keys.recognise(key.strip())


class StaffSession(SessionAuthentication):
    """The session of a signed-in user."""

    def enforce_csrf(self, request: Request) -> None:
        check = CSRFCheck(lambda _request: None)  # type: ignore[arg-type]
        check.process_request(request)
        if check.process_view(request, None, (), {}):  # type: ignore[arg-type]
            raise CsrfFailed()


class TillDevice(StaffSession):
    """The cookie of a device that was enrolled; the till becomes `request.auth`, there is no user.

    A cookie that is no living till's is not passed over: 401. That a till was there is noted when it reads, so that
    no stamp waits for it.
    """

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Till] | None:
        token = request.COOKIES.get(tills.COOKIE)
        if not token:
            return None
        till = tills.recognise(token)
        self.enforce_csrf(request)
        if request.method in SAFE_METHODS:
            tills.see(till=till)
        return AnonymousUser(), till


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key of one store, made in the console. Each call says which of the key's scopes it "
            "needs; with `manage` it acts as a manager of that store, else as staff.",
        }


class StaffSessionScheme(OpenApiAuthenticationExtension):
    target_class = StaffSession
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "A staff session after /login/; calls that change something send X-CSRFToken.",
        }


class TillDeviceScheme(OpenApiAuthenticationExtension):
    target_class = TillDevice
    name = "till"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": tills.COOKIE,
            "description": "A device that was enrolled at /terminal/; calls that change something send X-CSRFToken.",
        }
