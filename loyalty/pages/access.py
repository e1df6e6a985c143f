"""Who may open a page: the customer's personal pages, and the pages of a store that anyone may see.

Both open the tenant scope around the whole view, find what the address names or answer 404, and speak the language
of the person or the shop.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from groundwork.web import client, rate_limits
from loyalty import links, selectors
from loyalty.errors import CardNotFound
from loyalty.models import LoyaltyCard, LoyaltyProgram
from loyalty.pages.customer.brand import brand_colors, picture_url
from loyalty.pages.language import speak
from tenancy import scope
from tenancy.models import Merchant
from tenancy.selectors import public_store

View = Callable[..., HttpResponse]
CRAWLER = re.compile(r"bot|crawl|spider|slurp|archiver", re.IGNORECASE)


def private(response: HttpResponse) -> HttpResponse:
    """Mark a page as one person's: kept by no cache, its address told to no other site."""
    patch_cache_control(response, no_store=True, private=True)
    response["Referrer-Policy"] = "same-origin"
    return response


def looks(program: LoyaltyProgram, merchant: Merchant) -> dict[str, Any]:
    """What every page of a merchant needs to look like theirs."""
    return {
        "merchant": merchant,
        "mark": merchant.initial,
        "program": program,
        "brand_colors": brand_colors(program),
        "logo_url": picture_url(program.logo, "mark"),
        "picture_url": picture_url(program.hero_image, "band"),
        "theme_color": program.card_color,
    }


def card_page(view: View) -> View:
    """A page of a card, of which one address may open so many a minute (settings.RATE_LIMITS). See `card_file`."""
    return _limited(card_file(view))


def card_file(view: View) -> View:
    """Something of the card whose access token stands in the address; the view gets the card.

    404 for a token that is unknown or replaced, and for a card, program or merchant that is not active: then
    with the merchant's name and what to do.
    """

    @wraps(view)
    def file(request: HttpRequest, access_token: str, **arguments: Any) -> HttpResponse:
        return _of(selectors.card_of_page(access_token=access_token), request, view, **arguments)

    return unlisted(file)


def confirmation_page(view: View) -> View:
    """A page that a signed link in a letter names, which leads to no card; the view gets its card and the link's words.

    404 for a link that is forged, and where `card_file` has one.
    """

    @wraps(view)
    def page(request: HttpRequest, confirmation: str) -> HttpResponse:
        card = selectors.card_of_page(pk=links.card_of_confirmation(confirmation))
        return _of(card, request, view, confirmation=confirmation)

    return _limited(unlisted(page))


def erasure_page(view: View) -> View:
    """A page of a card that a signed link opens; once its person is erased, that link alone still leads there.

    404 for whoever has no such link: by its token alone nothing is told of what was erased.
    """

    @wraps(view)
    def page(request: HttpRequest, access_token: str, confirmation: str) -> HttpResponse:
        try:
            card = selectors.card_of_page(access_token=access_token)
        except CardNotFound:
            card = selectors.card_of_page(pk=links.card_of_erasure(confirmation))
            if card.customer.erased_at is None:
                raise
            with _speaking(card, request):
                return private(view(request, card, confirmation=confirmation))
        return _of(card, request, view, confirmation=confirmation)

    return _limited(unlisted(page))


def _limited(view: View) -> View:
    @wraps(view)
    def page(request: HttpRequest, **arguments: Any) -> HttpResponse:
        rate_limits.check("card_page", client.network(request))
        return view(request, **arguments)

    return page


@contextmanager
def _speaking(card: LoyaltyCard, request: HttpRequest) -> Iterator[None]:
    """In the scope of a card's merchant, by its clock and in the language of its person or shop."""
    merchant, store = card.merchant, card.enrolled_at_store
    with scope.merchant(merchant.pk), timezone.override(merchant.tzinfo):
        shop = store.default_language if store else merchant.default_language
        speak(request, person=card.customer.preferred_language, shop=shop)
        yield


def _of(card: LoyaltyCard, request: HttpRequest, view: View, **arguments: Any) -> HttpResponse:
    merchant = card.merchant
    with _speaking(card, request):
        if not (card.is_active and card.program.is_active and merchant.is_active):
            context = looks(card.program, merchant) | {"card": card}
            return private(render(request, "pages/card_closed.html", context, status=404))
        return private(view(request, card, **arguments))


def unlisted(view: View) -> View:
    """A page that no search engine may list or keep, should its address ever leak."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **arguments: Any) -> HttpResponse:
        response = view(request, *args, **arguments)
        if CRAWLER.search(client.agent(request)):
            response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return page


def store_page(view: View) -> View:
    """A page of a store and its merchant's active program; the view gets both.

    404 where there are none; for a program that is paused with the merchant's name and what to expect.
    """

    @wraps(view)
    def page(request: HttpRequest, store_code: str, **arguments: Any) -> HttpResponse:
        store = public_store(store_code)
        with scope.merchant(store.merchant_id), timezone.override(store.tzinfo):
            speak(request, shop=store.default_language)
            program = selectors.program_of(store.merchant_id)
            if not program.is_active:
                return render(request, "pages/join_paused.html", looks(program, store.merchant), status=404)
            return view(request, store, program, **arguments)

    return page
