"""Which wallet buttons a page offers: those that are provided, and of these the ones that the device can use."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from loyalty.models import LoyaltyCard
from loyalty.ports import wallets

# The devices with a wallet of their own; a desktop is offered every badge, to pass the card on to a phone.
DEVICES: Mapping[str, re.Pattern[str]] = {
    "apple": re.compile(r"iPhone|iPad|iPod"),
    "google": re.compile(r"Android"),
}


def wallet_buttons(card: LoyaltyCard, request: HttpRequest) -> list[dict[str, Any]]:
    """The buttons ({platform, url, label}) that the wallet app provides for a card, as far as the device fits."""
    buttons = [button for app in wallets for button in app.wallet_buttons(card, request)]
    own = platform_of(request)
    return [button for button in buttons if own in ("", button["platform"])]


def platform_of(request: HttpRequest) -> str:
    """The wallet that the asking device has of its own; empty where it has none."""
    user_agent = request.headers.get("User-Agent", "")
    return next((platform for platform, device in DEVICES.items() if device.search(user_agent)), "")
