"""Telling devices, through APNs, that a pass has changed. Source: Apple, "Sending notification requests to APNs".

One HTTP/2 connection with many streams; our certificate in TLS is the pass certificate. The push itself is empty:
the device then asks our web service what is new.
"""

import asyncio
import json
import secrets
import ssl
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path

import certifi
import httpx
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from wallet.apple.signing import Signer
from wallet.config import AppleConfig
from wallet.credentials import Secret
from wallet.errors import CredentialError
from wallet.http import NETWORK_TROUBLE, retry_after

AT_ONCE = 100
TIMEOUT = httpx.Timeout(10.0, pool=60.0)

# A GOAWAY in the middle, or a connection that was cut: the push goes again at once, over a new one. A crowd of pushes
# may meet several.
CONNECTION_ENDED = (httpx.ProtocolError, httpx.ReadError, httpx.WriteError)
RECONNECTIONS = 5

DROPPED = frozenset({"BadDeviceToken", "DeviceTokenNotForTopic"})
OURS_TO_MEND = frozenset(
    {
        "BadCertificate",
        "BadCertificateEnvironment",
        "BadPriority",
        "BadTopic",
        "ExpiredProviderToken",
        "Forbidden",
        "InvalidProviderToken",
        "InvalidPushType",
        "MissingProviderToken",
        "MissingTopic",
        "TopicDisallowed",
    }
)


class Outcome(Enum):
    """What becomes of a push: done; the registration ends; we must be mended; or try later."""

    DELIVERED = "delivered"
    GONE = "gone"
    MISCONFIGURED = "misconfigured"
    LATER = "later"


@dataclass(frozen=True)
class Answer:
    """What APNs said to one token. `gone_since`: the registration ends unless it was renewed after that."""

    outcome: Outcome
    reason: str = ""
    wait: timedelta | None = None
    gone_since: datetime | None = None
    unreachable: bool = False
    is_about_token: bool = False  # it says nothing about how pushes to others would fare


def judge(response: httpx.Response) -> Answer:
    """Read APNs's answer."""
    if response.status_code == 200:
        return Answer(Outcome.DELIVERED)
    reason, since = _reason(response)
    if response.status_code == 410:
        return Answer(Outcome.GONE, reason or "Unregistered", gone_since=since)
    if reason in DROPPED:
        return Answer(Outcome.GONE, reason)
    if reason in OURS_TO_MEND or response.status_code in (401, 403):
        return Answer(Outcome.MISCONFIGURED, reason or f"HTTP {response.status_code}")
    return Answer(
        Outcome.LATER,
        reason or f"HTTP {response.status_code}",
        wait=retry_after(response),
        is_about_token=response.status_code == 429,
    )


def _reason(response: httpx.Response) -> tuple[str, datetime | None]:
    """The reason and the timestamp (milliseconds since 1970) of a refusal; nothing of what cannot be read."""
    try:
        body = json.loads(response.content or b"{}")
        reason, stamp = body.get("reason"), body.get("timestamp")
        since = datetime.fromtimestamp(stamp / 1000, UTC) if isinstance(stamp, int | float) else None
    except (ValueError, AttributeError, OverflowError, OSError):
        return "", None
    return (reason if isinstance(reason, str) else ""), since


def push(config: AppleConfig, tokens: Iterable[str]) -> dict[str, Answer]:
    """Push to each token once; returns token -> answer. Raises nothing for what the network does."""
    wanted = list(tokens)
    try:
        context = tls_context(config.signer, config.push_ca)
    except (CredentialError, ssl.SSLError, ValueError) as error:
        return dict.fromkeys(wanted, Answer(Outcome.MISCONFIGURED, str(error)))
    return asyncio.run(_push_all(config, context, wanted)) if wanted else {}


async def _push_all(config: AppleConfig, context: ssl.SSLContext, tokens: list[str]) -> dict[str, Answer]:
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
    async with httpx.AsyncClient(
        verify=context, http1=False, http2=True, limits=limits, timeout=TIMEOUT, base_url=config.push_url
    ) as client:
        run = _Run(client, config.pass_type_id)
        answers = await asyncio.gather(*(run.push(token) for token in tokens))
    return dict(zip(tokens, answers, strict=True))


class _Run:
    """One batch of pushes over one connection; stops asking once it is clear that we are misconfigured."""

    def __init__(self, client: httpx.AsyncClient, topic: str) -> None:
        self.client = client
        self.headers = {"apns-topic": topic, "apns-push-type": "background", "apns-priority": "5"}
        self.at_once = asyncio.Semaphore(AT_ONCE)
        self.stopped_by: Answer | None = None

    async def push(self, token: str) -> Answer:
        async with self.at_once:
            if self.stopped_by is not None:
                return self.stopped_by
            answer = await self._ask(token)
            if answer.outcome is Outcome.MISCONFIGURED:
                self.stopped_by = answer
            return answer

    async def _ask(self, token: str) -> Answer:
        fault = ""
        for _connection in range(1 + RECONNECTIONS):
            try:
                return judge(await self._post(token))
            except CONNECTION_ENDED as error:
                fault = type(error).__name__
            except NETWORK_TROUBLE as error:
                fault = type(error).__name__
                break
        return Answer(Outcome.LATER, fault, unreachable=True)

    async def _post(self, token: str) -> httpx.Response:
        return await self.client.post(f"/3/device/{token}", headers=self.headers, content=b"{}")


def tls_context(signer: Signer, authorities: str = "") -> ssl.SSLContext:
    """TLS with the pass certificate as ours; `authorities` (file, base64 or PEM) in place of the usual roots.

    Python reads a key only from a file: it lies there for a moment, readable by us alone, encrypted with a password
    that was made for that moment.
    """
    if authorities:
        roots = Secret("WALLET_APPLE_PUSH_CA", authorities).read()
        # Python takes PEM as text and DER as bytes.
        context = ssl.create_default_context(cadata=roots.decode() if b"-----BEGIN" in roots else roots)
    else:
        context = ssl.create_default_context(cafile=certifi.where())
    password = secrets.token_hex(16).encode()
    key = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))
    chain = signer.certificate.public_bytes(Encoding.PEM) + signer.intermediate.public_bytes(Encoding.PEM)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pass.pem"
        file.touch(mode=0o600)
        file.write_bytes(key + chain)
        context.load_cert_chain(file, password=password.decode())
    return context
