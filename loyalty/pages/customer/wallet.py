"""Which wallet buttons a page offers: those that are provided, and of these the ones that the device can use."""

from typing import Any

from django.http import HttpRequest

from groundwork.web.devices import platform_of
from loyalty.models import LoyaltyCard
from loyalty.ports import wallets


def wallet_buttons(card: LoyaltyCard, request: HttpRequest) -> list[dict[str, Any]]:
    """The buttons ({platform, url, label}) that the wallet app provides for a card, as far as the device fits.

    A desktop is offered every badge, to pass the card on to a phone.
    """
    buttons = [button for app in wallets for button in app.wallet_buttons(card, request)]
    return [button for button in buttons if platform_of(request) in ("", button["platform"])]
