"""A shop whose last days are played with a draft."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction
from loyalty.reporting.rehearsal import rehearsing
from loyalty.reporting.rehearsal.draft import Draft
from loyalty.reporting.rehearsal.figures import Outcome
from tests import factories
from tests.buying import buy
from tests.factories import Shop

NOW = datetime(2026, 3, 13, 12, 0, tzinfo=UTC)  # a Friday
MONDAY = datetime(2026, 3, 9, 15, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def shop() -> Shop:
    """Ten points per euro, of a cent each; ten stamps for a coffee of 3.00; a croissant for 500 points."""
    with time_machine.travel(MONDAY - timedelta(days=40), tick=False):
        return factories.shop(rewards=[("Croissant", 500)], stamps_reward_value_cents=300)


def enrolled(shop: Shop, **more: Any) -> LoyaltyCard:
    with time_machine.travel(MONDAY - timedelta(days=39), tick=False):
        return factories.card(shop.store, **more)


def bought(shop: Shop, card: LoyaltyCard, at: datetime, cents: int, **more: Any) -> Any:
    with time_machine.travel(at, tick=False):
        return buy(card, shop, cents=cents, **more)


def rehearse(shop: Shop, draft: Draft, days: int = 30, **more: Any) -> Outcome:
    with factories.inside(shop):
        program = LoyaltyProgram.objects.select_related("merchant").get(pk=shop.program.pk)
        lines = LoyaltyTransaction.objects.count()
        found = rehearsing.rehearse(program, draft, days=days, now=NOW, **more)
        assert LoyaltyTransaction.objects.count() == lines
    assert found.check.wrong == []
    return found
