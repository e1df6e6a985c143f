"""Friendly pages for what goes wrong, in the visitor's language.

The template of a status is templates/errors/<status>.html. The page for 500 touches neither database nor session.
"""

import math

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext

from groundwork.errors import DomainError

TEMPLATED = frozenset({400, 403, 404, 429, 500, 503})


def page(
    request: HttpRequest, status: int, *, retry_after: int | None = None, detail: str = ""
) -> HttpResponse:
    """The page of an HTTP status; retry_after in seconds."""
    template = status if status in TEMPLATED else 500 if status >= 500 else 404
    context = {"detail": detail, "again": _again(retry_after or 0)}
    response = render(request, f"errors/{template}.html", context, status=status)
    response["Cache-Control"] = "no-store"
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def _again(seconds: int) -> str:
    """When to try again, in words; nothing if that is not known."""
    if seconds <= 90:
        words = ngettext(
            "Please try again in %(number)d second.", "Please try again in %(number)d seconds.", seconds
        )
        return words % {"number": seconds} if seconds else ""
    minutes = math.ceil(seconds / 60)
    words = ngettext(
        "Please try again in %(number)d minute.", "Please try again in %(number)d minutes.", minutes
    )
    return words % {"number": minutes}


def too_fast(refusal: DomainError) -> str:
    """What is said of one call too many on a page that goes on; an hour is no moment to wait."""
    again = _again(refusal.extra.get("retry_after", 0))
    return f"{gettext('That was a little too fast')}. {again}" if again else str(refusal.detail)


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page for a refusal of the domain, on a page that did not deal with it itself."""
    return page(request, error.status, retry_after=error.extra.get("retry_after"), detail=str(error.detail))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return page(request, 500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from a page that was open for long, or sent without cookies: say what helps."""
    return render(request, "errors/csrf.html", status=403)
