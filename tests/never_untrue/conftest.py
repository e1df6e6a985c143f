"""The shop, the card and the rival of each test of what can never be untrue."""

from collections.abc import Iterator

import pytest

from loyalty.models import (
    LoyaltyCard,
)
from tenancy import scope
from tests import factories


@pytest.fixture
def everything() -> Iterator[None]:
    with scope.everything("tests of what the database holds"):
        yield


@pytest.fixture
def shop() -> factories.Shop:
    return factories.shop(points_per_euro=10)


@pytest.fixture
def card(shop: factories.Shop) -> LoyaltyCard:
    return factories.card(shop.store, "anna@example.com", stamps=3, cents=450)


@pytest.fixture
def rival() -> factories.Shop:
    return factories.shop()
