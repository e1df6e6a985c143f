"""An identity provider on loopback: discovery, keys, tokens and user info over real HTTP, signed with RS256."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import time
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CLIENT, SECRET = "loyalty", "a-client-secret"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class IdentityProvider:
    """Who is signed in there (`person`), and what it does wrong, if anything."""

    address: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    token_changes: dict[str, Any] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = KEY
    instead: dict[str, Any] = field(default_factory=dict)  # what it answers, by path
    faults: dict[str, str] = field(default_factory=dict)  # "away" or "junk", by path
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    def answer(self, path: str, body: str) -> Any:
        if path in self.instead:
            return self.instead[path]
        if path.endswith("/openid-configuration"):
            return {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "userinfo_endpoint": f"{self.address}/userinfo",
                "jwks_uri": f"{self.address}/keys",
            }
        if path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            return {"keys": [public | {"kid": "one", "alg": "RS256", "use": "sig"}]}
        if path == "/userinfo":
            return self.person
        self.asked.append(parse_qs(body))
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": self.token()}

    def token(self) -> str:
        return jwt.encode(self.claims(), self.key, algorithm="RS256", headers={"kid": "one"})

    def claims(self) -> dict[str, Any]:
        now = int(time())
        said = {"iss": self.address, "aud": CLIENT, "sub": self.person["sub"], "iat": now, "exp": now + 60}
        return {name: value for name, value in (said | self.token_changes).items() if value is not None}

    def unsigned(self) -> str:
        return jwt.encode(self.claims(), None, algorithm="none", headers={"kid": "one"})

    def signed_by_the_public_key(self) -> str:
        """Which everybody has, taken for a secret that two share."""
        public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        head = jwt.encode(self.claims(), "x" * 32, algorithm="HS256", headers={"kid": "one"}).rpartition(".")[
            0
        ]
        return (
            f"{head}.{urlsafe_b64encode(hmac.digest(public, head.encode(), 'sha256')).decode().rstrip('=')}"
        )

    def without_a_key_id(self) -> str:
        return jwt.encode(self.claims(), self.key, algorithm="RS256")


@contextmanager
def running() -> Iterator[IdentityProvider]:
    """One that answers, for as long as the block lasts."""
    provider = IdentityProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            answer = json.dumps(provider.answer(self.path, self.rfile.read(length).decode())).encode()
            fault = provider.faults.get(self.path)
            answer = b"<html>" if fault == "junk" else answer
            self.send_response(503 if fault == "away" else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
