"""What loyalty asks of the apps above it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse

from groundwork.messaging.wiring import Port
from loyalty.models import LoyaltyCard, LoyaltyProgram, PointsReward


class CardFacts(Protocol):
    """What an app knows of a card that is shown with it."""

    def card_annotations(self) -> Mapping[str, Any]:
        """Columns for a query of cards, by name."""
        ...

    def card_facts_then(self, moments: Sequence[tuple[LoyaltyCard, datetime]]) -> list[dict[str, Any]]:
        """The same of cards as they were at moments (UTC), in their order; each card has the customer of then."""
        ...


class Wallets(Protocol):
    """Where a card can be kept."""

    def wallet_buttons(self, card: LoyaltyCard, request: HttpRequest) -> list[dict[str, str]]:
        """One for each wallet that is set up: platform ("apple", "google"), url, label."""
        ...

    def wallet_names(self) -> list[str]:
        """The wallets that are set up, as people know them."""
        ...

    def into_wallet(self, card: LoyaltyCard, request: HttpRequest) -> HttpResponse | None:
        """The card's pass, as the device that asks takes it; None for one that has no wallet which is set up."""
        ...


class Previews(Protocol):
    """How a program looks somewhere."""

    def program_previews(
        self, program: LoyaltyProgram, language: str, *, rewards: list[PointsReward]
    ) -> list[dict[str, str]]:
        """Sample cards of a program that may not be saved yet, as HTML, each with its name."""
        ...


class CardPage(Protocol):
    """What an app adds to the page of a card in the console."""

    def card_inlines(self) -> Sequence[type]:
        """Its tables, as Django's inlines."""
        ...


class Texting(Protocol):
    """A way to people's phones."""

    def can_text(self) -> bool:
        """Whether text messages are sent at all."""
        ...


card_facts: Port[CardFacts] = Port()
wallets: Port[Wallets] = Port()
previews: Port[Previews] = Port()
card_page: Port[CardPage] = Port()
texting: Port[Texting] = Port()
