"""What is the same whomever we ask: trouble on the network, and Retry-After; and asking ourselves."""

import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

# httpx lets some errors of TLS and sockets through as they are.
NETWORK_TROUBLE = (httpx.HTTPError, ssl.SSLError, OSError)
LONGEST_WAIT = timedelta(hours=1)
PATIENT = 10.0  # seconds, at each step


def as_a_phone(address: str) -> httpx.Response:
    """What a phone is answered at an address of ours. Raises NETWORK_TROUBLE."""
    return httpx.get(address, headers={"User-Agent": "Wallet/1.0 (iPhone)"}, timeout=PATIENT)


def retry_after(response: httpx.Response) -> timedelta | None:
    """How long the other side asks us to wait (at most an hour); None if it does not say, or not readably."""
    text = response.headers.get("Retry-After", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=min(int(text[:9]), LONGEST_WAIT.total_seconds()))
    else:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError):
            return None
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)
    return min(max(wait, timedelta()), LONGEST_WAIT)
