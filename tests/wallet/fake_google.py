"""A fake Google: its token endpoint, its Wallet REST interface and its callback keys, told what to answer.

with FakeGoogle() as google:
    google.answer("PATCH", 503, retry_after=7)     # the next PATCH; then it works again
    google.refuse("heroImage", "Image cannot be loaded")  # each class with this part: 400
    google.refuse("textModulesData", "Too long.", field="text_modules_data[0].body")  # said in the details only
    google.drop("POST")                            # apply the next POST, and close without an answer
    settings.WALLET_GOOGLE_API_URL = google.api_url
    ...
    assert google.objects[object_id]["loyaltyPoints"]["balance"] == {"int": 3}
"""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

EMAIL = "passes@made-up.iam.gserviceaccount.com"
AUDIENCE = "https://oauth2.googleapis.com/token"  # whatever the address, google-auth asks for this one
KEEPS_SECONDS = 3600


@dataclass(frozen=True)
class Request:
    """A call to the REST interface."""

    method: str
    kind: str
    resource_id: str
    body: dict[str, Any]
    at: float


@dataclass
class Trouble:
    """What happens to the next request of a method."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    is_dropped: bool = False
    hangs: float = 0.0


class FakeGoogle:
    """A server on a free port of 127.0.0.1, in threads of its own. Keeps what it is sent, as Google would."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.classes: dict[str, dict[str, Any]] = {}
        self.objects: dict[str, dict[str, Any]] = {}
        self.requests: list[Request] = []
        self.tokens_given = 0
        self.accepted_tokens: set[str] = set()
        self.refused = 0
        self.accepts_account = True
        self.answers_in_full = True
        self.root_keys: list[dict[str, Any]] = []
        self.keys_fetched = 0
        self.keys_max_age: int | None = None
        self._refused_parts: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._troubles: dict[str, list[Trouble]] = {
            name: [] for name in ("GET", "PATCH", "POST", "TOKEN", "KEYS")
        }
        self.is_hanging = threading.Event()
        self.may_go_on = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"google": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    # --- what a test says and asks ---

    def answer(self, method: str, status: int, *, retry_after: int | None = None, times: int = 1) -> None:
        """Answer the next requests of a method (GET, PATCH, POST, TOKEN or KEYS) with this status."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self._troubles[method] += [Trouble(status, headers) for _ in range(times)]

    def refuse(
        self,
        part: str,
        words: str,
        *,
        kind: str = "loyaltyClass",
        of: str = "",
        status: int = 400,
        field: str = "",
    ) -> None:
        """Refuse for good whatever has this part, of one resource or of all of a kind.

        With a `field` as Google's interfaces do in general: the message says nothing, the details name the field.
        """
        self._refused_parts[kind, of, part] = _error(status, words, field)

    def accept(self) -> None:
        """Refuse nothing any more."""
        self._refused_parts.clear()

    def drop(self, method: str) -> None:
        """Apply the next request of a method, and hang up before answering."""
        self._troubles[method].append(Trouble(is_dropped=True))

    def hang(self, method: str, seconds: float) -> None:
        """Answer the next request of a method so late that nobody waits for it; it is not applied."""
        self._troubles[method].append(Trouble(status=503, hangs=seconds))

    def calls(self, kind: str = "loyaltyObject") -> list[tuple[str, str]]:
        """(method, id) of the requests about classes or objects, in order."""
        return [(call.method, call.resource_id) for call in self.requests if call.kind == kind]

    def revoke_tokens(self) -> None:
        """Accept none of the tokens given so far; a new one, given afterwards, does not end the others."""
        self.accepted_tokens.clear()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def api_url(self) -> str:
        return f"{self.base}/walletobjects/v1"

    @property
    def account(self) -> str:
        """The key file of a service account that this Google knows."""
        pem = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return json.dumps({"client_email": EMAIL, "private_key": pem, "private_key_id": "made-up"})

    def settings(self, issuer_id: str) -> dict[str, str]:
        """The project's settings for this Google."""
        return {
            "WALLET_GOOGLE_ISSUER_ID": issuer_id,
            "WALLET_GOOGLE_SERVICE_ACCOUNT": self.account,
            "WALLET_GOOGLE_API_URL": self.api_url,
            "WALLET_GOOGLE_TOKEN_URL": f"{self.base}/token",
            "WALLET_GOOGLE_KEYS_URL": f"{self.base}/keys",
        }

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.may_go_on.set()
        self._server.shutdown()
        self._server.server_close()

    # --- how it behaves ---

    def trouble(self, method: str) -> Trouble:
        with self._lock:
            waiting = self._troubles[method]
            return waiting.pop(0) if waiting else Trouble()

    def give_token(self, form: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        """A token for a signed assertion (RFC 7523), as Google's endpoint gives one."""
        if not self.accepts_account or form["grant_type"] != ["urn:ietf:params:oauth:grant-type:jwt-bearer"]:
            return 400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
        claims = jwt.decode(
            form["assertion"][0], self.key.public_key(), algorithms=["RS256"], audience=AUDIENCE
        )
        assert claims["iss"] == EMAIL
        assert claims["scope"] == "https://www.googleapis.com/auth/wallet_object.issuer"
        with self._lock:
            self.tokens_given += 1
            token = f"token-{self.tokens_given}"
            self.accepted_tokens.add(f"Bearer {token}")
        return 200, {"access_token": token, "expires_in": KEEPS_SECONDS, "token_type": "Bearer"}

    def apply(
        self, method: str, kind: str, resource_id: str, body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """Insert or change a resource: 404 and 409 as Google has them; PATCH with null clears."""
        with self._lock:
            kept = self.classes if kind == "loyaltyClass" else self.objects
            resource_id = resource_id or body["id"]
            self.requests.append(Request(method, kind, resource_id, body, time.monotonic()))
            for (of_kind, of, part), refusal in self._refused_parts.items():
                if part in body and kind == of_kind and of in ("", resource_id):
                    return refusal["error"]["code"], refusal
            if method == "POST":
                if resource_id in kept:
                    return 409, _error(409, "Resource already exists")
                if kind == "loyaltyObject" and body["classId"] not in self.classes:
                    return 404, _error(404, "Class not found")
                kept[resource_id] = dict(body)
                return 200, kept[resource_id]
            if resource_id not in kept:
                return 404, _error(404, "Resource not found")
            if method == "GET":
                return 200, kept[resource_id]
            changed = {**kept[resource_id], **body}
            kept[resource_id] = {name: value for name, value in changed.items() if value is not None}
            return 200, kept[resource_id]


REASONS = {400: "invalidResource", 403: "permissionDenied", 404: "classNotFound", 409: "existingResource"}
GENERAL = "Request contains an invalid argument."


def _error(code: int, message: str, field: str = "") -> dict[str, Any]:
    """An error as Google Wallet words it, or (with a field) as all of Google's interfaces do."""
    if not field:
        one = {"message": message, "domain": "walletobjects", "reason": REASONS.get(code, "backendError")}
        return {"error": {"code": code, "message": message, "errors": [one]}}
    violation = {"field": field, "description": message}
    details = [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}]
    one = {"message": GENERAL, "domain": "global", "reason": "badRequest"}
    told = {"code": code, "message": GENERAL, "errors": [one], "status": "INVALID_ARGUMENT"}
    return {"error": told | {"details": details}}


class _Handler(BaseHTTPRequestHandler):
    """What one connection asks of the Google that a subclass names."""

    google: FakeGoogle
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.startswith("/walletobjects/"):
            self.rest("GET")
            return
        self.google.keys_fetched += 1
        headers = (
            {}
            if self.google.keys_max_age is None
            else {"Cache-Control": f"max-age={self.google.keys_max_age}"}
        )
        trouble = self.google.trouble("KEYS")
        self.answer(trouble.status or 200, {"keys": self.google.root_keys}, headers)

    def do_POST(self) -> None:
        if self.path == "/token":
            form = parse_qs(self.body().decode())
            trouble = self.google.trouble("TOKEN")
            self.answer(*((trouble.status, {}) if trouble.status else self.google.give_token(form)))
        else:
            self.rest("POST")

    def do_PATCH(self) -> None:
        self.rest("PATCH")

    def rest(self, method: str) -> None:
        body = json.loads(self.body() or b"{}")
        kind, _, resource_id = self.path.removeprefix("/walletobjects/v1/").partition("/")
        trouble = self.google.trouble(method)
        if self.headers["Authorization"] not in self.google.accepted_tokens:
            self.google.refused += 1
            self.answer(401, _error(401, "Invalid credentials"))
            return
        if trouble.hangs:
            self.google.is_hanging.set()
            self.google.may_go_on.wait(trouble.hangs)
        if trouble.status:
            self.google.requests.append(
                Request(method, kind, resource_id or body["id"], body, time.monotonic())
            )
            self.answer(trouble.status, _error(trouble.status, "told so"), trouble.headers)
            return
        status, content = self.google.apply(method, kind, resource_id, body)
        if not self.google.answers_in_full and status == 200:
            content = {}
        if trouble.is_dropped:
            self.close_connection = True
            self.connection.close()
            return
        self.answer(status, content)

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"] or 0))

    def answer(self, status: int, content: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        data = json.dumps(content).encode()
        try:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            self.close_connection = True  # nobody waited for it

    def log_message(self, *_arguments: object) -> None:
        pass
