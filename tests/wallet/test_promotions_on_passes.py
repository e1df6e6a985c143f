"""A pass says which promotion runs: it changes when one begins, and when it ends, and not in between."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine

from loyalty.models import LoyaltyProgram, Promotion
from tenancy import scope
from tests import factories
from tests.wallet.conftest import carried
from wallet import selectors
from wallet.models import PassDesign
from wallet.services import designs
from wallet.text import Text

# A Tuesday in May, 8:00 in Luxembourg.
MORNING = datetime(2026, 5, 12, 6, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    return MORNING + timedelta(hours=hour - 8, minutes=minute)


@pytest.fixture(autouse=True)
def in_the_morning() -> Iterator[None]:
    with time_machine.travel(MORNING, tick=False), scope.everything("the wallets' tasks"):
        yield


def shown(shop: factories.Shop, now: datetime) -> tuple[int, str]:
    """How many designs have changed by a moment, and what the passes say of promotions then."""
    with time_machine.travel(now, tick=False):
        changed = designs.notice_changes()
        promotion = selectors.program_facts(shop.program.pk).promotion
    return changed, promotion[1].en if promotion else ""


def nothing_was_saved_since_yesterday() -> None:
    """The database has its own clock, which nobody has turned back: a program was saved there today."""
    LoyaltyProgram.objects.update(updated_at=MORNING - timedelta(days=1))


def test_a_pass_changes_when_a_promotion_begins_and_when_it_ends(apple: object, shop: factories.Shop) -> None:
    factories.promotion(
        shop.program, "Happy hour", weekdays=[2], from_time=time(9), until_time=time(11), store_ids=[]
    )
    carried(factories.card(shop.store))
    designs.of_program(shop.program.pk, shop.merchant.pk)
    nothing_was_saved_since_yesterday()

    assert [shown(shop, moment) for moment in (at(8, 59), at(9), at(10), at(11), at(12))] == [
        (0, ""),
        (1, "Today until 11:00: points count double"),
        (0, "Today until 11:00: points count double"),
        (1, ""),
        (0, ""),
    ]


def test_a_pass_is_looked_at_when_something_changes_and_not_each_minute(
    apple: object, shop: factories.Shop
) -> None:
    factories.promotion(shop.program, "Happy hour", from_time=time(9), until_time=time(11))
    carried(factories.card(shop.store))
    designs.of_program(shop.program.pk, shop.merchant.pk)
    nothing_was_saved_since_yesterday()

    looked_at = []
    for moment in (MORNING, at(9), at(10), at(11)):
        shown(shop, moment)
        looked_at.append(PassDesign.objects.get().look_again_at)

    assert looked_at == [at(9), at(11), at(11), at(24)]


def test_a_pass_forgets_a_promotion_that_is_used_up(apple: object, shop: factories.Shop) -> None:
    double = factories.promotion(shop.program, "Double", budget=10)
    carried(factories.card(shop.store))
    designs.of_program(shop.program.pk, shop.merchant.pk)
    assert shown(shop, at(9))[1] == "Points count double, at most 10 points in all"
    Promotion.objects.filter(pk=double.pk).update(spent=10_0000)
    nothing_was_saved_since_yesterday()

    assert [shown(shop, moment)[0] for moment in (at(9, 9), at(9, 10), at(9, 20))] == [0, 1, 0]


def test_a_pass_says_nothing_of_what_is_for_some_customers(apple: object, shop: factories.Shop) -> None:
    for audience in (
        {"audience": "with_tag", "tag": "VIP"},
        {"audience": "first_purchase"},
        {"audience": "every_nth_visit", "every": 3},
        {"audience": "back_after", "days": 30},
        {"audience": "birthday", "days": 3},
    ):
        factories.promotion(shop.program, "For some", **audience)
    assert selectors.program_facts(shop.program.pk).promotion is None

    factories.promotion(shop.program, "Double")
    assert selectors.program_facts(shop.program.pk).promotion == (
        Text.same("Double"),
        Text("Points count double", "Les points comptent double", "Doppelte Punkte", "Duebel Punkten"),
    )
