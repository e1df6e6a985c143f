"""Pages are opened as a phone does, by their addresses."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from loyalty.models import LoyaltyCard
from tests import factories
from tests.factories import Shop


@pytest.fixture
def shop(db: None) -> Shop:
    return factories.shop(card_color="#c2553a", card_secondary_color="#ffffff")


@pytest.fixture
def card(shop: Shop) -> LoyaltyCard:
    return factories.card(shop.store, email="anouk@example.com", name="Anouk Weber", stamps=7)


@pytest.fixture
def open_card(client: Client) -> Callable[..., HttpResponse]:
    """Open a page of a card: `open_card(card)`, `open_card(card, "card-history")`."""

    def open_page(card: LoyaltyCard, name: str = "card", query: str = "", **headers: str) -> HttpResponse:
        return client.get(reverse(name, args=[card.access_token]) + query, headers=headers)

    return open_page
