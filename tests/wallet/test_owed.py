"""A pass shows balances only: a card that owes has nothing on it, and every return brings its passes up to date."""

import pytest

from loyalty.models import LoyaltyCard
from loyalty.services import points, purchases, returns
from tests import factories
from tests.wallet.conftest import apple_pass, deliver, relay
from wallet import selectors


@pytest.fixture
def card(apple: object, shop: factories.Shop) -> LoyaltyCard:
    made = factories.card(shop.store)
    deliver()
    return made


def test_a_card_that_owes_shows_nothing_and_its_pass_is_brought_up_to_date(
    card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        at_till = {"store": shop.store, "card_id": card.pk, "actor": factories.actor()}
        bought = purchases.record(purchase_amount_cents=5000, stamps=0, **at_till).purchase
        assert bought is not None
        points.redeem(reward_id=shop.program.rewards.get(name="Croissant").pk, **at_till)
        relay()
        before = apple_pass(card).wanted_version
        returns.give_back(
            store=shop.store,
            purchase_id=bought.pk,
            actor=factories.actor(),
            reason="Too small",
            amount_cents=2000,
        )
        relay()

        assert apple_pass(card).wanted_version == before + 1
        owing = selectors.cards_of([apple_pass(card)])[card.pk]
        facts = selectors.card_facts(owing, selectors.program_facts(shop.program.pk), with_history=True)

    assert (owing.points_owed, facts.points) == (200, 0)
    assert "points returned -200" in str(facts.history)
