"""What every call that changes a balance refuses."""

from datetime import UTC, datetime

import pytest

from loyalty.models import LoyaltyCard
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Till, balances, refused

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 14, 11, 0, tzinfo=UTC)


CALLS = [
    ("stamps/", {}),
    ("stamps/redeem/", {}),
    ("points/", {"purchase_amount_cents": 1000}),
    ("points/redeem/", {"reward_id": 1}),
    ("points/adjust/", {"points_delta": 5, "reason": "why"}),
]


@pytest.mark.parametrize(("path", "body"), CALLS)
def test_a_deactivated_card_takes_nothing(manager: Till, card: LoyaltyCard, path: str, body: dict) -> None:
    manager.post(f"cards/{card.pk}/deactivate/")
    refused(manager.post(f"cards/{card.pk}/{path}", body), 409, "card_inactive")
    assert balances(card) == (0, 0, 2)


@pytest.mark.parametrize(("path", "body"), CALLS)
def test_a_program_that_is_off_takes_nothing(
    manager: Till, shop: Shop, card: LoyaltyCard, path: str, body: dict
) -> None:
    with factories.inside(shop):
        shop.program.is_active = False
        shop.program.save()
    refused(manager.post(f"cards/{card.pk}/{path}", body), 409, "program_inactive")
    assert balances(card) == (0, 0, 1)


@pytest.mark.parametrize(("path", "body"), CALLS)
def test_another_merchants_card_is_not_found(manager: Till, path: str, body: dict) -> None:
    foreign = factories.card(factories.shop().store)
    for card_id in (foreign.pk, 2**63, 10**30):
        refused(manager.post(f"cards/{card_id}/{path}", body), 404, "card_not_found")
    assert balances(foreign) == (0, 0, 1)


@pytest.mark.parametrize(("kind", "others"), [("stamps", "points"), ("points", "stamps")])
def test_a_program_does_only_what_it_is_for(kind: str, others: str) -> None:
    shop = factories.shop(loyalty_type=kind)
    card = factories.card(shop.store)
    manager = Till(shop.store, shop.manager)
    for path, body in CALLS:
        if path.startswith(others):
            for card_id in (card.pk, 10**9):  # the program comes before the card
                refused(manager.post(f"cards/{card_id}/{path}", body), 409, "program_type_mismatch")
    assert balances(card) == (0, 0, 1)
