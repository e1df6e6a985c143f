"""The shop in which the API is called, and the people who call it."""

import pytest

from loyalty.models import LoyaltyCard
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Caller, Till


@pytest.fixture
def shop(db: None) -> Shop:
    return factories.shop()


@pytest.fixture
def till(shop: Shop) -> Till:
    """A terminal at the shop's store, with its staff signed in."""
    return Till(shop.store, shop.staff)


@pytest.fixture
def manager(shop: Shop) -> Till:
    return Till(shop.store, shop.manager)


@pytest.fixture
def owner(shop: Shop) -> Till:
    return Till(shop.store, shop.owner)


@pytest.fixture
def card(shop: Shop) -> LoyaltyCard:
    return factories.card(shop.store, email="anna@example.com")


@pytest.fixture
def operator(db: None) -> Caller:
    """The back office, with an operator signed in."""
    return Caller(factories.operator(), base="/api/v1/admin/")
