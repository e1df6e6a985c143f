"""What differs for the console (content policy, bounds of waiting, replicas), and which session cookies count.

And what stands in for a deployment's collected files where there is none.
"""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_cache_control
from whitenoise.compress import Compressor

from groundwork.database import reading, waits

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
WROTE = "wrote"  # the cookie of a browser that has just changed something
STATISTICS = "api-stats"
LONGEST_SESSION_KEY = 40  # what the table of sessions holds


class PlausibleSessionMiddleware(SessionMiddleware):
    """Django's own, for which a cookie that can be no session's key is none: databases stumble over a NUL in it.

    What looked at the session is for one person: no browser or proxy keeps it, unless its view says so.
    """

    def process_request(self, request: HttpRequest) -> None:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if key and not (key.isalnum() and key.isascii() and len(key) <= LONGEST_SESSION_KEY):
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.session.accessed and not response.has_header("Cache-Control"):
            patch_cache_control(response, no_store=True, private=True)
        return super().process_response(request, response)


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp with a second policy under /admin/, where Unfold's Alpine evaluates expressions."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(settings.CONSOLE_PREFIX) and parts.config is None and not report_only:
            parts.config = settings.CONSOLE_CONTENT_SECURITY_POLICY["DIRECTIVES"]
        return parts


class CompressedStaticMiddleware(GZipMiddleware):
    """Compresses static files as they go out, where they are not collected: a demo is as quick as a deployment.

    Static files alone: a page may have something secret on it, whose length would tell of it.
    """

    compressor = Compressor(quiet=True)
    max_random_bytes = 0  # they hide the length of what is secret

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_static = request.path_info.startswith(settings.STATIC_URL) and response.status_code == 200
        if is_static and self.compressor.should_compress(request.path_info):
            return super().process_response(request, response)
        return response


class BoundedWaitsMiddleware:
    """Lets the console wait longer for the database than a till, the API or a customer's page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(settings.CONSOLE_PREFIX):
            with waits.of("till"):
                return self.get_response(request)
        with ExitStack() as stack:
            stack.enter_context(waits.of("console"))
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(waits.each_in_a_transaction))
            return self.get_response(request)


class ReplicaMiddleware:
    """Reads the console's lists and dashboard, and statistics, from a replica, where there is one.

    Not for a browser that has changed something a moment ago: it is to see that.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not reading.is_configured():
            return self.get_response(request)
        is_writing = request.method not in SAFE
        with ExitStack() as stack:
            if is_writing or WROTE in request.COOKIES:
                stack.enter_context(reading.at_home())
            request.reading = stack  # type: ignore[attr-defined]
            response = self.get_response(request)
        if is_writing and settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.set_cookie(
                WROTE,
                "1",
                max_age=settings.REPLICA_LAG_SECONDS + 5,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Let what follows be read afar, until the request is answered; who asks is known by now, from the primary."""
        if reading.is_configured() and reads_afar(request):
            request.reading.enter_context(reading.afar())  # type: ignore[attr-defined]


def reads_afar(request: HttpRequest) -> bool:
    """Whether a page shows many rows, or figures of many: a list of the console, its dashboard, or statistics."""
    match = request.resolver_match
    if match is None:
        return False
    if match.app_name == "admin":
        return match.url_name == "index" or (match.url_name or "").endswith("_changelist")
    return match.url_name == STATISTICS
