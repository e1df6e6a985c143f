"""The till as an app of its own on the device."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from loyalty import selectors
from loyalty.pages.customer.brand import brand_colors
from loyalty.pages.customer.install import PAPER
from tenancy.models import Store

SIZES = (192, 512)


def manifest(store: Store) -> dict[str, Any]:
    """The web app manifest of a store's till: it opens there, as large as the screen."""
    address = reverse("terminal", args=[store.store_code])
    icons = [
        {
            "src": icon_address(store, size),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in SIZES
        for purpose in ("any", "maskable")
    ]
    return {
        "id": address,
        "name": f"{_('Till')} · {store.name}",
        "short_name": _("Till"),
        "start_url": address,
        "scope": reverse("terminal-choose"),
        "display": "standalone",
        "display_override": ["fullscreen", "standalone"],
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
    }


def icon_address(store: Store, size: int) -> str:
    """Where the merchant's mark is to be had as a picture of so many pixels."""
    colors = brand_colors(selectors.program_of(store.merchant_id))[:1]
    return reverse("brand-icon", kwargs={"brand": colors, "letter": store.merchant.initial, "size": size})
