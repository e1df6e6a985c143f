"""What a card is told of promotions, by all who tell it."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from loyalty import showing
from loyalty.models import LoyaltyCard, Promotion
from loyalty.outputs.card import card as at_till
from loyalty.services import purchases
from notifications import variables
from tenancy import scope
from tests import factories
from tests.factories import Shop

# A Tuesday in May, 9:30 in Luxembourg.
MORNING = datetime(2026, 5, 12, 7, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("stories of one shop"), time_machine.travel(MORNING, tick=False):
        yield


def happy_hour(shop: Shop, begins: int = 9, ends: int = 11, **fields: Any) -> Promotion:
    return factories.promotion(
        shop.program, weekdays=[2], from_time=time(begins), until_time=time(ends), **fields
    )


def said(shop: Shop, card: LoyaltyCard) -> list[str]:
    return showing.of_card(factories.fresh(card), now=datetime.now(UTC))


def till_card(card: LoyaltyCard) -> LoyaltyCard:
    return LoyaltyCard.objects.select_related("program", "customer", "merchant").get(pk=card.pk)


def told(shop: Shop, card: LoyaltyCard) -> list[bool]:
    """Whether till, page, quote and e-mail tell a card of what runs: each of them says the same."""
    row = till_card(card)
    quote = purchases.quote(
        store=shop.store, card_id=card.pk, actor=factories.actor("staff"), purchase_amount_cents=500
    )
    page = Client().get(reverse("card", args=[card.access_token])).content.decode()
    return [
        bool(at_till(row, shop.store)["promotions"]),
        "notice promotion" in page,
        bool(quote.promotions),
        bool(variables.at_hand(row, now=datetime.now(UTC))["promotions"]),
    ]
