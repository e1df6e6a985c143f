"""What an app of codes reckons (RFC 6238); without Django, for who looks at a site from outside."""

import hmac
import struct
import time
from base64 import b32decode
from hashlib import sha1


def code_of(secret: str, at: float | None = None) -> str:
    """What an app shows."""
    counter = struct.pack(">Q", int((time.time() if at is None else at) // 30))
    digest = hmac.new(b32decode(secret), counter, sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"
