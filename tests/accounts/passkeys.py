"""A device that keeps passkeys, as far as a site sees it: it registers one, and answers with it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.urls import reverse
from fido2.cose import ES256
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

HOST = "localhost"  # where a browser has passkeys without TLS
IS_THERE, IS_VERIFIED, HAS_CREDENTIAL = 1, 4, 64


def coded(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


class Device:
    """One with one passkey; `count` is how often it has been used, which goes into what it signs."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = sha256(str(id(self.key)).encode()).digest()
        self.count = 0
        self.owner = ""

    def _about(self, flags: int, credential: bytes = b"") -> AuthenticatorData:
        place = sha256(HOST.encode()).digest()
        self.count += 1
        return AuthenticatorData(place + bytes([flags]) + self.count.to_bytes(4, "big") + credential)

    def _said(self, kind: str, options: dict[str, Any], **said: Any) -> dict[str, Any]:
        about = {"type": kind, "challenge": options["challenge"], "origin": f"http://{HOST}"}
        return {"clientDataJSON": coded(json.dumps(about).encode()), **said}

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        name = coded(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}

    def registers(self, options: dict[str, Any]) -> dict[str, Any]:
        """What it says of a new passkey."""
        self.owner = options["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        kept = AttestedCredentialData.create(bytes(16), self.id, public)
        made = AttestationObject.create(
            "none", self._about(IS_THERE | IS_VERIFIED | HAS_CREDENTIAL, bytes(kept)), {}
        )
        return self._credential(self._said("webauthn.create", options, attestationObject=coded(bytes(made))))

    def answers(self, options: dict[str, Any]) -> dict[str, Any]:
        """What it says when it is asked."""
        said = self._said("webauthn.get", options)
        about = bytes(self._about(IS_THERE | IS_VERIFIED))
        text = urlsafe_b64decode(said["clientDataJSON"] + "==")
        signature = self.key.sign(about + sha256(text).digest(), ec.ECDSA(hashes.SHA256()))
        given = {"authenticatorData": coded(about), "signature": coded(signature), "userHandle": self.owner}
        return self._credential(said | given)


def asked(page: Any) -> dict[str, Any]:
    """What a page of the site wants answered by a passkey."""
    given = page.json() if page["Content-Type"] == "application/json" else page.context["js_data"]
    (options,) = given.values()
    return json.loads(json.dumps(options, default=dict))["publicKey"]


def has_passkey(client: Client) -> Device:
    """Add a passkey as somebody who is signed in."""
    device, place = Device(), reverse("mfa_add_webauthn")
    sent = device.registers(asked(client.get(place, HTTP_HOST=HOST)))
    assert client.post(place, {"credential": json.dumps(sent)}, HTTP_HOST=HOST).status_code == 302
    return device


def come_in(client: Client, device: Device, **changes: Any):
    """Sign in by a passkey alone."""
    place = reverse("mfa_login_webauthn")
    options = asked(client.get(place, HTTP_HOST=HOST, HTTP_ACCEPT="application/json"))
    sent = device.answers(options) | changes
    return client.post(place, {"credential": json.dumps(sent)}, HTTP_HOST=HOST)
