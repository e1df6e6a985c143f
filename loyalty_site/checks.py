"""System checks: what a wrong setting would otherwise only show to a customer."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

APPLE_SETTINGS = (
    "WALLET_APPLE_PASS_TYPE_ID",
    "WALLET_APPLE_TEAM_ID",
    "WALLET_APPLE_CERTIFICATE",
    "WALLET_APPLE_KEY",
    "WALLET_APPLE_WWDR",
)
GOOGLE_SETTINGS = ("WALLET_GOOGLE_ISSUER_ID", "WALLET_GOOGLE_SERVICE_ACCOUNT")


def wallet_settings(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warn where a wallet is set up by half: its buttons would stay away without a word."""
    messages: list[CheckMessage] = []
    for number, (wallet, names) in enumerate((("Apple", APPLE_SETTINGS), ("Google", GOOGLE_SETTINGS)), 1):
        missing = [name for name in names if not getattr(settings, name)]
        if missing and len(missing) < len(names):
            hint = f"Set {', '.join(missing)} as well, or none of them."
            text = f"{wallet} Wallet is only partly configured."
            messages.append(Warning(text, hint=hint, id=f"loyalty_site.W00{number}"))
    return messages


def public_address(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """In production the address in e-mails, QR codes and passes must be an https one without a path."""
    address = settings.PUBLIC_BASE_URL
    if address.startswith("https://") and not address.endswith("/"):
        return []
    hint = "Set PUBLIC_BASE_URL to something like https://cards.example.com"
    text = f"PUBLIC_BASE_URL must start with https:// and not end with a slash, it is {address!r}."
    return [Error(text, hint=hint, id="loyalty_site.E001")]
