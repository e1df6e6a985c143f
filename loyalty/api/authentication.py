"""Who is calling: staff by their session (with CSRF), or a till's own system by `Authorization: Bearer <API key>`."""

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, CSRFCheck, SessionAuthentication
from rest_framework.request import Request

from loyalty.api.errors import CsrfFailed
from tenancy import api_keys
from tenancy.models import ApiKey


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


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key of one store, made in the console. It acts as staff of that store.",
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
