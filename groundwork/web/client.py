"""Who is calling, as far as the network tells."""

from ipaddress import IPv6Address, IPv6Network, ip_address

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
        if len(hops) >= count and (told := _address(hops[-count])):
            return told
    return _address(request.META.get("REMOTE_ADDR", ""))


def _address(text: str) -> str:
    """The address of "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]" or "[2001:db8::1]:4711"; else ""."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        read = ip_address(text)
    except ValueError:
        return ""
    return str((isinstance(read, IPv6Address) and read.ipv4_mapped) or read)


def network(request: HttpRequest) -> str:
    """Whose calls count together: an IPv4 address, or the /64 of IPv6 in which a caller chooses freely."""
    told = address(request)
    if ":" not in told:
        return told
    return str(IPv6Network((int(IPv6Address(told)), 64), strict=False))


def agent(request: HttpRequest) -> str:
    """The client's program, cut to what the ledger keeps."""
    return request.headers.get("User-Agent", "").replace("\0", "")[:200]
