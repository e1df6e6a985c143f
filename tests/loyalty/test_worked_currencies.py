"""Whole stories from shops that do not count in hundredths, told in their words."""

from collections.abc import Iterator

import pytest

from groundwork.errors import Invalid
from loyalty.errors import PurchaseBelowMinimum
from loyalty.models import LoyaltyCard
from loyalty.reporting import statistics
from loyalty.services import points
from tenancy import scope
from tests import factories
from tests.factories import Shop
from tests.refusals import refused

STAFF = factories.actor("staff")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything_is_in_scope() -> Iterator[None]:
    with scope.everything("stories"):
        yield


def buy(shop: Shop, card: LoyaltyCard, cents: int) -> int:
    """What a purchase earns."""
    line = points.earn(store=shop.store, card_id=card.pk, actor=STAFF, purchase_amount_cents=cents)
    return line.transaction.points_delta


def too_much(shop: Shop, card: LoyaltyCard, cents: int) -> str:
    """What the till says to an amount that is refused."""
    with refused(Invalid) as refusal:
        buy(shop, card, cents)
    (error,) = refusal.extra["errors"]
    assert error["field"] == "purchase_amount_cents"
    return str(error["message"]).replace("\N{NO-BREAK SPACE}", " ")


def test_the_bakery_in_luxembourg() -> None:
    """ "Ten points a euro": 4.50 earns 45; over 10,000.00 the cashier has typed a nought too many."""
    bakery = factories.shop(points_per_euro=10)
    card = factories.card(bakery.store)
    assert [buy(bakery, card, cents) for cents in (450, 1_000_000)] == [45, 100_000]
    assert too_much(bakery, card, 1_000_001) == "The amount must be between €0.01 and €10,000.00."


def test_the_tea_house_in_kyoto() -> None:
    """ "One point for each hundred yen": tea for 1,200 yen earns twelve. There is nothing smaller than a yen."""
    tea_house = factories.shop(currency="JPY", points_per_euro="0.01", minimum_purchase_cents=500)
    card = factories.card(tea_house.store)
    assert [buy(tea_house, card, yen) for yen in (1_200, 1_299, 500, 1_000_000)] == [12, 12, 5, 10_000]
    with refused(PurchaseBelowMinimum):
        buy(tea_house, card, 499)
    assert too_much(tea_house, card, 1_000_001) == "The amount must be between JP¥1 and JP¥1,000,000."


def test_the_spice_shop_in_kuwait() -> None:
    """ "Ten points a dinar", of a thousand fils: 1.240 earns twelve, and 99 fils with what was left of it one."""
    spices = factories.shop(currency="KWD", points_per_euro=10)
    card = factories.card(spices.store)
    assert [buy(spices, card, fils) for fils in (1_240, 99, 100, 10_000_000)] == [12, 1, 1, 100_000]
    assert too_much(spices, card, 10_000_001) == "The amount must be between KWD 0.001 and KWD 10,000.000."


def test_the_furniture_shop_in_budapest() -> None:
    """ "A point for a hundred forint": a table for 189,990 is an ordinary thing, and no mistake."""
    tables = factories.shop(currency="HUF", points_per_euro="0.01")
    card = factories.card(tables.store)
    assert [buy(tables, card, filler) for filler in (18_999_000, 1_250_000)] == [1_899, 125]
    assert (
        too_much(tables, card, 1_000_000_001) == "The amount must be between HUF 0.01 and HUF 10,000,000.00."
    )


def test_the_corner_shop_that_sells_nothing_dear() -> None:
    """ "Nobody leaves more than 200 here": the owner sets it, and the till holds to it."""
    corner = factories.shop(maximum_purchase_cents=20_000)
    card = factories.card(corner.store)
    assert buy(corner, card, 20_000) == 2_000
    assert too_much(corner, card, 20_001) == "The amount must be between €0.01 and €200.00."


def test_what_yen_are_owed_in_points_is_told_in_yen() -> None:
    tea_house = factories.shop(
        currency="JPY", points_per_euro="0.01", point_value_cents="1.5", loyalty_type="points"
    )
    card = factories.card(tea_house.store)
    buy(tea_house, card, 20_000)
    figures = statistics.of_program(tea_house.program, now=card.created_at, days=7)
    assert figures["estimated_liability_cents"] == 300
