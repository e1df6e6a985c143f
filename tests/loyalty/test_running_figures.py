"""A busy day in a café: what is kept of it moves on while it lasts, and the figures are right at every moment."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groundwork import deletion
from loyalty import tasks
from loyalty.models import DailyFigures, LoyaltyCard, LoyaltyTransaction, MerchantCalendar
from loyalty.reporting import running, statistics
from loyalty.services import cards, stamps, voids
from tests import factories
from tests.factories import Shop
from tests.loyalty.test_snapshot import BOSS, everything, one_by_one, roll_up

pytestmark = pytest.mark.django_db

YESTERDAY = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
MORNING = YESTERDAY + timedelta(days=1)


@pytest.fixture
def shop() -> Shop:
    """Three stamps are worth 1.00."""
    with time_machine.travel(YESTERDAY - timedelta(days=20), tick=False):
        return factories.shop(stamps_target=3, stamps_reward_value_cents=100, point_value_cents="0.6667")


def at(moment: datetime, what: Callable[[], Any]) -> Any:
    with time_machine.travel(moment, tick=False):
        return what()


def give(shop: Shop, card: LoyaltyCard, count: int = 1, **more: Any) -> LoyaltyTransaction:
    return stamps.give(store=shop.store, card_id=card.pk, actor=BOSS, count=count, **more).transaction


def counted_by_sql(shop: Shop, now: datetime) -> tuple[int, int, int, int]:
    """Cards, stamps of today, cards seen in 30 days, and what all stamps are worth: as one would ask by hand."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT COUNT(*), SUM(stamp_count * 100 / 3 + points_balance * 6667 / 1000000)
            FROM loyalty_loyaltycard WHERE merchant_id = %s AND deleted_at IS NULL""",
            [shop.merchant.pk],
        )
        number, worth = cursor.fetchone()
        cursor.execute(
            """SELECT COALESCE(SUM(line.stamps_delta) FILTER (
                    WHERE line.transaction_type IN ('stamp_earned', 'stamp_voided')
                        AND (line.transaction_at AT TIME ZONE 'Europe/Luxembourg')::date = %s), 0),
                COUNT(DISTINCT line.card_id) FILTER (
                    WHERE (line.transaction_at AT TIME ZONE 'Europe/Luxembourg')::date > %s)
            FROM loyalty_loyaltytransaction line JOIN loyalty_loyaltycard card ON card.id = line.card_id
            WHERE line.merchant_id = %s AND card.deleted_at IS NULL""",
            [now.date(), now.date() - timedelta(days=30), shop.merchant.pk],
        )
        given, seen = cursor.fetchone()
    return number, given, seen, worth


def told(shop: Shop, now: datetime) -> tuple[int, int, int, int]:
    figures = everything(shop, now)[0]
    return (
        figures["total_cards"],
        figures["daily"][-1]["stamps"],
        figures["cards_with_activity_30d"],
        figures["estimated_liability_cents"],
    )


def a_day(shop: Shop, made: dict[str, Any]) -> list[Callable[[], Any]]:
    """What happens one hour after the other."""

    def enrol(name: str) -> None:
        made[name] = factories.card(shop.store, email=f"{name}@example.com")

    def switch(verb: Any, name: str) -> None:
        verb(store=shop.store, card_id=made[name].pk, actor=BOSS, reason="as asked")

    return [
        lambda: (give(shop, made["regular"], 2), enrol("anouk")),
        lambda: made.update(mistake=give(shop, made["anouk"], 2)),
        lambda: switch(cards.deactivate, "regular"),
        lambda: (enrol("ben"), give(shop, made["ben"], 4)),
        lambda: voids.void(
            store=shop.store, transaction_id=made["mistake"].pk, actor=BOSS, reason="wrong card"
        ),
        lambda: deletion.soft_delete(made["ben"], by=None),
        lambda: switch(cards.reactivate, "regular"),
        lambda: give(shop, made["regular"]),
        lambda: deletion.restore(LoyaltyCard.all_objects.get(pk=made["ben"].pk)),
        lambda: switch(cards.deactivate, "anouk"),
    ]


def test_at_every_moment_of_a_day_the_figures_are_those_of_the_ledger(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with factories.inside(shop):
        made: dict[str, Any] = {"regular": at(YESTERDAY, lambda: factories.card(shop.store))}
        for hour, what in enumerate(a_day(shop, made)):
            now = MORNING + timedelta(hours=hour)
            at(now, what)
            assert told(shop, now) == counted_by_sql(shop, now), hour
            if hour % 2 == 0:  # of the other hours the lines are still to be counted when the next ones come
                roll_up(shop, now, monkeypatch)
                assert MerchantCalendar.objects.get().days_upto == LoyaltyTransaction.objects.first().pk
                assert everything(shop, now) == one_by_one(shop, now), hour
        assert DailyFigures.objects.filter(date=MORNING.date()).exists()


def test_what_is_kept_of_a_day_is_counted_again_when_it_closes(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, tomorrow = MORNING + timedelta(hours=2), MORNING + timedelta(days=2)
    with factories.inside(shop):
        card = at(YESTERDAY, lambda: factories.card(shop.store))
        at(now, lambda: give(shop, card, 2))
        roll_up(shop, now, monkeypatch)
        DailyFigures.objects.filter(date=MORNING.date()).update(stamps=99)
        assert told(shop, now)[1] == 99
        statistics.roll_up(shop.merchant, now=tomorrow)
        assert DailyFigures.objects.get(date=MORNING.date()).stamps == 2
        assert everything(shop, tomorrow) == one_by_one(shop, tomorrow)


def test_while_a_transaction_of_before_lasts_no_line_is_taken_for_the_last(shop: Shop) -> None:
    with factories.inside(shop):
        card = at(YESTERDAY, lambda: factories.card(shop.store))
        for _minute in range(3):  # this test's own transaction is still under way
            statistics.roll_up(shop.merchant, now=MORNING)
        assert MerchantCalendar.objects.get().days_upto == 0
        at(MORNING, lambda: give(shop, card))
        assert told(shop, MORNING) == counted_by_sql(shop, MORNING) == (1, 1, 1, 33)


def test_only_merchants_with_new_lines_are_moved_on(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with factories.inside(shop):
        card = at(YESTERDAY, lambda: factories.card(shop.store))
        assert running.merchants_behind() == [shop.merchant.pk]
        roll_up(shop, MORNING, monkeypatch)
        assert running.merchants_behind() == []
        at(MORNING, lambda: give(shop, card))
        assert running.merchants_behind() == [shop.merchant.pk]


STAMPS = """
INSERT INTO loyalty_loyaltytransaction (merchant_id, card_id, store_id, transaction_type, stamps_delta,
    stamps_balance_after, points_delta, points_balance_after, order_reference, reward_name, notes, user_agent,
    recorded_offline, transaction_at, created_at)
SELECT merchant_id, id, enrolled_at_store_id, 'stamp_earned', 1, 1, 0, 0, '', '', '', '', false, %s, %s
FROM loyalty_loyaltycard CROSS JOIN generate_series(1, %s) number WHERE merchant_id = %s"""


def lines_read(shop: Shop, now: datetime) -> int:
    """How many lines of the ledger the figures are counted from, as PostgreSQL says of its own plans."""
    with CaptureQueriesContext(connection) as asked:
        told(shop, now)
    read = 0
    with connection.cursor() as cursor:
        for query in asked:
            if query["sql"].lstrip().startswith("SELECT"):
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
                read += _lines_of(cursor.fetchone()[0][0]["Plan"])
    return read


def _lines_of(plan: dict[str, Any]) -> int:
    read = sum(map(_lines_of, plan.get("Plans", [])))
    if plan.get("Relation Name") == LoyaltyTransaction._meta.db_table:
        read += (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return round(read)


def test_figures_of_a_long_day_are_read_from_no_more_lines_than_of_a_short_one(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with factories.inside(shop), connection.cursor() as cursor:
        for _number in range(3):
            at(YESTERDAY, lambda: factories.card(shop.store))
        cursor.execute("SET LOCAL session_replication_role = replica")  # lines alone, without their cards
        read = []
        for _half in range(2):
            cursor.execute(STAMPS, [MORNING, MORNING, 500, shop.merchant.pk])
            cursor.execute("ANALYZE loyalty_loyaltytransaction")
            roll_up(shop, MORNING, monkeypatch)
            cursor.execute(STAMPS, [MORNING, MORNING, 1, shop.merchant.pk])
            read.append(lines_read(shop, MORNING))
        assert read[1] <= read[0] < 100
        statistics.forget_roll_ups(shop.merchant)
        assert lines_read(shop, MORNING) > 3_000


def test_the_clock_moves_on_the_figures_of_whoever_is_behind(shop: Shop) -> None:
    at(MORNING, lambda: factories.card(shop.store, stamps=1))
    calendars = MerchantCalendar._base_manager.filter(merchant=shop.merchant)
    assert not calendars.exists()

    at(MORNING, tasks.move_figures_on)  # as a worker does it: nobody has opened a scope

    assert calendars.get().open_from is not None
