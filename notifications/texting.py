"""Handing a text message to whoever carries it, and what their answers mean. No database here.

Each way is a small class; the settings say which one: SMS_URL a provider's, SMS_FILE_PATH a folder for trying things
out, neither of them none.
"""

import secrets
import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import httpx
from django.conf import settings

from groundwork.queue.breaker import Breaker
from notifications.models import Fault
from notifications.posting import Failure

TIMEOUT = httpx.Timeout(10.0)
# httpx lets some errors of TLS and sockets through as they are.
NETWORK_TROUBLE = (httpx.HTTPError, ssl.SSLError, OSError)
# What may be otherwise a little later: too many at once, and what an operator has to mend.
PASSES = (401, 402, 403, 404, 408, 409, 425, 429)


@dataclass(frozen=True)
class Text:
    """A message: the number, the words, and the `reference` that stays the same however often it is handed over."""

    to: str
    text: str
    reference: str


class Carrier(Protocol):
    """A way to people's phones."""

    def send(self, message: Text) -> Failure | None:
        """Hand a message over; None if it was taken. Raises nothing."""
        ...


class FileCarrier:
    """Each message becomes a file in a folder, complete from its first appearance."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: Text) -> Failure | None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{datetime.now():%Y%m%d-%H%M%S-%f}-{secrets.token_hex(3)}.txt"
        unfinished = self.folder / f".{name}.part"
        unfinished.write_text(f"To: {message.to}\n\n{message.text}\n")
        unfinished.rename(self.folder / name)
        return None


class HttpCarrier:
    """A provider, or a gateway before one, that takes JSON: `to` (E.164), `from`, `text` and `reference`."""

    def __init__(self, url: str, *, token: str, sender: str) -> None:
        self.url, self.sender = url, sender
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def send(self, message: Text) -> Failure | None:
        words = {"to": message.to, "from": self.sender, "text": message.text, "reference": message.reference}
        headers = self.headers | {"Idempotency-Key": message.reference}
        try:
            response = httpx.post(self.url, json=words, headers=headers, timeout=TIMEOUT)
        except NETWORK_TROUBLE as error:
            silent = isinstance(error, httpx.TimeoutException)
            return Failure(Fault.UNREACHABLE, type(error).__name__, silent=silent)
        return failure_of(response.status_code)


def failure_of(status: int) -> Failure | None:
    """What a provider's answer means: 2xx is taken, 4xx refused for good, all else may be otherwise later."""
    if 200 <= status < 300:
        return None
    if 400 <= status < 500 and status not in PASSES:
        return Failure(Fault.REFUSED, f"HTTP {status}", permanent=True, about_address=True)
    return Failure(Fault.DEFERRED, f"HTTP {status}")


def carrier() -> Carrier | None:
    """The way that is set up; None if there is none."""
    if settings.SMS_URL:
        return HttpCarrier(settings.SMS_URL, token=settings.SMS_TOKEN, sender=settings.SMS_SENDER)
    return FileCarrier(Path(settings.SMS_FILE_PATH)) if settings.SMS_FILE_PATH else None


_breakers: dict[str, Breaker] = {}


def breaker() -> Breaker:
    """Whether the way that is set up hangs, as this process knows it."""
    return _breakers.setdefault(settings.SMS_URL, Breaker())


def can_text() -> bool:
    """Whether text messages are sent at all."""
    return carrier() is not None
