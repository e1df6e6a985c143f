"""Signs callbacks as Google does: root keys sign an intermediate key, and that signs the message."""

import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.wallet.conftest import ISSUER

PROTOCOL = "ECv2SigningOnly"
HOUR = 3600


def new_key() -> EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public(key: EllipticCurvePrivateKey) -> str:
    data = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(data).decode()


def signed(key: EllipticCurvePrivateKey, *parts: str) -> str:
    """A signature over parts, each led by its length in bytes, little-endian."""
    data = b""
    for part in parts:
        data += len(part.encode()).to_bytes(4, "little") + part.encode()
    return base64.b64encode(key.sign(data, ec.ECDSA(hashes.SHA256()))).decode()


def in_seconds(seconds: float) -> int:
    """A moment from now, in milliseconds since 1970."""
    return int((time.time() + seconds) * 1000)


@dataclass
class Signer:
    """Google's keys, and what can be wrong with a message: each part can be said otherwise."""

    root: EllipticCurvePrivateKey = field(default_factory=new_key)
    intermediate: EllipticCurvePrivateKey = field(default_factory=new_key)
    root_expires: int = field(default_factory=lambda: in_seconds(HOUR))
    intermediate_expires: int = field(default_factory=lambda: in_seconds(HOUR))
    issuer: str = ISSUER
    sender: str = "GooglePayPasses"

    @property
    def root_keys(self) -> list[dict[str, Any]]:
        """What stands at Google's address for keys."""
        return [
            {
                "keyValue": public(self.root),
                "protocolVersion": PROTOCOL,
                "keyExpiration": str(self.root_expires),
            }
        ]

    def callback(self, event: str, object_id: str, *, nonce: str = "n-1", **message: Any) -> dict[str, Any]:
        """The body of a callback."""
        content = {
            "classId": f"{ISSUER}.class",
            "objectId": object_id,
            "eventType": event,
            "expTimeMillis": in_seconds(HOUR),
            "count": 1,
            "nonce": nonce,
        }
        text = json.dumps(content | message)
        key = {"keyValue": public(self.intermediate), "keyExpiration": str(self.intermediate_expires)}
        signed_key = json.dumps(key)
        return {
            "signature": signed(self.intermediate, self.sender, self.issuer, PROTOCOL, text),
            "intermediateSigningKey": {
                "signedKey": signed_key,
                "signatures": [signed(self.root, self.sender, PROTOCOL, signed_key)],
            },
            "protocolVersion": PROTOCOL,
            "signedMessage": text,
        }
