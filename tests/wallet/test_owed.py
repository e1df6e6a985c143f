"""A pass shows balances only: a card that owes has nothing on it, and every return brings its passes up to date."""

import pytest

from loyalty.models import LoyaltyCard
from tests import factories
from tests.buying import bring_back, buy, spend
from tests.wallet.conftest import apple_pass, carried, deliver, relay
from wallet import selectors


@pytest.fixture
def card(apple: object, shop: factories.Shop) -> LoyaltyCard:
    made = carried(factories.card(shop.store))
    deliver()
    return made


def test_a_card_that_owes_shows_nothing_and_its_pass_is_brought_up_to_date(
    card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        bought = buy(card, shop, 5000, stamps=0)
        spend(card, shop)
        relay()
        before = apple_pass(card).wanted_version
        bring_back(bought, shop, 2000)
        relay()

        assert apple_pass(card).wanted_version == before + 1
        owing = selectors.cards_of([apple_pass(card)])[card.pk]
        lines = selectors.lines_of(card_id=owing.pk)
        facts = selectors.card_facts(owing, selectors.program_facts(shop.program.pk), lines=lines)

    assert (owing.points_owed, facts.points) == (200, 0)
    assert "points returned -200" in str(facts.history)
