"""What a browser says about the device that it runs on."""

import re
from collections.abc import Mapping

from django.http import HttpRequest

PLATFORMS: Mapping[str, re.Pattern[str]] = {
    "apple": re.compile(r"iPhone|iPod"),  # an iPad has no Wallet: the code that it shows is for the telephone
    "google": re.compile(r"Android"),
}


def platform_of(request: HttpRequest) -> str:
    """Whose telephone it is, "apple" or "google"; empty for any other device, an iPad among them."""
    user_agent = request.headers.get("User-Agent", "")
    return next((name for name, device in PLATFORMS.items() if device.search(user_agent)), "")
