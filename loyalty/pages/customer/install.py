"""The card as an app: the way to it, its manifest, and the service worker that keeps a copy of the page."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from groundwork.formats import qr
from loyalty import links
from loyalty.models import LoyaltyCard
from loyalty.pages.access import card_file
from loyalty.pages.customer.brand import brand_colors

WORKER = "pages/card-worker.js"
PAPER = "#f6f3ee"


@require_safe
@card_file
def manifest(request: HttpRequest, card: LoyaltyCard) -> HttpResponse:
    """The web app manifest of one card: it opens this card, in the merchant's look and name."""
    program, merchant = card.program, card.merchant
    address = reverse("card", args=[card.access_token])
    icons = [
        {"src": icon_address(card, size), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    app = {
        "id": address,
        "name": program.card_name or merchant.name,
        "short_name": merchant.name,
        "start_url": address,
        "scope": address,
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": program.card_color,
        "icons": icons,
    }
    return JsonResponse(app, content_type="application/manifest+json")


@require_safe
@card_file
def take_along(request: HttpRequest, card: LoyaltyCard) -> HttpResponse:
    """The way to this page as a QR code, for a phone to read from the till's screen."""
    return HttpResponse(qr.svg_file(links.card_url(card)), content_type="image/svg+xml")


def icon_address(card: LoyaltyCard, size: int) -> str:
    """Where the merchant's mark is to be had as a picture of so many pixels."""
    colors = brand_colors(card.program)[:1]
    return reverse("brand-icon", kwargs={"brand": colors, "letter": card.merchant.initial, "size": size})


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker's script: served from beside the cards, because a worker reaches no further up."""
    script = finders.find(WORKER)
    if script is None:
        raise Http404
    response = HttpResponse(Path(script).read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
