"""The web service that iPhones call, to the letter. Source: Apple, "Adding a web service to update passes".

No cookie, no CSRF token, no redirect; with and without a slash at the end; GET also answers HEAD. What a pass's own
calls may do is decided by the token in the pass, compared in constant time before anything else is looked at.
"""

import hmac
import json
import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import http_date, parse_http_date_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groundwork.errors import RateLimited
from groundwork.web import client, rate_limits
from tenancy import scope
from wallet.apple.signing import CONTENT_TYPE
from wallet.errors import WalletUnavailable
from wallet.models import WalletPass
from wallet.services import devices

logger = logging.getLogger(__name__)

PUSH_TOKEN = re.compile(r"[0-9a-fA-F]{1,200}")
LARGEST_BODY = 10_000
LARGEST_LOG = 100_000
MOST_LINES = 50
LONGEST_LINE = 1000
NOBODY = "0" * 64

View = Callable[..., HttpResponse]


def _empty(status: int) -> HttpResponse:
    return HttpResponse(status=status, content_type="text/plain")


def _unauthorized() -> HttpResponse:
    response = _empty(401)
    response["WWW-Authenticate"] = "ApplePass"
    return response


def holder(view: View) -> View:
    """Only for whoever has the token of the pass in the address; the view gets the pass.

    An unknown pass is answered like a wrong token, after a comparison that takes as long.
    """

    @csrf_exempt
    @wraps(view)
    def page(request: HttpRequest, *, pass_type: str, serial: str, **arguments: Any) -> HttpResponse:
        with scope.everything("the token of the pass says whose it is"):
            found = devices.find(serial) if _is_ours(pass_type) else None
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            expected = found.auth_token if found else NOBODY
            matches = hmac.compare_digest(token.strip().encode(), expected.encode())
            if found is None or not matches or scheme.lower() != "applepass":
                return _unauthorized()
            return view(request, found, **arguments)

    return page


def _is_ours(pass_type: str) -> bool:
    return pass_type == settings.WALLET_APPLE_PASS_TYPE_ID


def _body(request: HttpRequest, limit: int) -> Any:
    """The JSON of a request; None where it is none, or too large to be read."""
    try:
        if int(request.headers.get("Content-Length") or 0) > limit or len(request.body) > limit:
            return None
        return json.loads(request.body)
    except (ValueError, RecursionError, RequestDataTooBig):
        return None


@require_http_methods(["POST", "DELETE"])
@holder
def registration(request: HttpRequest, wallet_pass: WalletPass, *, device: str) -> HttpResponse:
    """A device registers for a pass (201 new, 200 known), or leaves it (200)."""
    if request.method == "DELETE":
        devices.unregister(wallet_pass, device=device)
        return _empty(200)
    body = _body(request, LARGEST_BODY)
    token = body.get("pushToken") if isinstance(body, dict) else None
    if not isinstance(token, str) or not PUSH_TOKEN.fullmatch(token):
        return _empty(400)
    is_new = devices.register(wallet_pass, device=device, push_token=token.lower())
    return _empty(201 if is_new else 200)


@csrf_exempt
@require_safe
def changes(request: HttpRequest, *, device: str, pass_type: str) -> HttpResponse:
    """The serial numbers on a device that changed since a tag; the device's id is the secret."""
    if not _is_ours(pass_type):
        return _empty(404)
    with scope.everything("a device holds passes of several merchants"):
        found = devices.changes(device=device, since=request.GET.get("passesUpdatedSince"))
    if found is None:
        return _empty(204)
    answer = JsonResponse({"serialNumbers": found.serial_numbers, "lastUpdated": found.tag})
    return whole(request, answer)


@require_safe
@holder
def latest(request: HttpRequest, wallet_pass: WalletPass) -> HttpResponse:
    """The newest version of a pass; 304 for a device that has it."""
    modified = int(wallet_pass.last_modified.timestamp())
    known = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    if known is not None and known >= modified:
        response = _empty(304)
        response["Last-Modified"] = http_date(modified)
        return response
    try:
        response = package_response(request, wallet_pass)
    except WalletUnavailable as error:
        response = _empty(503)
        response["Retry-After"] = str(error.extra["retry_after"])
        return response
    if request.method == "GET":
        devices.fetched(wallet_pass)
    return response


def package_response(request: HttpRequest, wallet_pass: WalletPass) -> HttpResponse:
    """The .pkpass of a pass, as it is now. Raises WalletUnavailable."""
    response = as_file(devices.build(wallet_pass))
    response["Last-Modified"] = http_date(int(wallet_pass.last_modified.timestamp()))
    return whole(request, response)


def as_file(package: bytes) -> HttpResponse:
    """A .pkpass as an answer that nothing on the way may change or keep."""
    response = HttpResponse(package, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store, private, no-transform"
    response["Content-Disposition"] = 'attachment; filename="card.pkpass"'
    return response


def whole(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """With its length, which the answer to HEAD tells as well, though it has no body."""
    response["Content-Length"] = str(len(response.content))
    if request.method == "HEAD":
        response.content = b""
    return response


@csrf_exempt
@require_POST
def log(request: HttpRequest) -> HttpResponse:
    """What a device complains about; anybody may send it, so it is cut short and counted."""
    try:
        rate_limits.check("wallet_log", client.network(request))
    except RateLimited as error:
        response = _empty(429)
        response["Retry-After"] = str(error.extra["retry_after"])
        return response
    body = _body(request, LARGEST_LOG)
    lines = body.get("logs") if isinstance(body, dict) else None
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        return _empty(400)
    for line in lines[:MOST_LINES]:
        logger.warning("a device says: %s", _printable(line))
    return _empty(200)


def _printable(line: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in line[:LONGEST_LINE])
