"""What differs for the console (content policy, bounds of waiting), and which session cookies count."""

from collections.abc import Callable

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import connection
from django.http import HttpRequest, HttpResponseBase

from groundwork.database import waits

LONGEST_SESSION_KEY = 40  # what the table of sessions holds


class PlausibleSessionMiddleware(SessionMiddleware):
    """Django's own, for which a cookie that can be no session's key is none: databases stumble over a NUL in it."""

    def process_request(self, request: HttpRequest) -> None:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if key and not (key.isalnum() and key.isascii() and len(key) <= LONGEST_SESSION_KEY):
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        super().process_request(request)


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp with a second policy under /admin/, where Unfold's Alpine evaluates expressions."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(settings.CONSOLE_PREFIX) and parts.config is None and not report_only:
            parts.config = settings.CONSOLE_CONTENT_SECURITY_POLICY["DIRECTIVES"]
        return parts


class BoundedWaitsMiddleware:
    """Lets the console wait longer for the database than a till, the API or a customer's page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(settings.CONSOLE_PREFIX):
            with waits.of("till"):
                return self.get_response(request)
        with waits.of("console"), connection.execute_wrapper(waits.each_in_a_transaction):
            return self.get_response(request)
