"""The way into a wallet: the buttons that a page offers, and the one link that fits every device."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from groundwork.formats import qr
from groundwork.web.devices import platform_of
from loyalty import links
from loyalty.models import LoyaltyCard
from loyalty.pages.access import card_page, looks
from loyalty.ports import wallets


def wallet_buttons(card: LoyaltyCard, request: HttpRequest) -> list[dict[str, Any]]:
    """The buttons ({platform, url, label}) that the wallet app provides for a card, as far as the device fits.

    A desktop is offered every badge, to pass the card on to a phone.
    """
    buttons = [button for app in wallets for button in app.wallet_buttons(card, request)]
    return [button for button in buttons if platform_of(request) in ("", button["platform"])]


@require_safe
@card_page
def wallet(request: HttpRequest, card: LoyaltyCard) -> HttpResponse:
    """One link for both wallets: on a phone that has one of them, the pass itself.

    On any other device both buttons, and this address as a QR code for the phone; where there is nothing to choose
    from, the card.
    """
    for app in wallets:
        if (answer := app.into_wallet(card, request)) is not None:
            return answer
    buttons = wallet_buttons(card, request)
    if not buttons:
        return redirect("card", card.access_token)
    address = links.wallet_url(card)
    context = looks(card.program, card.merchant) | {
        "card": card,
        "wallet_buttons": buttons,
        "qr_svg": qr.svg(address, title=address),
    }
    return render(request, "pages/card_wallet.html", context)
