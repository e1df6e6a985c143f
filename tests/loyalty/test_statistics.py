"""The figures a merchant sees, told as a few days in a café."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.db.models import Sum

from groundwork import deletion
from loyalty import ledger
from loyalty.ledger import Entry
from loyalty.models import DailyFigures, LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, MerchantCalendar
from loyalty.reporting import statistics
from loyalty.services import points, stamps, voids
from tenancy import scope
from tests import factories

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 6, 29, 8, 0, tzinfo=UTC)


@pytest.fixture
def week():
    """Monday to Wednesday across a month's end: two cards, stamps, points, a reward of each kind, one stamp undone."""
    boss = factories.actor("owner")
    with time_machine.travel(MONDAY, tick=False):
        shop = factories.shop(
            welcome_bonus_points=50, stamps_target=3, stamps_reward_value_cents=300, point_value_cents="0.5"
        )
        first = factories.card(shop.store, cents=6000)
    with factories.inside(shop):
        reward = shop.program.rewards.get(name="Croissant")
        with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
            second = factories.card(shop.other_store)
            stamps.give(store=shop.store, card_id=first.pk, actor=boss, count=4)
            stamps.redeem(store=shop.store, card_id=first.pk, actor=boss)
            mistake = stamps.give(store=shop.store, card_id=second.pk, actor=boss).transaction
        with time_machine.travel(MONDAY + timedelta(days=2), tick=False):
            voids.void(store=shop.store, transaction_id=mistake.pk, actor=boss, reason="wrong card")
            points.redeem(store=shop.other_store, card_id=first.pk, actor=boss, reward_id=reward.pk)
            points.adjust(
                store=shop.store, card_id=first.pk, actor=boss, points_delta=-10, reason="miscounted"
            )
    return shop


def program_of(shop) -> LoyaltyProgram:
    return LoyaltyProgram.objects.select_related("merchant").get(pk=shop.program.pk)


NOW = MONDAY + timedelta(days=2, hours=4)  # Wednesday, the first of July


def test_a_reward_for_points_that_is_undone_counts_no_longer_on_the_day_of_the_undoing(week):
    boss = factories.actor("owner")
    with factories.inside(week):
        line = LoyaltyTransaction.objects.get(transaction_type="points_redeemed")
        with time_machine.travel(NOW, tick=False):
            voids.void(store=week.store, transaction_id=line.pk, actor=boss, reason="sold out")
        figures = statistics.of_program(program_of(week), now=NOW, days=3)
        statistics.rebuild(week.merchant, now=NOW + timedelta(days=2))
        rolled_up = DailyFigures.objects.filter(merchant=week.merchant).aggregate(
            redemptions=Sum("points_redemptions"), points=Sum("points_redeemed")
        )
    assert figures["points_redemptions_this_month"] == 0
    assert figures["total_points_redeemed"] == 0
    assert rolled_up == {"redemptions": 0, "points": 0}


def test_a_programs_figures_over_a_month_end(week):
    with factories.inside(week):
        figures = statistics.of_program(program_of(week), now=NOW, days=3)
    assert figures == {
        "is_rebuilding": False,
        "total_cards": 2,
        "active_cards": 2,
        "total_stamps_issued": 4,
        "total_stamps_redeemed": 1,
        "stamps_this_month": -1,
        "redemptions_this_month": 0,
        "total_points_issued": 700,
        "total_points_redeemed": 500,
        "total_points_expired": 0,
        "total_points_voided": 10,
        "points_this_month": 0,
        "points_redemptions_this_month": 1,
        "cards_with_activity_30d": 2,
        "average_stamps_per_card": 2.0,
        "average_points_per_card": 350.0,
        "redemption_rate": 0.25,
        # one stamp of three for 3.00, and 140 + 50 points at half a cent
        "estimated_liability_cents": 100 + 70 + 25,
        "daily": [
            day("2026-06-29", new_cards=1, points_issued=650),
            day("2026-06-30", new_cards=1, stamps=5, stamps_redeemed=1, points_issued=50),
            day("2026-07-01", stamps=-1, points_redeemed=500),
        ],
    }


def day(date: str, **figures: int) -> dict:
    names = ("new_cards", "stamps", "stamps_redeemed", "points_issued", "points_redeemed", "points_expired")
    return {"date": date, **dict.fromkeys(names, 0), **figures}


def test_a_store_has_the_cards_enrolled_there_and_the_transactions_made_there(week):
    with factories.inside(week):
        here = statistics.of_store(program_of(week), week.store, now=NOW)
        there = statistics.of_store(program_of(week), week.other_store, now=NOW)
    assert (here["total_cards"], there["total_cards"]) == (1, 1)
    assert (here["total_stamps_issued"], there["total_stamps_issued"]) == (4, 0)
    assert (here["total_points_issued"], there["total_points_issued"]) == (650, 50)
    assert (here["total_points_redeemed"], there["total_points_redeemed"]) == (0, 500)


def test_rolled_up_days_say_the_same_as_the_ledger(week):
    later = NOW + timedelta(days=20)
    with factories.inside(week):
        program = program_of(week)
        live = statistics.of_program(program, now=later), statistics.of_store(program, week.store, now=later)
        assert statistics.roll_up(week.merchant, now=NOW + timedelta(days=1)) == 5
        half = statistics.of_program(program, now=later), statistics.of_store(program, week.store, now=later)
        assert statistics.roll_up(week.merchant, now=later) == 0
        whole = statistics.of_program(program, now=later), statistics.of_store(program, week.store, now=later)
    assert live == half == whole


def test_a_day_stays_open_while_something_recorded_offline_can_reach_it(week):
    midnight = datetime(2026, 6, 30, 22, 0, tzinfo=UTC)  # in Luxembourg
    with factories.inside(week):
        statistics.roll_up(week.merchant, now=midnight + timedelta(hours=12))
        assert str(MerchantCalendar.objects.get().open_from) == "2026-06-30"
        statistics.roll_up(week.merchant, now=midnight + timedelta(hours=13))
        assert str(MerchantCalendar.objects.get().open_from) == "2026-07-01"


def test_the_command_makes_the_same_roll_ups_again(week):
    with factories.inside(week):
        statistics.roll_up(week.merchant, now=NOW + timedelta(days=3))
        before = rows()
        DailyFigures.objects.update(stamps=99)
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        call_command("rebuild_statistics", "--merchant", week.merchant.slug)
    with factories.inside(week):
        assert rows() == before


def rows() -> list[tuple]:
    fields = (
        "store_id",
        "date",
        "new_cards",
        "stamps",
        "stamps_redeemed",
        "points_issued",
        "points_redeemed",
    )
    return sorted(DailyFigures.objects.values_list(*fields), key=str)


def test_an_empty_program_divides_by_nothing():
    shop = factories.shop()
    with factories.inside(shop):
        figures = statistics.of_program(program_of(shop), now=NOW)
    assert (figures["average_stamps_per_card"], figures["redemption_rate"]) == (0.0, 0.0)
    assert figures["estimated_liability_cents"] == 0


def test_nobody_elses_figures_are_mixed_in(week):
    other = factories.shop()
    with scope.everything("test"):
        assert statistics.of_program(program_of(other), now=NOW)["total_cards"] == 0


@pytest.mark.parametrize("sign", [1, -1])
def test_a_balance_that_was_brought_over_and_is_taken_back_was_never_issued(week, sign):
    with factories.inside(week), time_machine.travel(NOW, tick=False), transaction.atomic():
        (card,) = ledger.lock(LoyaltyCard.objects.filter(pk=factories.card(week.store).pk))
        before = statistics.of_program(program_of(week), now=NOW, days=1)
        worth = before["estimated_liability_cents"] + (1100 + 475 if sign > 0 else -25)
        brought = {"card": card, "kind": "opening_balance", "store": week.store}
        lines = ledger.post(
            [Entry(stamps_delta=11 * sign, **brought), Entry(points_delta=950 * sign, **brought)], now=NOW
        )
        with_it = statistics.of_program(program_of(week), now=NOW, days=1)
        voids.void_openings(
            store=week.store,
            cards=[card],
            line_ids=[line.pk for line in lines],
            actor=factories.actor("owner"),
            reason="another list",
        )
        assert with_it == before | {"estimated_liability_cents": worth}
        assert statistics.of_program(program_of(week), now=NOW, days=1) == before


def test_deleted_cards_leave_the_closed_days_and_come_back_with_them(week):
    later = NOW + timedelta(days=20)
    with factories.inside(week):
        program = program_of(week)
        statistics.roll_up(week.merchant, now=later)
        before = statistics.of_program(program, now=later)
        card = program.cards.get(enrolled_at_store=week.other_store)
        deletion.soft_delete(card, by=None)
        without = statistics.of_program(program, now=later)
        assert (without["total_cards"], without["total_points_issued"]) == (1, 650)
        statistics.roll_up(week.merchant, now=later)
        assert statistics.of_program(program, now=later) == without
        deletion.restore(card)
        assert statistics.of_program(program, now=later) == before
