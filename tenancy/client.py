"""Who is calling, as far as the network tells."""

from django.conf import settings
from django.http import HttpRequest


def address(request: HttpRequest) -> str:
    """The client's address.

    Behind TRUSTED_PROXY_COUNT proxies it is that many places from the end of X-Forwarded-For; what stands further
    left could have been sent by anyone.
    """
    count = settings.TRUSTED_PROXY_COUNT
    if count:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= count:
            return hops[-count]
    return request.META.get("REMOTE_ADDR", "")


def agent(request: HttpRequest) -> str:
    """The client's program, cut to what the ledger keeps."""
    return request.headers.get("User-Agent", "")[:200]
