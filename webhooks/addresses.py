"""Which addresses may be called: public ones, over https, as they are resolved at that very moment.

A name is resolved once, all it leads to is looked at, and what was looked at is connected to: a name that leads
elsewhere a moment later leads nobody into our own network. settings.WEBHOOKS_ALLOW_PRIVATE lets http and private
addresses through, for a demo.
"""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from webhooks.errors import EndpointNotAllowed

LONGEST = 500
PORTS = {"https": 443, "http": 80}
FIRST_FREE_PORT = 1024
PLAIN = re.compile(
    r"[\x21-\x5b\x5d-\x7e]+"
)  # no spaces, no controls, no backslash, which some take for a slash
# All that was ever given out of IPv6 lies in here: no site's own addresses (fec0::/10), and no IPv4 address in disguise
# but these, which is what is reached in the end (Teredo, 6to4).
GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
TRANSLATED = [ipaddress.IPv6Network(network) for network in ("2001::/32", "2002::/16")]


@dataclass(frozen=True)
class Target:
    """An address in its parts; `path` with its query."""

    scheme: str
    host: str
    port: int
    path: str


def parsed(url: str) -> Target:
    """An address that may be called as far as its text says. Raises EndpointNotAllowed."""
    if len(url) > LONGEST or not PLAIN.fullmatch(url):
        raise EndpointNotAllowed()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise EndpointNotAllowed() from None
    scheme, host = parts.scheme, (parts.hostname or "").removesuffix(".")  # certificates name no root
    if scheme not in PORTS or not host or "@" in parts.netloc or parts.fragment:
        raise EndpointNotAllowed()
    port = PORTS[scheme] if port is None else port
    is_public = scheme == "https" and (port == PORTS["https"] or port >= FIRST_FREE_PORT)
    if not (is_public or settings.WEBHOOKS_ALLOW_PRIVATE):
        raise EndpointNotAllowed()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme, host, port, path)


def resolved(target: Target) -> str:
    """The IP address to connect to. Raises OSError if there is none, EndpointNotAllowed if any is not public."""
    found = look_up(target.host, target.port)
    if not settings.WEBHOOKS_ALLOW_PRIVATE and not all(map(is_public, found)):
        raise EndpointNotAllowed()
    return found[0]


def look_up(host: str, port: int) -> list[str]:
    """All IP addresses of a name. Raises OSError if there are none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label that is empty or too long
        raise OSError("no such name") from error
    return [str(each[4][0]) for each in found]


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody may reach, whichever way it is written."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip not in GIVEN_OUT or any(ip in network for network in TRANSLATED):
            return False
    return ip.is_global and not ip.is_multicast


def require_allowed(url: str) -> None:
    """Raise EndpointNotAllowed for an address that may not be called; a name that leads nowhere yet may be one."""
    target = parsed(url)
    try:
        resolved(target)
    except OSError:
        return
