"""The language of every answer, and the cookie that remembers a choice."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from loyalty.pages import language


class LanguageMiddleware:
    """Speaks the visitor's language; pages that know the customer or the store refine it (`language.speak`).

    Takes the place of Django's LocaleMiddleware, which knows neither `?lang=` nor people. Stands after the
    authentication middleware: a signed-in user's own language counts.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = language.decide(request, person=_language_of_user(request))
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        if "immutable" not in response.get("Cache-Control", ""):
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        if asked := language.asked_for(request):
            _remember(request, response, asked)
        return response


def _language_of_user(request: HttpRequest) -> str:
    """A signed-in user's language; whoever has no session is not looked up."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ""
    return getattr(request.user, "preferred_language", "")


def _remember(request: HttpRequest, response: HttpResponseBase, code: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 24 * 3600,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
