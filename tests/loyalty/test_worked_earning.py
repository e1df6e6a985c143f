"""What a shopkeeper says of promotions, a sentence each, reckoned by the pure function alone."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loyalty import earning, offers
from loyalty.offers import Bought, Facts, Given, Promotion
from loyalty.rules import POINT
from loyalty.terms import Terms

LUXEMBOURG = ZoneInfo("Europe/Luxembourg")
HYBRID = Terms(None, "hybrid", Decimal(1), 0, True)
NOON = datetime(2026, 5, 12, 10, tzinfo=UTC)  # a Tuesday
GARE, KIRCHBERG = 1, 2


def says(number: int = 1, **said: Any) -> Promotion:
    """A promotion that doubles points, unless it says what it gives."""
    given = {} if "effect" in said else {"effect": "factor", "factor": Decimal(2)}
    return Promotion(**{"id": number, "planned_at": datetime(2026, 1, 1, tzinfo=UTC)} | given | said)


def bonus(number: int, points: int, **said: Any) -> Promotion:
    return says(number, effect="points", amount=points, **said)


def gets(
    *promotions: Promotion,
    cents: int | None = 1000,
    at: datetime = NOON,
    items: Any = (),
    stamps: int = 1,
    store: int = GARE,
    **known: Any,
) -> tuple[int, int]:
    """Points and stamps of a purchase of 10.00, unless it is another one."""
    facts = Facts(**{"store_id": store, "zone": LUXEMBOURG} | known)
    earned = earning.earn(Bought(cents, 2, stamps, items), facts, HYBRID, promotions, at)
    return earned.points // POINT, earned.stamps


def test_without_a_promotion_ten_euros_are_ten_points_and_a_stamp() -> None:
    assert gets() == (10, 1)


def test_of_several_factors_the_best_one_counts_and_every_bonus() -> None:
    best = says(2, factor=Decimal("2.5"))
    assert gets(says(1), best, bonus(3, 5), bonus(4, 7), says(5, effect="stamps", amount=2)) == (37, 3)


def test_what_is_excluded_is_not_given_together_and_the_larger_one_is() -> None:
    double, treat = says(1), bonus(2, 30, not_with=frozenset({1}))
    assert gets(double, treat) == (40, 1)
    assert gets(double, treat, cents=5000) == (100, 1)
    assert gets(double, treat, bonus(3, 1)) == (41, 1)


@pytest.mark.parametrize(
    ("hour", "points"),
    [
        ((2026, 10, 24, 23, 59), 10),
        ((2026, 10, 25, 0, 0), 20),
        ((2026, 10, 25, 1, 59), 20),
        ((2026, 10, 25, 2), 10),
    ],
)
def test_two_to_three_in_the_night_when_the_clock_goes_back_is_two_hours_long(
    hour: tuple[int, ...], points: int
) -> None:
    small_hours = says(from_time=time(2), until_time=time(3))
    assert gets(small_hours, at=datetime(*hour, tzinfo=UTC)) == (points, 1)  # type: ignore[arg-type]


def test_two_to_three_in_the_night_when_the_clock_goes_forward_does_not_come() -> None:
    small_hours, around = (
        says(from_time=time(2), until_time=time(3)),
        says(from_time=time(1), until_time=time(4)),
    )
    for minute in (59, 0):
        at = datetime(2026, 3, 29, 0 if minute else 1, minute, tzinfo=UTC)  # 1:59, then 3:00
        assert (gets(small_hours, at=at), gets(around, at=at)) == ((10, 1), (20, 1))


def test_friday_night_lasts_until_two_on_saturday_and_not_on_friday_morning() -> None:
    night = says(weekdays=frozenset({5}), from_time=time(22), until_time=time(2))
    found = [
        gets(night, at=datetime(2026, 5, day, hour, tzinfo=UTC))[0]
        for day, hour in ((14, 23), (15, 19), (15, 20), (15, 23), (16, 0))
    ]
    assert found == [10, 10, 20, 20, 10]


def test_from_the_first_day_to_the_last_by_the_stores_calendar() -> None:
    may = says(first_day=date(2026, 5, 1), last_day=date(2026, 5, 31))
    found = [
        gets(may, at=datetime(2026, month, day, hour, tzinfo=UTC))[0]
        for month, day, hour in ((4, 30, 21), (4, 30, 22), (5, 31, 21), (5, 31, 22))
    ]
    assert found == [10, 20, 20, 10]


def test_only_at_the_stores_that_are_named() -> None:
    at_gare = says(store_ids=frozenset({GARE}))
    assert (gets(at_gare), gets(at_gare, store=KIRCHBERG)) == ((20, 1), (10, 1))


def test_the_first_purchase_and_no_other() -> None:
    first = says(audience="first_purchase")
    assert (gets(first), gets(first, has_earned=True)) == ((20, 1), (10, 1))


def test_the_third_visit_and_the_sixth() -> None:
    third = says(audience="every_nth_visit", every=3)
    assert [gets(third, visits=before)[0] for before in range(7)] == [10, 10, 20, 10, 10, 20, 10]


def test_whoever_comes_back_after_ten_days_and_nobody_who_was_never_here() -> None:
    back = says(audience="back_after", days=10)
    last = [None, date(2026, 5, 3), date(2026, 5, 2), date(2025, 5, 2)]
    assert [gets(back, last_visit=day)[0] for day in last] == [10, 10, 20, 20]


def test_whoever_has_the_tag_however_it_is_written() -> None:
    regulars = says(audience="with_tag", tag="Regular")
    assert [gets(regulars, tags=frozenset(tags))[0] for tags in ((), ("regular",), ("other",))] == [
        10,
        20,
        10,
    ]


def test_a_birthday_of_29_february_is_on_the_28th_where_there_is_no_29th() -> None:
    birthday, born = says(audience="birthday", days=0), date(2004, 2, 29)
    found = [
        gets(birthday, birth_date=born, at=datetime(year, 2, day, 10, tzinfo=UTC))[0]
        for year, day in ((2027, 28), (2028, 28), (2028, 29))
    ]
    assert found == [20, 10, 20]
    assert gets(birthday) == (10, 1)  # whose birthday nobody knows


def test_a_birthday_is_celebrated_once_within_its_days() -> None:
    birthday, born = says(audience="birthday", days=3), date(1990, 5, 14)
    assert gets(birthday, birth_date=born) == (20, 1)
    assert gets(birthday, birth_date=born, given={1: Given(around=5 * POINT)}) == (10, 1)


def test_from_a_least_amount_on_and_from_the_first_cent_of_it() -> None:
    large = bonus(1, 5, least_cents=1000)
    assert [gets(large, cents=cents)[0] for cents in (999, 1000)] == [9, 15]


CAKE = {"sku": "12", "category": "Cake", "quantity": 1, "amount_cents": 400}
BREAD = {"sku": "7", "category": "bread", "quantity": 2, "amount_cents": 600}


def test_only_what_is_named_counts_by_its_category_or_its_number() -> None:
    cakes, number_seven = says(categories=frozenset({"cake"})), says(skus=frozenset({"7"}))
    assert gets(cakes, items=[CAKE, BREAD]) == (14, 1)
    assert gets(number_seven, items=[CAKE, BREAD]) == (16, 1)
    assert gets(cakes, items=[BREAD], cents=600) == (6, 1)


def test_all_of_a_purchase_counts_where_the_till_sends_no_items() -> None:
    assert gets(says(categories=frozenset({"cake"}))) == (20, 1)


def test_the_least_amount_is_of_what_is_named() -> None:
    cakes = bonus(1, 5, categories=frozenset({"cake"}), least_cents=500)
    dear = {**CAKE, "amount_cents": 500}
    assert (gets(cakes, items=[CAKE, BREAD])[0], gets(cakes, items=[dear, BREAD], cents=1100)[0]) == (10, 16)


def test_at_most_so_much_a_card_and_day() -> None:
    double = says(card_day_limit=12)
    had = [Given(), Given(today=5 * POINT), Given(today=12 * POINT, in_all=12 * POINT)]
    assert [gets(double, given={1: each})[0] for each in had] == [20, 17, 10]


def test_at_most_so_much_a_card_in_all_whatever_day_it_is() -> None:
    double = says(card_limit=12)
    had = [Given(), Given(in_all=9 * POINT), Given(in_all=12 * POINT)]
    assert [gets(double, given={1: each})[0] for each in had] == [20, 13, 10]


def test_at_most_so_much_for_everybody_together_and_it_ends_by_itself() -> None:
    double = says(budget=100)
    assert [gets(double, left={1: left * POINT})[0] for left in (100, 4, 0)] == [20, 14, 10]
    assert offers.state(double, now=NOON, zone=LUXEMBOURG, left=0) == "ended"


def test_a_stamp_on_top_comes_with_a_stamp_and_with_no_other() -> None:
    two_for_one = says(effect="stamps", amount=1)
    assert (gets(two_for_one), gets(two_for_one, stamps=0)) == ((10, 2), (10, 0))
    assert gets(two_for_one, cents=None) == (0, 2)  # a stamp without a receipt


def test_a_factor_of_one_and_a_half_keeps_the_half_point() -> None:
    facts = Facts(store_id=GARE, zone=LUXEMBOURG)
    half_more = says(factor=Decimal("1.5"))
    earned = earning.earn(Bought(500, 2), facts, HYBRID, [half_more], NOON)
    assert (earned.base_points, earned.points) == (5 * POINT, 7 * POINT + POINT // 2)


def test_what_was_stopped_or_is_a_draft_gives_nothing() -> None:
    assert gets(says(planned_at=None)) == (10, 1)
    assert gets(says(stopped_at=NOON)) == (10, 1)
    assert gets(says(stopped_at=datetime(2026, 5, 12, 10, 1, tzinfo=UTC))) == (20, 1)


def test_a_friend_is_welcomed_by_what_they_have_not_had() -> None:
    welcome = bonus(1, 50, audience="brought_by_friend", friend_amount=30)
    assert (gets(welcome, welcomes=frozenset({1})), gets(welcome)) == ((60, 1), (10, 1))
