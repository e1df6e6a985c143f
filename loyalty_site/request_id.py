"""X-Request-Id: one name for a request, from the proxy or made here, in its answer, its log lines and its problem."""

import re
from collections.abc import Callable
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponseBase

from groundwork import traces

HEADER = "X-Request-Id"
PLAIN = re.compile(r"[A-Za-z0-9._-]{1,128}")


def current() -> str:
    """The name of the request that this thread is at; empty before its first one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


class RequestIdMiddleware:
    """Names a request. What comes from outside is taken where it is a plain word: it goes into the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        request_id = given if PLAIN.fullmatch(given) else uuid4().hex
        # It stays until this thread's next request: Django's own line about an answer is written after us.
        structlog.contextvars.bind_contextvars(request_id=request_id)
        with traces.span(f"{request.method}", request_id) as span:
            response = self.get_response(request)
            span.set_attribute("http.response.status_code", response.status_code)
            if match := request.resolver_match:
                span.update_name(f"{request.method} {match.route}")
        response[HEADER] = request_id
        return response
