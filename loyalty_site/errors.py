"""What goes wrong becomes an answer: a problem document (RFC 9457) under /api/, a friendly page elsewhere.

`problem_response` is what Django REST framework calls; the others are Django's own handlers, for addresses that no
view answers and for what fails before a view is reached.
"""

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import DataError, IntegrityError, InterfaceError, InternalError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from psycopg.errors import IdleInTransactionSessionTimeout
from rest_framework import exceptions as drf
from rest_framework.utils.encoders import JSONEncoder

from groundwork.errors import DomainError, Invalid, NotAuthenticated, NotFound, RateLimited
from loyalty.api import errors as api
from loyalty.pages import errors as pages
from loyalty_site import request_id

logger = logging.getLogger(__name__)

API_PREFIX = "/api/"
RETRY_AFTER_SECONDS = 5

# What a kind of exception means to a caller; the first that fits counts.
MEANINGS: list[tuple[type[Exception] | tuple[type[Exception], ...], type[DomainError]]] = [
    ((Http404, drf.NotFound), NotFound),
    ((drf.NotAuthenticated, drf.AuthenticationFailed), NotAuthenticated),
    ((PermissionDenied, drf.PermissionDenied), api.PermissionRefused),
    (drf.MethodNotAllowed, api.MethodNotAllowed),
    (drf.NotAcceptable, api.NotAcceptable),
    (drf.UnsupportedMediaType, api.UnsupportedMediaType),
    (drf.Throttled, RateLimited),
    (RequestDataTooBig, api.BodyTooLarge),
    ((drf.ParseError, BadRequest, SuspiciousOperation, UnreadablePostError, DataError), Invalid),
    (IntegrityError, api.Conflict),
]


def problem(refusal: DomainError) -> HttpResponse:
    """A refusal as application/problem+json."""
    response = HttpResponse(
        json.dumps(api.document_of(refusal, request_id.current()), cls=JSONEncoder),
        status=refusal.status,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store"},
    )
    if "retry_after" in refusal.extra:
        response["Retry-After"] = str(refusal.extra["retry_after"])
    if refusal.status == NotAuthenticated.status:
        response["WWW-Authenticate"] = "Bearer"
    return response


def problem_response(exception: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """The answer to what a view of the API raised; None for a fault of ours, which is then logged and answered 500."""
    refusal = refusal_of(exception)
    if refusal is None:
        return None
    response = problem(refusal)
    if isinstance(exception, drf.MethodNotAllowed):
        response["Allow"] = ", ".join(context["view"].allowed_methods)
    return response


def is_database_away(exception: BaseException | None) -> bool:
    """Whether the database cannot be reached, gave up waiting (for a lock, a statement) or ended what took too long.

    The transaction is rolled back: the same call can be made again.
    """
    if isinstance(exception, InternalError):
        return isinstance(exception.__cause__, IdleInTransactionSessionTimeout)
    return isinstance(exception, OperationalError | InterfaceError)


def refusal_of(exception: BaseException | None) -> DomainError | None:
    """What an exception means to the caller; None if it means nothing but a fault of ours."""
    if isinstance(exception, DomainError):
        return exception
    if isinstance(exception, drf.ValidationError):
        return Invalid(errors=list(field_errors(exception.detail)))
    if is_database_away(exception):
        logger.error("the database did not answer", exc_info=exception)
        return api.Unavailable(retry_after=RETRY_AFTER_SECONDS)
    if isinstance(exception, DataError | IntegrityError):
        logger.error("the database refused what nobody else had", exc_info=exception)
    for kinds, meaning in MEANINGS:
        if isinstance(exception, kinds):
            return meaning(errors=[]) if meaning is Invalid else meaning()
    return None


def field_errors(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Every wrong field as {field, code, message}; nested ones with dots: rewards.0.name."""
    if isinstance(detail, dict):
        for name, below in detail.items():
            inner = "" if name == "non_field_errors" else str(name)
            yield from field_errors(below, ".".join(filter(None, (field, inner))))
    elif isinstance(detail, list):
        for number, below in enumerate(detail):
            nested = isinstance(below, dict | list)
            yield from field_errors(below, f"{field}.{number}" if nested else field)
    else:
        yield {"field": field, "code": getattr(detail, "code", "invalid"), "message": str(detail)}


# --- Django's own handlers --------------------------------------------------------------------------------


def is_api(request: HttpRequest) -> bool:
    """Whether a machine is asking."""
    return request.path_info.startswith(API_PREFIX)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem(refusal_of(exception) or Invalid(errors=[]))
    return pages.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(api.PermissionRefused()) if is_api(request) else pages.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(NotFound()) if is_api(request) else pages.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours, or a database that went away before a view was reached: 503, to be tried again."""
    away = is_database_away(sys.exception())
    if is_api(request):
        return problem(api.Unavailable(retry_after=RETRY_AFTER_SECONDS) if away else api.ServerError())
    if away:
        return pages.page(request, 503, retry_after=RETRY_AFTER_SECONDS)
    return pages.server_error(request)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return problem(api.CsrfFailed()) if is_api(request) else pages.csrf_failed(request, reason)
