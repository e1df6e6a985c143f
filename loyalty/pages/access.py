"""Who may open a page: the customer's personal pages, and the pages of a store that anyone may see.

Both open the tenant scope around the whole view, find what the address names or answer 404, and speak the language
of the person or the shop.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from loyalty import selectors
from loyalty.errors import ProgramNotFound
from loyalty.models import LoyaltyProgram
from loyalty.pages.brand import brand_colors
from loyalty.pages.language import speak
from tenancy import client, rate_limits, scope
from tenancy.models import Merchant
from tenancy.selectors import public_store

View = Callable[..., HttpResponse]


def private(response: HttpResponse) -> HttpResponse:
    """Mark a page as one person's: kept by no cache, found by no search engine, its address told to nobody."""
    patch_cache_control(response, no_store=True, private=True)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response


def looks(program: LoyaltyProgram, merchant: Merchant) -> dict[str, Any]:
    """What every page of a merchant needs to look like theirs."""
    return {
        "merchant": merchant,
        "program": program,
        "brand_colors": brand_colors(program),
        "logo_url": program.logo.url if program.logo else "",
        "theme_color": program.card_color,
    }


def card_page(view: View) -> View:
    """A page of the card whose access token stands in the address; the view gets the card.

    404 for a token that is unknown or replaced, and for a card, program or merchant that is not active: then
    with the merchant's name and what to do. At most so many a minute per address (settings.RATE_LIMITS).
    """

    @wraps(view)
    def page(request: HttpRequest, access_token: str, **arguments: Any) -> HttpResponse:
        rate_limits.check("card_page", client.address(request))
        card = selectors.card_by_access_token(access_token)
        merchant, store = card.merchant, card.enrolled_at_store
        with scope.merchant(merchant.pk), timezone.override(merchant.tzinfo):
            shop = store.default_language if store else merchant.default_language
            speak(request, person=card.customer.preferred_language, shop=shop)
            if not (card.is_active and card.program.is_active and merchant.is_active):
                context = looks(card.program, merchant) | {"card": card}
                return private(render(request, "pages/card_closed.html", context, status=404))
            return private(view(request, card, **arguments))

    return page


def store_page(view: View) -> View:
    """A page of a store and its merchant's active program; the view gets both. 404 where there are none."""

    @wraps(view)
    def page(request: HttpRequest, store_code: str, **arguments: Any) -> HttpResponse:
        store = public_store(store_code)
        with scope.merchant(store.merchant_id), timezone.override(store.tzinfo):
            speak(request, shop=store.default_language)
            program = selectors.program_of(store.merchant_id)
            if not program.is_active:
                raise ProgramNotFound()
            return view(request, store, program, **arguments)

    return page
