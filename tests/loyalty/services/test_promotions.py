"""Promotions as their owner handles them: drafted, planned, changed while that takes nothing back, stopped, copied."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from groundwork.errors import Invalid
from loyalty.errors import PromotionFixed, PromotionNotFound, TooManyPromotions
from loyalty.models import Promotion
from loyalty.services import points, promotions
from tenancy import scope
from tenancy.errors import ManagerRequired
from tests import factories
from tests.factories import Shop
from tests.refusals import refused

pytestmark = pytest.mark.django_db
OWNER, STAFF = factories.actor("owner"), factories.actor("staff")
NOW = datetime(2026, 5, 12, 13, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("an owner's promotions"), time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def shop() -> Shop:
    return factories.shop(points_per_euro=1)


def state(promotion: Promotion) -> str:
    row = factories.fresh(promotion)
    return row.state_at(datetime.now(UTC), row.merchant.tzinfo)


def test_a_draft_gives_nothing_until_it_is_planned_and_nothing_after_it_is_stopped(shop: Shop) -> None:
    card = factories.card(shop.store)
    about = {"store": shop.store, "card_id": card.pk, "actor": STAFF, "purchase_amount_cents": 100}
    draft = promotions.create(program_id=shop.program.pk, actor=OWNER, name="Double", factor=Decimal(2))
    assert (state(draft), points.earn(**about).transaction.points_delta) == ("draft", 1)

    promotions.plan(promotion_id=draft.pk, actor=OWNER)
    assert (state(draft), points.earn(**about).transaction.points_delta) == ("running", 2)
    assert promotions.plan(promotion_id=draft.pk, actor=OWNER).planned_at == NOW

    promotions.stop(promotion_id=draft.pk, actor=OWNER)
    assert (state(draft), points.earn(**about).transaction.points_delta) == ("stopped", 1)
    assert promotions.stop(promotion_id=draft.pk, actor=OWNER).stopped_at == NOW
    assert factories.fresh(card).points_balance == 4


def test_what_runs_stays_as_it_was_promised(shop: Shop) -> None:
    running = factories.promotion(shop.program, budget=100)
    for fields in ({"factor": Decimal(3)}, {"least_cents": 500}, {"weekdays": [1]}, {"budget": None}):
        with refused(PromotionFixed):
            promotions.change(promotion_id=running.pk, actor=OWNER, **fields)
    row = factories.fresh(running)
    assert (row.factor, row.least_cents, row.weekdays, row.budget) == (Decimal(2), 0, [], 100)

    fields = {"name": "Happier hour", "last_day": date(2026, 6, 1), "budget": 200, "factor": Decimal(2)}
    promotions.change(promotion_id=running.pk, actor=OWNER, **fields)

    row = factories.fresh(running)
    assert (row.name, row.last_day, row.budget, row.factor) == (
        "Happier hour",
        date(2026, 6, 1),
        200,
        Decimal(2),
    )


def test_an_end_and_a_budget_do_not_lie_behind(shop: Shop) -> None:
    running = factories.promotion(shop.program, budget=100)
    points.earn(
        store=shop.store,
        card_id=factories.card(shop.store).pk,
        actor=STAFF,
        purchase_amount_cents=5000,
    )
    for fields, field in (({"last_day": date(2026, 5, 11)}, "last_day"), ({"budget": 49}, "budget")):
        with pytest.raises(Invalid) as refusal:
            promotions.change(promotion_id=running.pk, actor=OWNER, **fields)
        assert [error["field"] for error in refusal.value.extra["errors"]] == [field]
    row = factories.fresh(running)
    assert (row.last_day, row.budget, row.spent) == (None, 100, 50_0000)
    promotions.change(promotion_id=running.pk, actor=OWNER, budget=50)
    assert (state(running), factories.fresh(running).spent) == ("ended", 50_0000)


def test_what_waits_can_be_changed_in_everything_and_what_is_over_in_its_name(shop: Shop) -> None:
    waiting = factories.promotion(shop.program, first_day=date(2026, 6, 1))
    assert state(waiting) == "planned"
    promotions.change(promotion_id=waiting.pk, actor=OWNER, effect="points", factor=None, amount=5)
    assert factories.fresh(waiting).amount == 5

    promotions.stop(promotion_id=waiting.pk, actor=OWNER)
    with refused(PromotionFixed):
        promotions.change(promotion_id=waiting.pk, actor=OWNER, amount=6)
    promotions.change(promotion_id=waiting.pk, actor=OWNER, name="It was")
    row = factories.fresh(waiting)
    assert (row.amount, row.name) == (5, "It was")


@pytest.mark.parametrize("day", [date(9999, 12, 31), date(1, 1, 1)])
def test_a_promotion_lies_within_the_calendar(shop: Shop, day: date) -> None:
    """There is no day after the last one of the calendar: a till would have stumbled over it."""
    running = factories.promotion(shop.program)
    with pytest.raises(Invalid) as refusal:
        promotions.change(promotion_id=running.pk, actor=OWNER, last_day=day)
    assert [error["field"] for error in refusal.value.extra["errors"]] == ["last_day"]
    assert factories.fresh(running).last_day is None
    promotions.change(promotion_id=running.pk, actor=OWNER, last_day=date(2999, 12, 31))
    assert state(running) == "running"


@pytest.mark.parametrize(
    ("loyalty_type", "gives"),
    [
        ("stamps", {"factor": Decimal(2)}),
        ("stamps", {"effect": "points", "amount": 5}),
        ("points", {"effect": "stamps", "amount": 1}),
    ],
)
def test_what_the_program_does_not_have_is_drafted_and_not_switched_on(
    loyalty_type: str, gives: dict[str, Any]
) -> None:
    shop = factories.shop(loyalty_type=loyalty_type)
    draft = promotions.create(program_id=shop.program.pk, actor=OWNER, name="Nothing", **gives)

    with pytest.raises(Invalid) as refusal:
        promotions.plan(promotion_id=draft.pk, actor=OWNER)

    assert [error["field"] for error in refusal.value.extra["errors"]] == ["effect"]
    assert factories.fresh(draft).planned_at is None
    shop.program.loyalty_type = "hybrid"
    shop.program.save()
    assert promotions.plan(promotion_id=draft.pk, actor=OWNER).planned_at == NOW


def test_one_that_waits_is_not_changed_to_what_the_program_does_not_have() -> None:
    shop = factories.shop(loyalty_type="points")
    waiting = factories.promotion(shop.program, first_day=date(2026, 6, 1))
    with pytest.raises(Invalid):
        promotions.change(promotion_id=waiting.pk, actor=OWNER, effect="stamps", factor=None, amount=1)
    assert factories.fresh(waiting).effect == "factor"


def test_a_copy_is_a_draft_that_says_the_same(shop: Shop) -> None:
    limited = factories.promotion(shop.program, "Ten", effect="points", amount=10, budget=10, weekdays=[2])
    card = factories.card(shop.store)
    points.earn(store=shop.store, card_id=card.pk, actor=STAFF, purchase_amount_cents=100)
    assert state(limited) == "ended"

    copied = promotions.copy(promotion_id=limited.pk, actor=OWNER)

    row = factories.fresh(copied)
    assert (row.name, row.amount, row.budget, row.spent, row.weekdays) == ("Ten", 10, 10, 0, [2])
    assert (state(copied), row.planned_at) == ("draft", None)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"factor": Decimal(1)}, "factor"),
        ({"factor": None}, "effect"),
        ({"effect": "stamps", "factor": None}, "effect"),
        ({"first_day": date(2026, 6, 2), "last_day": date(2026, 6, 1)}, "last_day"),
        ({"weekdays": [0]}, "weekdays"),
        ({"from_time": datetime(2026, 1, 1, 14).time()}, "until_time"),
        ({"audience": "birthday"}, "days"),
        ({"audience": "every_nth_visit"}, "every"),
        ({"audience": "with_tag"}, "tag"),
        ({"store_ids": [0]}, "store_ids"),
        ({"not_with": [0]}, "not_with"),
        ({"name": ""}, "name"),
    ],
)
def test_what_makes_no_sense_is_said_where_it_stands(shop: Shop, fields: dict[str, Any], field: str) -> None:
    about = {"name": "Double", "factor": Decimal(2)} | fields
    with pytest.raises(Invalid) as refusal:
        promotions.create(program_id=shop.program.pk, actor=OWNER, **about)
    assert [error["field"] for error in refusal.value.extra["errors"]] == [field]
    assert Promotion.objects.count() == 0


def test_staff_and_strangers_make_no_promotions(shop: Shop) -> None:
    with refused(ManagerRequired):
        promotions.create(program_id=shop.program.pk, actor=STAFF, name="Double", factor=Decimal(2))
    with refused(PromotionNotFound):
        promotions.stop(promotion_id=0, actor=OWNER)
    assert Promotion.objects.count() == 0


def test_twenty_are_planned_or_running_at_most(shop: Shop) -> None:
    for number in range(promotions.MOST_AT_ONCE):
        factories.promotion(shop.program, f"Number {number}")
    further = factories.promotion(shop.program, "One too many", is_planned=False)
    with refused(TooManyPromotions):
        promotions.plan(promotion_id=further.pk, actor=OWNER)
    assert state(further) == "draft"
    promotions.stop(promotion_id=Promotion.objects.order_by("pk")[0].pk, actor=OWNER)
    promotions.plan(promotion_id=further.pk, actor=OWNER)
    assert state(further) == "running"
