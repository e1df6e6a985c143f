"""Google's signed word that somebody saved or deleted a pass. Pure, but for the fetched keys it is given.

    {"signature", "protocolVersion": "ECv2SigningOnly",
     "intermediateSigningKey": {"signedKey", "signatures"}, "signedMessage"}

Google's root keys sign an intermediate key, and that signs the message. Both signatures (ECDSA P-256, SHA-256) are
over parts of which each is led by its length: 4 bytes, little-endian, counted in bytes. Source: Google Wallet,
"Use callbacks and notifications"; Tink's PaymentMethodTokenRecipient.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

PROTOCOL = "ECv2SigningOnly"
SENDER = "GooglePayPasses"
EVENTS = frozenset({"save", "del"})


class NotGoogle(Exception):
    """The message cannot be shown to come from Google, or has expired. `unknown_key`: newer root keys may help."""

    def __init__(self, reason: str, *, unknown_key: bool = False) -> None:
        self.unknown_key = unknown_key
        super().__init__(reason)


@dataclass(frozen=True)
class Message:
    """What happened to an object: event is "save" or "del"; expires_at in milliseconds since 1970."""

    event: str
    object_id: str
    class_id: str
    nonce: str
    expires_at: int


def signed_bytes(*parts: str) -> bytes:
    """The bytes that a signature is over."""
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "little") + part for part in encoded)


def verify(envelope: Any, *, root_keys: Iterable[Mapping[str, Any]], issuer_id: str, now: int) -> Message:
    """Check a callback's body (parsed JSON) and return its message; `now` in milliseconds. Raises NotGoogle."""
    if not isinstance(envelope, dict) or envelope.get("protocolVersion") != PROTOCOL:
        raise NotGoogle("not this protocol")
    intermediate = envelope.get("intermediateSigningKey")
    if not isinstance(intermediate, dict) or not isinstance(intermediate.get("signatures"), list):
        raise NotGoogle("no intermediate key")
    signed_key = _text(intermediate, "signedKey")
    if not _signed_by_root(signed_key, intermediate["signatures"], root_keys, now):
        raise NotGoogle("no root key has signed the intermediate key", unknown_key=True)
    key = _object(signed_key)
    if expires_at(key) <= now:
        raise NotGoogle("the intermediate key has expired")
    text = _text(envelope, "signedMessage")
    data = signed_bytes(SENDER, issuer_id, PROTOCOL, text)
    if not _is_signed(data, envelope.get("signature"), key.get("keyValue")):
        raise NotGoogle("the message is not signed")
    return _message(_object(text), now)


def _signed_by_root(text: str, signatures: list[Any], keys: Iterable[Mapping[str, Any]], now: int) -> bool:
    data = signed_bytes(SENDER, PROTOCOL, text)
    good = [
        key.get("keyValue")
        for key in keys
        if key.get("protocolVersion") == PROTOCOL and _expires_after(key, now)
    ]
    return any(_is_signed(data, signature, key) for signature in signatures[:10] for key in good)


def expires_at(key: Mapping[str, Any]) -> int:
    """When a key expires, in milliseconds since 1970; long ago where that cannot be read."""
    return _milliseconds(key.get("keyExpiration"))


def _expires_after(key: Mapping[str, Any], now: int) -> bool:
    """A root key without an expiry holds for ever."""
    return "keyExpiration" not in key or expires_at(key) > now


def _is_signed(data: bytes, signature: Any, key: Any) -> bool:
    try:
        public = load_der_public_key(base64.b64decode(key, validate=True))
        if not isinstance(public, ec.EllipticCurvePublicKey):
            return False
        public.verify(base64.b64decode(signature, validate=True), data, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, binascii.Error):
        return False
    return True


def _message(content: Mapping[str, Any], now: int) -> Message:
    """What else stands in it (there is a `count`, for one) is left aside."""
    message = Message(
        event=_text(content, "eventType"),
        object_id=_text(content, "objectId"),
        class_id=str(content.get("classId", "")),
        nonce=_text(content, "nonce"),
        expires_at=_milliseconds(content.get("expTimeMillis")),
    )
    if message.event not in EVENTS:
        raise NotGoogle("not an event that we know")
    if message.expires_at <= now:
        raise NotGoogle("the message has expired")
    return message


def _object(text: str) -> Mapping[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotGoogle("not JSON") from error
    if not isinstance(content, dict):
        raise NotGoogle("not an object")
    return content


def _text(content: Mapping[str, Any], name: str) -> str:
    text = content.get(name)
    if not isinstance(text, str) or not text:
        raise NotGoogle(f"no {name}")
    try:
        text.encode()
    except UnicodeEncodeError as error:  # a lone surrogate
        raise NotGoogle(f"{name} is not Unicode") from error
    return text


def _milliseconds(value: Any) -> int:
    """A time that Google writes as a number or as text; 0, long ago, for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return 0
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
