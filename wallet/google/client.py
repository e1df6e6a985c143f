"""Google Wallet's REST interface: one request at a time, as our service account. Never raises for the network.

The account's token is fetched and renewed by google-auth, over our own HTTP client.
"""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

import google.auth.transport
import httpx
from google.auth import exceptions
from google.oauth2 import service_account

from wallet.config import GoogleConfig
from wallet.http import NETWORK_TROUBLE, retry_after

SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"
PATIENT = 10.0
HASTY = 3.0
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
CONNECTIONS = 20
LONGEST_WORDS = 400


@dataclass(frozen=True)
class Call:
    """One request: PATCH of `resource` with `body`, or its insertion; without a body, what is there is asked for."""

    kind: str  # loyaltyClass or loyaltyObject
    resource_id: str
    body: Mapping[str, Any] | None = None
    is_insert: bool = False

    @property
    def method(self) -> str:
        if self.body is None:
            return "GET"
        return "POST" if self.is_insert else "PATCH"

    @property
    def path(self) -> str:
        return f"/{self.kind}" if self.is_insert else f"/{self.kind}/{self.resource_id}"


@dataclass(frozen=True)
class Answer:
    """What came back: a status, or none at all where the network failed (the request may have been applied)."""

    status: int | None
    reason: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    wait: timedelta | None = None

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_missing(self) -> bool:
        return self.status == 404

    @property
    def is_there(self) -> bool:
        return self.status == 409

    @property
    def is_passing(self) -> bool:
        """Whether the same request may work later."""
        return self.status is None or self.status in PASSING

    @property
    def is_final(self) -> bool:
        """Whether this very request is refused, and would be refused again."""
        is_about_request = self.status is not None and 400 <= self.status < 500
        return is_about_request and not (
            self.is_passing or self.is_signed_out or self.is_missing or self.is_there
        )

    @property
    def in_a_word(self) -> str:
        """For tallies: delivered, refused, or to be tried later."""
        if self.is_good:
            return "delivered"
        return "refused" if self.is_final else "later"

    @property
    def is_forbidden(self) -> bool:
        """Whether our account may not do this, or may do nothing at all."""
        return self.status == 403

    @property
    def is_signed_out(self) -> bool:
        """Whether our token is not accepted (any more)."""
        return self.status == 401


class _Transport(google.auth.transport.Request):
    """google-auth's own traffic, over httpx."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_options: Any,
    ) -> "_TransportAnswer":
        try:
            return _TransportAnswer(self.http.request(method, url, content=body, headers=headers))
        except NETWORK_TROUBLE as error:
            raise exceptions.TransportError(error) from error


class _TransportAnswer(google.auth.transport.Response):
    def __init__(self, response: httpx.Response) -> None:
        self.response = response

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        return self.response.headers

    @property
    def data(self) -> bytes:
        return self.response.content


class GoogleClient:
    """Speaks as one service account; safe to use from several threads. Waits `patience` seconds at each step."""

    def __init__(self, config: GoogleConfig, *, patience: float = PATIENT) -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        self.api_url = config.api_url
        self.http = httpx.Client(timeout=patience, limits=limits)
        self.credentials = service_account.Credentials.from_service_account_info(
            {
                "client_email": config.email,
                "private_key": config.private_key,
                "private_key_id": config.private_key_id,
                "token_uri": config.token_url,
            },
            scopes=[SCOPE],
        )
        self.signing_in = threading.Lock()

    def sign_in(self, *, anew: bool = False) -> Answer | None:
        """Fetch a token where there is none that is valid; returns what went wrong, or None."""
        with self.signing_in:
            if self.credentials.valid and not anew:
                return None
            try:
                self.credentials.refresh(_Transport(self.http))
            except exceptions.RefreshError as error:
                # Google's word that the account is wrong, unless it says that it is itself in trouble.
                return Answer(status=503 if error.retryable else 401, reason=_told(error))
            except exceptions.GoogleAuthError as error:
                return Answer(status=None, reason=_told(error))
        return None

    def send(self, call: Call) -> Answer:
        """Send one request with the token that we have (see `sign_in`)."""
        headers = {"Authorization": f"Bearer {self.credentials.token}"}
        try:
            response = self.http.request(
                call.method, self.api_url + call.path, json=call.body, headers=headers
            )
        except NETWORK_TROUBLE as error:
            return Answer(status=None, reason=type(error).__name__)
        body = _json(response)
        reason = "" if response.is_success else f"HTTP {response.status_code} {words_of(body)}".strip()
        return Answer(status=response.status_code, reason=reason, body=body, wait=retry_after(response))


def _json(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def words_of(body: Mapping[str, Any]) -> str:
    """All that Google says of a refusal: often the message is a general one, and the details name the field."""
    error = body.get("error")
    if not isinstance(error, dict):
        return ""
    message = str(error.get("message", ""))
    said = dict.fromkeys([message, *_reasons(error), *_violations(error, besides=message)])
    return " · ".join(filter(None, said))[:LONGEST_WORDS]


def _reasons(error: Mapping[str, Any]) -> Iterator[str]:
    """The messages of Google Wallet's own errors: {"errors": [{"message", "domain", "reason"}]}."""
    for each in _listed(error, "errors"):
        yield str(each.get("message", ""))


def _violations(error: Mapping[str, Any], *, besides: str) -> Iterator[str]:
    """What all of Google's interfaces say of fields: {"details": [{"fieldViolations": [{"field", "description"}]}]}."""
    for detail in _listed(error, "details"):
        for each in _listed(detail, "fieldViolations"):
            described = str(each.get("description", ""))
            told = [str(each.get("field", "")), described if described != besides else ""]
            yield ": ".join(filter(None, told))


def _listed(content: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects in a list of an answer; nothing where it is none."""
    found = content.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _told(error: Exception) -> str:
    return f"sign-in: {str(error.args[0]) if error.args else type(error).__name__}"[:300]


@lru_cache(maxsize=4)
def client_of(config: GoogleConfig, patience: float = PATIENT) -> GoogleClient:
    """The process's client for a configuration, with its connections and its token."""
    return GoogleClient(config, patience=patience)
