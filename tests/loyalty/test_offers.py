"""When promotions run: days, hours, nights and both changes of the clock, all by the store's clock."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from customers import birthdays
from loyalty import earning, offers
from loyalty.offers import Bought, Facts, Offer, Promotion
from loyalty.terms import Terms

LUXEMBOURG, LISBON = ZoneInfo("Europe/Luxembourg"), ZoneInfo("Europe/Lisbon")
PLANNED = datetime(2026, 1, 1, tzinfo=UTC)
TERMS = Terms(None, "points", 1, 0, True)


def promotion(**said: Any) -> Promotion:
    return Promotion(**{"id": 1, "effect": "factor", "factor": 2, "planned_at": PLANNED} | said)


def runs(said: Promotion, *at: int, zone: ZoneInfo = LUXEMBOURG, store_id: int = 1) -> bool:
    """Whether it runs at a moment, told in UTC."""
    return offers.is_on(said, datetime(*at, tzinfo=UTC), store_id, zone)


def test_hours_are_those_of_the_stores_clock() -> None:
    afternoon = promotion(from_time=time(14), until_time=time(17))
    summer = [
        runs(afternoon, 2026, 5, 12, hour, minute) for hour, minute in ((11, 59), (12, 0), (14, 59), (15, 0))
    ]
    assert summer == [False, True, True, False]
    winter = [runs(afternoon, 2026, 2, 10, hour) for hour in (12, 13, 15, 16)]
    assert winter == [False, True, True, False]
    assert (
        runs(afternoon, 2026, 5, 12, 12, 30, zone=LISBON),
        runs(afternoon, 2026, 5, 12, 15, 30, zone=LISBON),
    ) == (
        False,
        True,
    )


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    """Fridays from 22:00 to 2:00, until Friday 15 May 2026."""
    night = promotion(
        weekdays=frozenset({5}), from_time=time(22), until_time=time(2), last_day=date(2026, 5, 15)
    )
    assert [
        runs(night, 2026, 5, 15, 19, 59),
        runs(night, 2026, 5, 15, 20),
        runs(night, 2026, 5, 15, 23, 59),
    ] == [
        False,
        True,
        True,
    ]
    assert [
        runs(night, 2026, 5, 14, 23, 0),
        runs(night, 2026, 5, 16, 0, 0),
        runs(night, 2026, 5, 16, 20),
    ] == [
        False,
        False,
        False,
    ]
    now = datetime(2026, 5, 15, 23, 0, tzinfo=UTC)  # one in the night
    assert offers.closes_at(night, now, LUXEMBOURG) == datetime(2026, 5, 16, 0, 0, tzinfo=UTC)
    assert offers.state(night, now=now, zone=LUXEMBOURG) == "running"
    assert offers.state(night, now=datetime(2026, 5, 16, 0, 0, tzinfo=UTC), zone=LUXEMBOURG) == "ended"


def test_an_hour_that_comes_twice_counts_twice_and_one_that_is_left_out_not_at_all() -> None:
    """25 October 2026: 3:00 becomes 2:00. 29 March 2026: 2:00 becomes 3:00."""
    small_hours = promotion(from_time=time(2), until_time=time(3))
    autumn = [
        runs(small_hours, 2026, 10, 24, 23, 59),
        *(runs(small_hours, 2026, 10, 25, hour) for hour in (0, 1, 2)),
    ]
    assert autumn == [False, True, True, False]
    spring = [runs(small_hours, 2026, 3, 29, 0, 59), runs(small_hours, 2026, 3, 29, 1)]
    assert spring == [False, False]
    half = promotion(from_time=time(1), until_time=time(2, 30))
    first, second = datetime(2026, 10, 25, 0, 10, tzinfo=UTC), datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    assert offers.closes_at(half, first, LUXEMBOURG) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert offers.closes_at(half, second, LUXEMBOURG) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_night_that_ends_in_an_hour_that_comes_twice_has_not_ended_before_the_till_stops() -> None:
    night = promotion(last_day=date(2026, 10, 24), from_time=time(22), until_time=time(2, 30))
    for hour, minute, is_running in (
        (0, 29, True),
        (0, 30, False),
        (1, 0, True),
        (1, 29, True),
        (1, 30, False),
    ):
        assert runs(night, 2026, 10, 25, hour, minute) is is_running
    states = [
        offers.state(night, now=datetime(2026, 10, 25, 1, minute, tzinfo=UTC), zone=LUXEMBOURG)
        for minute in (0, 29, 30)
    ]
    assert states == ["running", "running", "ended"]


def test_hours_that_end_in_one_that_is_left_out_end_where_the_clock_is_put_forward() -> None:
    night = promotion(last_day=date(2026, 3, 28), from_time=time(22), until_time=time(2, 30))
    put_forward = datetime(2026, 3, 29, 1, tzinfo=UTC)  # 2:00 becomes 3:00
    assert [runs(night, 2026, 3, 29, 0, 59), runs(night, 2026, 3, 29, 1)] == [True, False]
    before = put_forward - timedelta(minutes=20)
    assert offers.closes_at(night, before, LUXEMBOURG) == put_forward
    assert offers.state(night, now=before, zone=LUXEMBOURG) == "running"
    assert offers.state(night, now=put_forward, zone=LUXEMBOURG) == "ended"
    beirut = ZoneInfo("Asia/Beirut")  # on that day its clock is put forward at midnight
    late = promotion(from_time=time(20), until_time=time(0, 30))
    assert offers.closes_at(late, datetime(2026, 3, 28, 21, tzinfo=UTC), beirut) == datetime(
        2026, 3, 28, 22, tzinfo=UTC
    )


def test_days_begin_and_end_at_the_stores_midnight() -> None:
    may = promotion(first_day=date(2026, 5, 1), last_day=date(2026, 5, 31))
    assert [runs(may, 2026, 4, 30, 21, 59), runs(may, 2026, 4, 30, 22), runs(may, 2026, 5, 31, 21, 59)] == [
        False,
        True,
        True,
    ]
    assert runs(may, 2026, 5, 31, 22) is False
    states = [
        offers.state(may, now=datetime(2026, month, day, 12, tzinfo=UTC), zone=LUXEMBOURG)
        for month, day in ((4, 30), (5, 1), (5, 31), (6, 1))
    ]
    assert states == ["planned", "running", "running", "ended"]
    now = datetime(2026, 5, 20, 12, tzinfo=UTC)
    assert offers.closes_at(may, now, LUXEMBOURG) == datetime(2026, 5, 31, 22, tzinfo=UTC)
    tuesdays = promotion(weekdays=frozenset({2, 3}))
    assert offers.closes_at(tuesdays, datetime(2026, 5, 12, 9, tzinfo=UTC), LUXEMBOURG) == datetime(
        2026, 5, 13, 22, tzinfo=UTC
    )
    assert offers.closes_at(promotion(), now, LUXEMBOURG) is None
    assert offers.closes_at(tuesdays, now, LUXEMBOURG) == datetime(2026, 5, 20, 22, tzinfo=UTC)


def test_a_promotion_counts_from_when_it_was_planned_until_it_is_stopped() -> None:
    stopped = promotion(stopped_at=datetime(2026, 5, 12, 12, tzinfo=UTC))
    assert [runs(stopped, 2025, 12, 31, 23), runs(stopped, 2026, 1, 1), runs(stopped, 2026, 5, 12, 11)] == [
        False,
        True,
        True,
    ]
    assert runs(stopped, 2026, 5, 12, 12) is False
    assert runs(promotion(planned_at=None), 2026, 5, 12) is False
    named = promotion(store_ids=frozenset({2}))
    assert (runs(named, 2026, 5, 12), runs(named, 2026, 5, 12, store_id=2)) == (False, True)


@pytest.mark.parametrize(
    ("state", "said", "left"),
    [
        ("draft", {"planned_at": None}, None),
        ("running", {}, None),
        ("running", {"budget": 10}, 1),
        ("ended", {"budget": 10}, 0),
        ("stopped", {"stopped_at": PLANNED, "last_day": date(2026, 1, 2)}, None),
        ("planned", {"first_day": date(2026, 5, 13)}, None),
        ("ended", {"last_day": date(2026, 5, 11)}, None),
    ],
)
def test_what_a_promotion_is_at_a_moment(state: str, said: dict[str, Any], left: int | None) -> None:
    now = datetime(2026, 5, 12, 12, tzinfo=UTC)
    assert offers.state(promotion(**said), now=now, zone=LUXEMBOURG, left=left) == state


@pytest.mark.parametrize(
    ("born", "today", "days", "is_near"),
    [
        (date(2000, 2, 29), date(2027, 2, 28), 0, True),
        (date(2000, 2, 29), date(2027, 3, 1), 0, False),
        (date(2000, 2, 29), date(2028, 2, 28), 0, False),
        (date(2000, 2, 29), date(2028, 2, 29), 0, True),
        (date(1904, 12, 31), date(2027, 1, 3), 3, True),
        (date(1904, 1, 2), date(2026, 12, 30), 3, True),
        (date(1990, 5, 12), date(2026, 5, 16), 3, False),
    ],
)
def test_a_birthday_is_so_many_days_away_across_years_and_in_those_without_its_day(
    born: date, today: date, days: int, is_near: bool
) -> None:
    assert birthdays.is_near(born, today, days=days) is is_near
    assert birthdays.is_near(None, today, days=days) is False


def test_a_purchase_and_a_moment_are_all_that_is_asked_for() -> None:
    """3 and a half for 3.50 and as much again; ten on top, of which a card has had four."""
    facts = Facts(store_id=1, zone=LUXEMBOURG, given={2: offers.Given(today=4_0000, in_all=4_0000)})
    bonus = promotion(id=2, effect="points", amount=10, card_day_limit=10)
    bought = Bought(350, 2)
    earned = earning.earn(bought, facts, TERMS, [bonus, promotion()], datetime(2026, 5, 12, tzinfo=UTC))
    assert earned == earning.Breakdown(
        3_5000, 0, (earning.Part(1, points=3_5000), earning.Part(2, points=6_0000))
    )
    assert earned.points == 13_0000


def test_only_whole_points_are_given_where_remainders_are_not_kept() -> None:
    whole = Terms(None, "points", 1, 0, False)
    half_more = Offer(promotion(factor=offers.Decimal("1.5")), 390)
    earned = earning.worth(Bought(390, 2), [half_more], whole)
    assert earned == earning.Breakdown(3_0000, 0, (earning.Part(1, points=1_0000),))
