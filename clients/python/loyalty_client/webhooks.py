"""Verifies webhooks: messages of Standard Webhooks, signed with an endpoint's secret."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Mapping

from loyalty_client.errors import LoyaltyError
from loyalty_client.models import Event

TOLERANCE = 300  # seconds that a message may be old, or ahead


class NotGenuine(LoyaltyError):
    """A message that the site did not send, or sent long ago: answer 400, and do nothing."""


def verify(
    body: bytes, headers: Mapping[str, str], secrets: str | Iterable[str], *, now: float | None = None
) -> Event:
    """The event in a message, if one of the secrets has signed it. Its `id` is the same whenever it is repeated.

    Parameters: body - as its bytes came; headers - of the request; secrets - `whsec_...`, several while one is changed;
    now - seconds since 1970. Raises NotGenuine.
    """
    small = {name.lower(): value for name, value in headers.items()}
    try:
        event_id, sent = small["webhook-id"], small["webhook-timestamp"]
        signatures = small["webhook-signature"].split(" ")
        age = (time.time() if now is None else now) - int(sent)
    except (KeyError, ValueError) as error:
        raise NotGenuine("a header is missing or means nothing") from error
    if abs(age) > TOLERANCE:
        raise NotGenuine("too old, or ahead")
    content = f"{event_id}.{sent}.".encode() + body
    wanted = [_signature(secret, content) for secret in ([secrets] if isinstance(secrets, str) else secrets)]
    if not any(hmac.compare_digest(one.encode(), given.encode()) for one in wanted for given in signatures):
        raise NotGenuine("no signature fits")
    message = json.loads(body)
    return {
        "id": event_id,
        "type": message["type"],
        "timestamp": message["timestamp"],
        "data": message["data"],
    }


def _signature(secret: str, content: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("A secret is `whsec_` and base64.") from error
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
