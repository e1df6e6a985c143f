"""System checks: what a wrong setting would otherwise only show to a customer."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def public_address(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """In production the address in e-mails, QR codes and passes must be an https one without a path."""
    address = settings.PUBLIC_BASE_URL
    if address.startswith("https://") and not address.endswith("/"):
        return []
    hint = "Set PUBLIC_BASE_URL to something like https://cards.example.com"
    text = f"PUBLIC_BASE_URL must start with https:// and not end with a slash, it is {address!r}."
    return [Error(text, hint=hint, id="loyalty_site.E001")]
