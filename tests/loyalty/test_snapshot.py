"""The figures of a month in a café, counted from the end of the closed days: always what one by one would give."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from customers import services as customers
from groundwork import deletion
from groundwork.database import fences
from loyalty.models import CardSnapshot, DailyFigures, LoyaltyCard, LoyaltyProgram
from loyalty.reporting import statistics
from loyalty.services import cards, expiry, points, programs, stamps, voids
from tests import factories
from tests.factories import Shop

pytestmark = pytest.mark.django_db

START = datetime(2026, 2, 26, 8, 0, tzinfo=UTC)
LAST = 2**62  # no transaction comes after it
BOSS = factories.actor("owner")


@pytest.fixture
def shop() -> Shop:
    """Three stamps are worth 1.00, a point two thirds of a cent: rounding down each card matters."""
    with time_machine.travel(START, tick=False):
        return factories.shop(
            stamps_target=3,
            stamps_reward_value_cents=100,
            point_value_cents="0.6667",
            points_expiration_days=20,
        )


def everything(shop: Shop, now: datetime) -> list[dict[str, Any]]:
    """The figures of the program and of both its stores."""
    program = LoyaltyProgram.objects.select_related("merchant").get(pk=shop.program.pk)
    return [
        statistics.of_program(program, now=now, days=60),
        statistics.of_store(program, shop.store, now=now, days=60),
        statistics.of_store(program, shop.other_store, now=now, days=60),
    ]


def one_by_one(shop: Shop, now: datetime) -> list[dict[str, Any]]:
    """The same without anything rolled up."""
    with transaction.atomic():
        statistics.forget_roll_ups(shop.merchant)
        figures = everything(shop, now)
        transaction.set_rollback(True)
    return figures


def a_month(shop: Shop) -> dict[int, Any]:
    """What happens on which day; each is a function of no argument."""
    at, there = shop.store, shop.other_store
    made: dict[str, LoyaltyCard] = {}

    def enrol(name: str, store: Any) -> None:
        made[name] = factories.card(store, email=f"{name}@example.com")

    def give(name: str, store: Any, count: int = 1) -> Any:
        return stamps.give(store=store, card_id=made[name].pk, actor=BOSS, count=count)

    def earn(name: str, store: Any, cents: int) -> None:
        points.earn(store=store, card_id=made[name].pk, actor=BOSS, purchase_amount_cents=cents)

    def change(verb: Any, name: str, **more: Any) -> None:
        verb(store=at, card_id=made[name].pk, actor=BOSS, reason="as asked", **more)

    def mistake() -> None:
        done = give("anouk", there, 2).transaction
        voids.void(store=there, transaction_id=done.pk, actor=BOSS, reason="wrong card")

    return {
        0: lambda: (enrol("anouk", at), enrol("ben", there), give("anouk", at, 2), earn("ben", there, 740)),
        1: lambda: (enrol("carla", at), earn("carla", at, 1250), change(cards.deactivate, "ben")),
        3: lambda: (give("anouk", there, 2), change(cards.reactivate, "ben"), give("ben", at)),
        4: lambda: stamps.redeem(store=at, card_id=made["anouk"].pk, actor=BOSS),
        6: mistake,
        7: lambda: (change(cards.deactivate, "carla"), change(cards.reactivate, "carla")),
        8: lambda: (change(cards.deactivate, "ben"), enrol("dan", there), give("dan", there, 5)),
        9: lambda: change(cards.merge, "ben", into_card_id=made["dan"].pk),
        11: lambda: deletion.soft_delete(made["carla"], by=None),
        13: lambda: give("anouk", at),
        14: lambda: deletion.restore(LoyaltyCard.all_objects.get(pk=made["carla"].pk)),
        15: lambda: customers.erase_person(customer=made["dan"].customer),
        22: lambda: expiry.expire(now=START + timedelta(days=22)),
        33: lambda: (enrol("eva", there), give("anouk", there)),
        36: lambda: give("eva", at),
        41: lambda: give("eva", there),
    }


def roll_up(shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Roll up twice, with every transaction of before at an end the second time: open days are moved on as well."""
    for oldest in (0, LAST):
        monkeypatch.setattr(fences, "snapshot", lambda oldest=oldest: fences.Snapshot(oldest, LAST))
        statistics.roll_up(shop.merchant, now=now)


def test_every_day_of_a_month_the_figures_are_those_of_counting_one_by_one(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    happens = a_month(shop)
    taken = set()
    with factories.inside(shop):
        for day in range(45):
            now = START + timedelta(days=day)
            with time_machine.travel(now, tick=False):
                happens.get(day, lambda: None)()
            truth = one_by_one(shop, now)
            assert everything(shop, now) == truth, (day, "before the roll-up")
            roll_up(shop, now, monkeypatch)
            assert everything(shop, now) == truth, (day, "after the roll-up")
            taken |= set(CardSnapshot.objects.filter(store__isnull=True).values_list("until", flat=True))
    assert len(taken) == 45


def test_a_roll_up_that_was_away_for_weeks_changes_nothing(shop: Shop) -> None:
    happens = a_month(shop)
    with factories.inside(shop):
        for day, what in happens.items():
            with time_machine.travel(START + timedelta(days=day), tick=False):
                what()
            if day == 4:
                statistics.roll_up(shop.merchant, now=START + timedelta(days=day))
            for later in (0, 20, 35):
                now = START + timedelta(days=day + later)
                assert everything(shop, now) == one_by_one(shop, now), day


def test_deleting_a_card_takes_its_own_share_out_of_the_closed_days_and_no_more(shop: Shop) -> None:
    now = START + timedelta(days=5)
    with factories.inside(shop):
        with time_machine.travel(START, tick=False):
            stays, goes = factories.card(shop.store), factories.card(shop.store)
            stamps.give(store=shop.store, card_id=stays.pk, actor=BOSS, count=2)
            stamps.give(store=shop.store, card_id=goes.pk, actor=BOSS, count=4)
        statistics.roll_up(shop.merchant, now=now)
        day, snapshot = DailyFigures.objects.get(), CardSnapshot.objects.get(store__isnull=True)
        assert (day.stamps, snapshot.cards, snapshot.liability_cents) == (6, 2, 66 + 133)
        deletion.soft_delete(goes, by=None)
        day, snapshot = DailyFigures.objects.get(), CardSnapshot.objects.get(store__isnull=True)
        assert (day.stamps, snapshot.cards, snapshot.liability_cents) == (2, 1, 66)
        assert snapshot.seen_since["2026-02-26"] == 1
        deletion.restore(goes)
        day, snapshot = DailyFigures.objects.get(), CardSnapshot.objects.get(store__isnull=True)
        assert (day.stamps, snapshot.cards, snapshot.liability_cents) == (6, 2, 66 + 133)
        assert everything(shop, now) == one_by_one(shop, now)


def test_many_cards_that_go_together_are_counted_again_by_the_next_roll_up(
    shop: Shop, monkeypatch: Any
) -> None:
    monkeypatch.setattr(statistics, "FEW_CARDS", 1)
    now = START + timedelta(days=5)
    with factories.inside(shop):
        with time_machine.travel(START, tick=False):
            for _number in range(2):
                factories.card(shop.store)
        statistics.roll_up(shop.merchant, now=now)
        assert everything(shop, now)[0]["total_cards"] == 2
        deletion.soft_delete(shop.program, by=None)
        assert not DailyFigures.objects.exists()
        assert not CardSnapshot.objects.exists()
        deletion.restore(shop.program)
        assert everything(shop, now)[0]["total_cards"] == 2


def test_a_reward_that_is_worth_more_counts_at_once(shop: Shop) -> None:
    now = START + timedelta(days=5)
    with factories.inside(shop):
        with time_machine.travel(START, tick=False):
            card = factories.card(shop.store)
            stamps.give(store=shop.store, card_id=card.pk, actor=BOSS, count=2)
        statistics.roll_up(shop.merchant, now=now)
        assert everything(shop, now)[0]["estimated_liability_cents"] == 66
        programs.change(program_id=shop.program.pk, actor=BOSS, stamps_reward_value_cents=301)
        assert everything(shop, now)[0]["estimated_liability_cents"] == 200
        statistics.roll_up(shop.merchant, now=now)
        assert CardSnapshot.objects.get(store__isnull=True).liability_cents == 200
        assert everything(shop, now)[0]["estimated_liability_cents"] == 200


def test_active_in_thirty_days_is_today_and_the_29_days_before(shop: Shop) -> None:
    with factories.inside(shop):
        with time_machine.travel(START, tick=False):
            factories.card(shop.store)
        last_minute = datetime(
            2026, 3, 27, 22, 59, tzinfo=UTC
        )  # in Luxembourg a minute to midnight, 29 days later
        for rolled_up in (False, True):
            if rolled_up:
                statistics.roll_up(shop.merchant, now=last_minute)
            assert everything(shop, last_minute)[0]["cards_with_activity_30d"] == 1
            assert everything(shop, last_minute + timedelta(minutes=1))[0]["cards_with_activity_30d"] == 0
