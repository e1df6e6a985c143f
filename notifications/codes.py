"""The e-mails: their codes, and the variables that a text may use.

A *variable* is what stands between double braces in a text. All are plain words and whole numbers, or nothing.
"""

from datetime import timedelta
from types import MappingProxyType
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Code(models.TextChoices):
    """Which e-mail: about loyalty, or about the card itself; all transactional."""

    ENROLLMENT = "loyalty_enrollment", _("Welcome: the card")
    WELCOME_BONUS = "loyalty_welcome_bonus", _("Welcome: the card, with a bonus")
    REWARD_READY = "loyalty_reward_ready", _("Reward ready")
    POINTS_EXPIRING = "loyalty_points_expiring", _("Points are about to expire")
    POINTS_EXPIRED = "loyalty_points_expired", _("Points have expired")
    OWED = "loyalty_owed", _("Something is owed")
    FRIEND_CAME = "loyalty_friend_came", _("A friend came")
    CARD_LINK = "loyalty_card_link", _("Link to the card")
    ERASE_CONFIRMATION = "erase_confirmation", _("Confirm erasure")
    CONFIRM_EMAIL = "loyalty_confirm_email", _("Confirm a new address")


# What happened a moment ago may be undone in the next: these wait, and say what is true then.
LOOKED_AT_AGAIN = frozenset({Code.REWARD_READY, Code.OWED, Code.FRIEND_CAME})
LOOK_AGAIN_AFTER = timedelta(minutes=2)
# Of these the next one tells all that the one before it would have told.
SAID_ANEW = frozenset({Code.REWARD_READY, Code.OWED})

COMMON: MappingProxyType[str, Promise] = MappingProxyType(
    {
        "customer_name": _("first and last name, empty if not known"),
        "merchant_name": _("the name of your business"),
        "store_name": _("the store where the card was issued"),
        "program_name": _("the name of the card"),
        "card_number": _("the card's number, in groups of four"),
        "points_balance": _("points on the card now"),
        "stamp_count": _("stamps on the card now"),
        "stamps_target": _("stamps needed for the reward; empty if the program has no stamps"),
        "promotions": _("what runs today for this customer, in words; empty for nothing"),
        "card_url": _("the address of the customer's card"),
    }
)

_WALLETS: dict[str, Promise] = {
    "wallet_url": _("adds the card to the wallet of whatever phone opens it; empty if none is set up"),
    "apple_url": _("adds the card to Apple Wallet; empty if that is not set up"),
    "google_url": _("adds the card to Google Wallet; empty if that is not set up"),
}

OWN: MappingProxyType[Code, dict[str, Promise]] = MappingProxyType(
    {
        Code.ENROLLMENT: _WALLETS,
        Code.WELCOME_BONUS: {"bonus_points": _("points that were given as a welcome"), **_WALLETS},
        Code.REWARD_READY: {"reward_description": _("what the full card is worth")},
        Code.POINTS_EXPIRING: {
            "expiring_points": _("points that will expire"),
            "days_remaining": _("days until then; 0 is today"),
            "expiration_date": _("the day on which they expire"),
        },
        Code.POINTS_EXPIRED: {"expired_points": _("points that have expired")},
        Code.OWED: {
            "owed_points": _("points that are owed now"),
            "owed_stamps": _("stamps that are owed now"),
            "taken_back_on": _("the day on which something was returned or taken back"),
            "receipt_number": _("the number on its receipt; empty if not known"),
        },
        Code.FRIEND_CAME: {
            "friend_points": _("points for bringing a friend"),
            "friend_stamps": _("stamps for bringing a friend"),
        },
        Code.CARD_LINK: _WALLETS,
        Code.ERASE_CONFIRMATION: {"confirm_url": _("the address that confirms the erasure")},
        Code.CONFIRM_EMAIL: {"confirm_url": _("the address that confirms the e-mail address")},
    }
)

_OPTIONAL = frozenset(
    {
        "customer_name",
        "store_name",
        "stamps_target",
        "promotions",
        "wallet_url",
        "apple_url",
        "google_url",
        "receipt_number",
    }
)

_EXAMPLES: MappingProxyType[str, Any] = MappingProxyType(
    {
        "customer_name": "Anouk Weber",
        "merchant_name": "Café Mirabel",
        "store_name": "Mirabel Gare",
        "program_name": "Mirabel",
        "card_number": "4539-1488-0343",
        "points_balance": 240,
        "stamp_count": 10,
        "stamps_target": 10,
        "promotions": "Today until 17:00: points count double.",
        "card_url": "https://example.com/card/BCDEFG/",
        "wallet_url": "https://example.com/card/BCDEFG/wallet/",
        "apple_url": "https://example.com/card/BCDEFG/pass.pkpass",
        "google_url": "https://example.com/card/BCDEFG/google/",
        "bonus_points": 50,
        "reward_description": "Free coffee",
        "expiring_points": 240,
        "days_remaining": 14,
        "expiration_date": "3 December 2026",
        "expired_points": 240,
        "owed_points": 200,
        "owed_stamps": 1,
        "friend_points": 50,
        "friend_stamps": 1,
        "taken_back_on": "12 May 2026",
        "receipt_number": "R-1",
        "confirm_url": "https://example.com/card/BCDEFG/erase/confirm/",
    }
)


def variables(code: str) -> dict[str, Promise]:
    """The variables of one e-mail and what each means: the common ones first."""
    return {**COMMON, **OWN[Code(code)]}


def optional(code: str) -> set[str]:
    """The variables of an e-mail that may be missing; a full card has a target."""
    return set(_OPTIONAL & variables(code).keys()) - (
        {"stamps_target"} if code == Code.REWARD_READY else set()
    )


def example(code: str, *, sparse: bool = False) -> dict[str, Any]:
    """Made-up values for every variable of an e-mail; `sparse`: those that may be missing are."""
    missing = optional(code) if sparse else set()
    return {name: None if name in missing else _EXAMPLES[name] for name in variables(code)}
