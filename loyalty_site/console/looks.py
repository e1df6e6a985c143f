"""Unfold's settings: the product's name, and the warm paper and ink of the other pages."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy

# From the lightest to the darkest: --page, --sunk, --line, ... of static/base.css, and what lies between.
PAPER = {
    "50": "#f6f3ee",
    "100": "#ece7df",
    "200": "#ddd6cb",
    "300": "#c6bcae",
    "400": "#9c9184",
    "500": "#6f665a",
    "600": "#5d554a",
    "700": "#443e36",
    "800": "#2a2621",
    "900": "#1c1915",
    "950": "#151310",
}
# The product's own colour; a merchant's is theirs and stays on their card.
BRAND = {
    "50": "#fbf3f0",
    "100": "#f6e3dc",
    "200": "#ecc6ba",
    "300": "#e0a18f",
    "400": "#d98a73",
    "500": "#e08a70",
    "600": "#a8432d",
    "700": "#8c3725",
    "800": "#6f2c1f",
    "900": "#53231a",
    "950": "#33140e",
}


def unfold(site_name: str) -> dict[str, Any]:
    """The UNFOLD setting."""
    return {
        "SITE_TITLE": site_name,
        "SITE_HEADER": site_name,
        "SITE_SYMBOL": "loyalty",
        "SITE_FAVICONS": [
            {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}
        ],
        "STYLES": [
            lambda request: static("console/console.css"),
            lambda request: static("console/print.css"),
        ],
        "SCRIPTS": [
            lambda request: static("console/console.js"),
            lambda request: static("console/finder.js"),
            lambda request: static("console/refused.js"),
        ],
        "SHOW_LANGUAGES": True,
        "LANGUAGES": {"action": reverse_lazy("admin:language")},
        "BORDER_RADIUS": "8px",
        "COLORS": {
            "base": PAPER,
            "primary": BRAND,
            "font": {
                "subtle-light": "var(--color-base-500)",
                "subtle-dark": "var(--color-base-400)",
                "default-light": "var(--color-base-700)",
                "default-dark": "var(--color-base-200)",
                "important-light": "#17140f",
                "important-dark": "#f6f1e8",
            },
        },
    }
