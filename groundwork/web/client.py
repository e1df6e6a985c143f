"""Who is calling, as far as the network tells."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def address(request: HttpRequest) -> str:
    """The client's address; empty if it has none, as over a Unix socket.

    Behind TRUSTED_PROXY_COUNT proxies it is that many places from the end of X-Forwarded-For; what stands further
    left could have been sent by anyone.
    """
    count = settings.TRUSTED_PROXY_COUNT
    if count:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= count and _is_address(hops[-count]):
            return hops[-count]
    peer = request.META.get("REMOTE_ADDR", "")
    return peer if _is_address(peer) else ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def agent(request: HttpRequest) -> str:
    """The client's program, cut to what the ledger keeps."""
    return request.headers.get("User-Agent", "").replace("\0", "")[:200]
