"""The certificate that customers' browsers are shown, as far as it can be seen from here, and until when it holds."""

import socket
import ssl
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from django.utils import timezone

SECONDS = 5.0
SOON = timedelta(days=14)


def ends_at(address: str) -> datetime | None:
    """When the certificate of an address ends; None for one without TLS. Who has signed it is not looked at.

    Raises OSError where nobody answers there, or not with TLS.
    """
    place = urlsplit(address)
    if place.scheme != "https" or not place.hostname:
        return None
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # an ended one is to be read, too
    with (
        socket.create_connection((place.hostname, place.port or 443), timeout=SECONDS) as line,
        context.wrap_socket(line, server_hostname=place.hostname) as speech,
    ):
        shown = speech.getpeercert(binary_form=True)
    return x509.load_der_x509_certificate(shown).not_valid_after_utc if shown else None


def problem(ends: datetime) -> str:
    """What is wrong with a certificate that ends then, in words; empty while nothing is."""
    now = timezone.now()
    if ends <= now:
        return f"it ended at {ends:%Y-%m-%d %H:%M} UTC"
    return f"it ends in {(ends - now) // timedelta(days=1)} days" if ends - now < SOON else ""
