"""The "save to Google Wallet" link: a signed token that names an object which exists already. Source: Google.

It stays under 1800 characters, which browsers and mail programs pass on whole. Made when asked for, never
stored.
"""

from collections.abc import Mapping
from typing import Any

import jwt

from wallet.config import GoogleConfig

SAVE_ADDRESS = "https://pay.google.com/gp/v/save/"


def save_link(
    config: GoogleConfig,
    *,
    object_id: str,
    class_id: str,
    origin: str,
    issued_at: int,
    contents: Mapping[str, Any] | None = None,
) -> str:
    """The link for one object; `origin` is scheme://host of our site, `issued_at` in seconds since 1970.

    With `contents` Google makes an object that it does not have yet.
    """
    claims = {
        "iss": config.email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": issued_at,
        "origins": [origin],
        "payload": {"loyaltyObjects": [{"id": object_id, "classId": class_id, **(contents or {})}]},
    }
    headers = {"kid": config.private_key_id} if config.private_key_id else None
    return SAVE_ADDRESS + jwt.encode(claims, config.private_key, algorithm="RS256", headers=headers)
