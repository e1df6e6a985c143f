"""How often customers come, who comes back, and where cards come from: told as some weeks of a small shop."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine

from groundwork import deletion
from loyalty import tasks
from loyalty.models import LoyaltyCard, LoyaltyTransaction, MerchantCalendar, VisitFigures
from loyalty.reporting import visits
from loyalty.reporting.visits import Share
from loyalty.services import cards, enrollment, points, printed, restoring, stamps, voids
from loyalty.sources import Source
from tenancy import services
from tenancy.actor import Actor
from tests import factories
from tests.factories import Shop

pytestmark = pytest.mark.django_db

BOSS = factories.actor("owner")
LAST = date(2026, 6, 29)
NOON = datetime(2026, 6, 29, 10, tzinfo=UTC)  # in Luxembourg
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)  # the 29th is closed since 11:00


@contextmanager
def days_ago(number: int, **earlier: int) -> Iterator[None]:
    """A moment of the last day that is counted, or of one before it."""
    with time_machine.travel(NOON - timedelta(days=number) + timedelta(**earlier), tick=False):
        yield


@pytest.fixture
def shop() -> Shop:
    with days_ago(400):
        return factories.shop()


def a_card(shop: Shop, ago: int) -> LoyaltyCard:
    with days_ago(ago):
        return factories.card(shop.store)


def visit(shop: Shop, card: LoyaltyCard, *ago: int, at: str = "store", **later: int) -> LoyaltyTransaction:
    """A stamp on each of some days; returns the line of the last one."""
    line = None
    for number in ago:
        with days_ago(number, **later), factories.inside(shop):
            line = stamps.give(store=getattr(shop, at), card_id=card.pk, actor=BOSS).transaction
    assert line is not None
    return line


def count(shop: Shop, store: str = "", now: datetime = NOW) -> visits.Visits:
    with time_machine.travel(now, tick=False), factories.inside(shop):
        merchant = factories.fresh(shop.merchant)
        visits.count(merchant, now=now)
        found = visits.kept(merchant, getattr(shop, store) if store else None)
    assert found is not None
    return found


# --- Visits -----------------------------------------------------------------------------------------------


def test_visits_per_customer_stand_beside_those_of_the_period_before(shop: Shop) -> None:
    often, seldom = a_card(shop, 60), a_card(shop, 60)
    visit(shop, often, 31, 29, 10, 0)
    visit(shop, seldom, 59, 5)
    found = count(shop)
    assert found.as_of == LAST
    assert found.visits(30) == (Share(4, 2), Share(2, 2))
    assert found.visits(7) == (Share(2, 2), Share(1, 1))
    assert found.visits(365) == (Share(6, 2), Share())
    assert found.visits(30)[0].of_one == 2.0
    assert found.visits(365)[1].of_one is None


def test_two_stamps_and_a_reward_on_one_day_are_one_visit(shop: Shop) -> None:
    card = a_card(shop, 3)
    visit(shop, card, 2)
    with days_ago(2, hours=3), factories.inside(shop):
        stamps.give(store=shop.store, card_id=card.pk, actor=BOSS, count=9)
        stamps.redeem(store=shop.store, card_id=card.pk, actor=BOSS)
    assert count(shop).visits(30)[0] == Share(1, 1)


def test_a_card_that_is_made_or_put_right_was_no_visit(shop: Shop) -> None:
    card = a_card(shop, 3)
    with days_ago(2), factories.inside(shop):
        points.adjust(store=shop.store, card_id=card.pk, actor=BOSS, points_delta=10, reason="sorry")
    assert count(shop).visits(30)[0] == Share()
    with days_ago(1), factories.inside(shop):
        points.earn(store=shop.store, card_id=card.pk, actor=BOSS, purchase_amount_cents=100)
    assert count(shop).visits(30)[0] == Share(1, 1)


def test_what_was_undone_was_no_visit_and_is_one_again_on_its_own_day(shop: Shop) -> None:
    card = a_card(shop, 50)
    line = visit(shop, card, 40)
    with days_ago(20), factories.inside(shop):
        undoing = voids.void(store=shop.store, transaction_id=line.pk, actor=BOSS, reason="wrong card")
    assert count(shop).visits(30) == (Share(), Share())
    with days_ago(10), factories.inside(shop):
        written = [row.pk for row in undoing.transactions]
        again = restoring.restore(
            store=shop.store, undoing_id=undoing.transaction.pk, written=written, actor=BOSS, reason="right"
        )
    assert count(shop).visits(30) == (Share(), Share(1, 1))
    with days_ago(9), factories.inside(shop):
        once_more = voids.void(
            store=shop.store, transaction_id=again.transaction.pk, actor=BOSS, reason="wrong after all"
        )
    assert count(shop).visits(365)[0] == Share()
    with days_ago(8), factories.inside(shop):
        written = [row.pk for row in once_more.transactions]
        restoring.restore(
            store=shop.store, undoing_id=once_more.transaction.pk, written=written, actor=BOSS, reason="!"
        )
    assert count(shop).visits(30) == (Share(), Share(1, 1))


def test_a_store_has_its_own_visits_and_the_shop_counts_a_day_once(shop: Shop) -> None:
    card = a_card(shop, 9)
    visit(shop, card, 3)
    visit(shop, card, 3, 2, at="other_store", hours=2)
    assert count(shop, "store").visits(30)[0] == Share(1, 1)
    assert count(shop, "other_store").visits(30)[0] == Share(2, 1)
    assert count(shop).visits(30)[0] == Share(2, 1)


def test_of_a_day_that_is_not_closed_nothing_is_counted(shop: Shop) -> None:
    card = a_card(shop, 3)
    visit(shop, card, 1, 0, -1)
    assert count(shop).visits(30)[0] == Share(2, 1)
    assert count(shop, now=NOW - timedelta(hours=2)).as_of == LAST - timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "visited", "days"),
    [
        ("Europe/Luxembourg", ["2026-03-29T00:30:00+01:00", "2026-03-29T23:30:00+02:00"], 1),
        ("Europe/Luxembourg", ["2026-03-28T23:30:00+01:00", "2026-03-29T03:30:00+02:00"], 2),
        ("Europe/Luxembourg", ["2025-10-26T00:30:00+02:00", "2025-10-26T23:30:00+01:00"], 1),
        ("Europe/Luxembourg", ["2025-10-26T23:30:00+01:00", "2025-10-27T00:30:00+01:00"], 2),
        ("Pacific/Auckland", ["2026-03-28T23:30:00+01:00", "2026-03-29T03:30:00+02:00"], 1),
    ],
)
def test_a_day_is_the_shop_s_also_when_the_clocks_change(
    shop: Shop, zone: str, visited: list[str], days: int
) -> None:
    card = a_card(shop, 300)
    for moment in visited:
        with time_machine.travel(datetime.fromisoformat(moment), tick=False), factories.inside(shop):
            stamps.give(store=shop.store, card_id=card.pk, actor=BOSS)
    with factories.inside(shop):
        shop.merchant.timezone = zone
        services.change_merchant(merchant=shop.merchant, actor=BOSS)
    assert count(shop).visits(365)[0] == Share(days, 1)


# --- Coming back ------------------------------------------------------------------------------------------


def test_who_came_back_within_thirty_days_of_those_who_have_had_as_long(shop: Shop) -> None:
    at_once, late, never, new = (a_card(shop, 200) for _number in range(4))
    visit(shop, at_once, 100, 70)
    visit(shop, late, 100, 69, 68)
    visit(shop, never, 30)
    visit(shop, new, 29, 28)
    found = count(shop)
    assert found.came_back(30, 30) == (Share(1, 3), Share(1, 2))
    assert found.came_back(60, 30) == (Share(2, 2), Share(2, 2))
    assert found.came_back(90, 30) == (Share(2, 2), Share())
    assert found.first_days(30) == (date(2025, 5, 31), date(2026, 5, 30))


def test_a_first_visit_of_more_than_a_year_before_is_looked_at_no_more(shop: Shop) -> None:
    old, older = a_card(shop, 399), a_card(shop, 399)
    visit(shop, old, 394, 390)
    visit(shop, older, 395, 390)
    assert count(shop).came_back(30, 7) == (Share(1, 1), Share(2, 2))


def test_a_card_that_was_merged_goes_on_as_the_one_that_remains(shop: Shop) -> None:
    first, second = factories.two_cards(shop)
    visit(shop, first, 80)
    visit(shop, second, 60)
    assert count(shop).came_back(30, 30)[0] == Share(0, 2)
    with days_ago(5), factories.inside(shop):
        cards.merge(store=shop.store, card_id=first.pk, into_card_id=second.pk, actor=BOSS, reason="one")
    found = count(shop)
    assert found.came_back(30, 30)[0] == Share(1, 1)
    assert found.visits(90)[0] == Share(2, 1)


# --- Where cards come from --------------------------------------------------------------------------------


def test_each_card_says_where_it_comes_from(shop: Shop) -> None:
    yourself = {"self_service": True, "actor": Actor()}
    with days_ago(40):
        factories.card(shop.store)
    with days_ago(5):
        factories.card(shop.store)
        till = factories.till(shop.other_store)[0]
        with factories.inside(shop):
            counter = Actor(till=till, role="staff")
            enrollment.enroll(store=shop.other_store, name="Léa", create_if_missing=True, actor=counter)
            enrollment.enroll(store=shop.store, email="self@example.com", **yourself)
            batch = printed.make(store=shop.store, actor=BOSS, name="Box", count=2, design="white")
            number = batch.cards.order_by("pk")[0].card_number
            assert printed.first_scan(store=shop.store, actor=counter, text=number) is not None
    assert count(shop).sources(30) == [(Source.COUNTER, 1, 0), (Source.PAGE, 2, 1), (Source.PRINTED, 1, 0)]
    assert count(shop, "other_store").sources(30) == [(Source.COUNTER, 1, 0)]
    assert sum(number for _source, number, _before in count(shop).sources(365)) == 5


# --- When they are counted --------------------------------------------------------------------------------


def is_due(shop: Shop, now: datetime = NOW) -> bool:
    with factories.inside(shop):
        return visits.is_due(factories.fresh(shop.merchant), now=now)


def test_visits_are_counted_once_for_each_day_that_closes(shop: Shop) -> None:
    assert is_due(shop)
    count(shop)
    assert not is_due(shop)
    assert not is_due(shop, NOW + timedelta(hours=22))
    assert is_due(shop, NOW + timedelta(hours=23))


def test_a_card_that_is_deleted_or_comes_back_has_its_visits_counted_again(shop: Shop) -> None:
    card = a_card(shop, 3)
    visit(shop, card, 2)
    count(shop)
    with factories.inside(shop):
        deletion.soft_delete(factories.fresh(card), by=None)
        found = visits.kept(shop.merchant)
    assert found is not None
    assert (found.is_behind, found.visits(30)[0]) == (True, Share(1, 1))
    assert is_due(shop)
    found = count(shop)
    assert (found.is_behind, found.visits(30)[0], found.sources(30)) == (False, Share(), [])
    with factories.inside(shop):
        deletion.restore(factories.fresh(card))
    assert is_due(shop)
    assert count(shop).visits(30)[0] == Share(1, 1)


def test_a_merge_has_the_visits_counted_again(shop: Shop) -> None:
    first, second = factories.two_cards(shop)
    count(shop)
    with factories.inside(shop):
        cards.merge(store=shop.store, card_id=first.pk, into_card_id=second.pk, actor=BOSS, reason="one")
    assert is_due(shop)


def test_by_the_days_of_another_time_zone_nothing_is_said(shop: Shop) -> None:
    count(shop)
    with factories.inside(shop):
        shop.merchant.timezone = "Pacific/Auckland"
        services.change_merchant(merchant=shop.merchant, actor=BOSS)
        assert visits.kept(shop.merchant) is None
    assert is_due(shop)
    assert count(shop).row.timezone == "Pacific/Auckland"


def test_the_clock_counts_each_merchant_and_one_that_fails_stops_nobody(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = factories.shop()
    real = visits.counted

    def broken(merchant: SimpleNamespace, *, as_of: date) -> list[VisitFigures]:
        if merchant.pk == shop.merchant.pk:
            raise RuntimeError("broken")
        return real(merchant, as_of=as_of)  # type: ignore[arg-type]

    monkeypatch.setattr(visits, "counted", broken)
    tasks.count_visits()
    with factories.inside(other):
        assert VisitFigures.objects.filter(merchant=other.merchant).count() == 3
    with factories.inside(shop):
        assert not VisitFigures.objects.exists()
        assert MerchantCalendar.objects.filter(merchant=shop.merchant).exists()
    monkeypatch.undo()
    tasks.count_visits()
    with factories.inside(shop):
        assert VisitFigures.objects.count() == 3
