"""Secrets that are needed again as they are, encrypted at rest under settings.SECRET_KEY; hashes will not do for them.

SEALED = Seal("webhooks.endpoint")
SEALED.open(SEALED.close("whsec_..."))
"""

import base64
from dataclasses import dataclass
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


@dataclass(frozen=True)
class Seal:
    """What is sealed for one purpose is opened for that one alone."""

    purpose: str

    def close(self, text: str) -> str:
        """A text, encrypted under our present key."""
        return self._keys().encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """The text, also under a key of before (settings.SECRET_KEY_FALLBACKS); None if no key of ours opens it."""
        try:
            return self._keys().decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None

    def renewed(self, sealed: str) -> str | None:
        """The same under our present key, so that one of before can be given up; None if there is nothing to do."""
        try:
            self._key(settings.SECRET_KEY).decrypt(sealed.encode())
        except InvalidToken:
            text = self.open(sealed)
            return None if text is None else self.close(text)
        return None

    def _key(self, secret: str) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(sha256(f"{self.purpose}:{secret}".encode()).digest()))

    def _keys(self) -> MultiFernet:
        return MultiFernet(
            [self._key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
        )
