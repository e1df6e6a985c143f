"""The arithmetic, with the numbers that a shop meets. No database."""

import doctest
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as any_

from loyalty import rules
from loyalty.rules import StampUsage
from loyalty.terms import Terms

LUXEMBOURG = ZoneInfo("Europe/Luxembourg")
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def test_the_examples_in_the_docstrings_are_right() -> None:
    assert doctest.testmod(rules).failed == 0


@pytest.mark.parametrize(
    ("cents", "points_per_euro", "digits", "points"),
    [
        (450, "10", 2, 45),
        (1999, "1", 2, 19),
        (99, "1", 2, 0),
        (1, "1", 2, 0),
        (1, "100", 2, 1),
        (1999, "1.5", 2, 29),
        (333, "0.1", 2, 0),
        (1000, "0.33", 2, 3),
        (29, "10", 2, 2),
        (57, "100", 2, 57),
        (1_000_000, "10", 2, 100_000),
        (1_000_000, "0.01", 2, 100),
        (1200, "1", 0, 1200),
        (1200, "0.01", 0, 12),
        (199, "0.01", 0, 1),
        (1240, "10", 3, 12),
        (999, "1", 3, 0),
        (11_111, "0.09", 3, 0),
        (1999, "1.5", 3, 2),
        (10**11, "10000", 0, 10**15),
    ],
)
def test_points_are_whole_and_rounded_down(
    cents: int, points_per_euro: str, digits: int, points: int
) -> None:
    assert whole(cents, Decimal(points_per_euro), digits) == points


def whole(cents: int, rate: Decimal, digits: int) -> int:
    """What a purchase earns where remainders are not kept, in points."""
    earned = Terms(None, "points", rate, 0, carry_remainders=False).earns(cents, digits=digits)
    assert earned % rules.POINT == 0
    return earned // rules.POINT


@given(any_.integers(1, 10**11), any_.decimals("0.01", "10000", places=2), any_.integers(0, 3))
def test_points_never_lose_or_gain_a_fraction(cents: int, rate: Decimal, digits: int) -> None:
    points = whole(cents, rate, digits)
    assert points * 10**digits <= cents * rate < (points + 1) * 10**digits


@pytest.mark.parametrize(
    ("maximum", "currency", "largest"),
    [
        (None, "EUR", 1_000_000),
        (None, "JPY", 1_000_000),
        (None, "KWD", 10_000_000),
        (None, "HUF", 1_000_000_000),
        (None, "IRR", 10_000_000_000),
        (5_000, "EUR", 5_000),
        (2_500_000, "EUR", 2_500_000),
    ],
)
def test_the_largest_purchase_is_the_programs_else_about_ten_thousand_euros(
    maximum: int | None, currency: str, largest: int
) -> None:
    assert rules.largest_purchase_cents(maximum, currency) == largest


# --- Cooldown and daily limit -----------------------------------------------------------------------------


def judge(usage: StampUsage, *, at: datetime = NOON, **limits: int) -> rules.StampVerdict:
    given_limits = {"cooldown_minutes": 15, "max_daily_stamps": 5} | limits
    return rules.may_stamp(usage, at=at, zone=LUXEMBOURG, **given_limits)


def test_the_first_stamp_is_allowed() -> None:
    assert judge(StampUsage()).allowed


def test_a_stamp_one_second_too_early_is_refused_and_a_second_later_allowed() -> None:
    usage = StampUsage(today=1, before=NOON - timedelta(minutes=15) + timedelta(seconds=1))
    early = judge(usage)
    assert (early.allowed, early.code) == (False, "stamp_cooldown")
    assert early.next_stamp_at == NOON + timedelta(seconds=1)
    assert early.retry_after(NOON) == 1
    assert judge(usage, at=NOON + timedelta(seconds=1)).allowed


def test_a_stamp_recorded_offline_keeps_its_distance_from_a_later_one_too() -> None:
    later = NOON + timedelta(minutes=10)
    verdict = judge(StampUsage(today=1, after=later))
    assert (verdict.code, verdict.next_stamp_at) == ("stamp_cooldown", later + timedelta(minutes=15))


def test_without_a_cooldown_two_stamps_in_one_moment_are_allowed() -> None:
    assert judge(StampUsage(today=1, before=NOON), cooldown_minutes=0).allowed


def test_the_sixth_stamp_of_a_day_waits_for_midnight_in_the_shop() -> None:
    verdict = judge(StampUsage(today=5))
    midnight = datetime(2026, 3, 10, 23, 0, tzinfo=UTC)
    assert (verdict.code, verdict.next_stamp_at) == ("daily_stamp_limit", midnight)
    assert verdict.retry_after(NOON) == 11 * 3600


def test_a_group_order_must_fit_into_the_day_as_a_whole() -> None:
    three_today = StampUsage(today=3)
    tz = {"zone": LUXEMBOURG, "cooldown_minutes": 0, "max_daily_stamps": 5}
    assert rules.may_stamp(three_today, at=NOON, count=2, **tz).allowed
    assert rules.may_stamp(three_today, at=NOON, count=3, **tz).code == "daily_stamp_limit"


def test_waiting_is_told_in_whole_seconds_and_never_as_nothing() -> None:
    verdict = rules.StampVerdict(False, "stamp_cooldown", NOON + timedelta(milliseconds=1200))
    assert verdict.retry_after(NOON) == 2
    assert verdict.retry_after(NOON + timedelta(milliseconds=1200)) == 1
    assert rules.StampVerdict(True).retry_after(NOON) is None


@pytest.mark.parametrize(
    ("date", "start", "hours"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 27, 23, tzinfo=UTC), 24),
        (datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
        (datetime(2026, 10, 25, 12, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        (datetime(2028, 2, 29, 12, tzinfo=UTC), datetime(2028, 2, 28, 23, tzinfo=UTC), 24),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC), 24),
    ],
)
def test_a_day_in_luxembourg_has_as_many_hours_as_its_clocks_say(
    date: datetime, start: datetime, hours: int
) -> None:
    assert rules.local_day(date, LUXEMBOURG) == (start, start + timedelta(hours=hours))


# --- Card numbers and PINs --------------------------------------------------------------------------------


@given(any_.from_regex(r"[1-9][0-9]{10}", fullmatch=True), any_.integers(0, 11), any_.integers(1, 9))
def test_one_wrong_digit_in_a_card_number_is_always_noticed(digits: str, place: int, step: int) -> None:
    number = digits + rules.luhn_digit(digits)
    wrong = str((int(number[place]) + step) % 10)
    assert rules.luhn_is_valid(number)
    assert not rules.luhn_is_valid(number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize("text", ["", "7", "79927398710", "799273987١3", "7992-7398"])
def test_what_is_no_number_has_no_valid_check_digit(text: str) -> None:
    assert not rules.luhn_is_valid(text)


@pytest.mark.parametrize("pin", ["0000", "99999999", "1234", "4321", "7890", "3210", "890123", "2109"])
def test_repeated_digits_and_runs_are_too_simple(pin: str) -> None:
    assert rules.pin_is_too_simple(pin)


@pytest.mark.parametrize("pin", ["4711", "8052", "1212", "1357", "1243", "00001"])
def test_other_pins_will_do(pin: str) -> None:
    assert not rules.pin_is_too_simple(pin)


# --- Expiry and liability ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("period", "days"), [(365, 14), (29, 14), (28, 14), (20, 10), (7, 3.5), (1, 0.5)])
def test_a_warning_comes_two_weeks_ahead_or_half_of_a_short_period(period: int, days: float) -> None:
    assert rules.warning_notice(period) == timedelta(days=days)


def test_points_expire_after_the_period_but_not_before_a_time_of_grace() -> None:
    visit = datetime(2026, 1, 31, 9, tzinfo=UTC)
    due = datetime(2026, 3, 2, 9, tzinfo=UTC)
    grace = datetime(2026, 4, 1, tzinfo=UTC)

    def expiry(*not_before: datetime | None) -> datetime:
        return rules.expires_at(last_activity_at=visit, expiration_days=30, not_before=not_before)

    assert expiry() == due
    assert expiry(None, None) == due
    assert expiry(grace, None) == grace
    assert expiry(visit) == due


@pytest.mark.parametrize(
    ("stamps", "value", "points", "point_value", "cents"),
    [
        (7, 350, 0, "1", 245),
        (3, 100, 0, "1", 30),
        (1, 5, 0, "1", 0),
        (7, None, 0, "1", 0),
        (0, 350, 1234, "1", 1234),
        (0, None, 1234, "0.5", 617),
        (0, None, 3, "0.3333", 0),
        (9, 355, 99, "0.25", 319 + 24),
    ],
)
def test_what_a_card_is_worth_rounds_each_part_down(
    stamps: int, value: int | None, points: int, point_value: str, cents: int
) -> None:
    worth = rules.liability_cents(
        stamp_count=stamps,
        stamps_target=10,
        stamps_reward_value_cents=value,
        points_balance=points,
        point_value_cents=Decimal(point_value),
    )
    assert worth == cents


# --- Which counters a line of the ledger moves ------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "stamps", "points", "undoes", "moves"),
    [
        ("stamp_earned", 3, 0, None, {"total_stamps_earned": 3}),
        ("stamp_redeemed", -10, 0, None, {"total_stamps_spent": 10, "stamps_redeemed": 1}),
        ("stamp_voided", -2, 0, "stamp_earned", {"total_stamps_voided": 2}),
        ("stamp_voided", 10, 0, "stamp_redeemed", {"total_stamps_spent": -10, "stamps_redeemed": -1}),
        ("points_earned", 0, 45, None, {"total_points_earned": 45}),
        ("points_redeemed", 0, -40, None, {"points_redeemed": 40}),
        ("points_voided", 0, -5, "points_earned", {"total_points_voided": 5}),
        ("points_voided", 0, 40, "points_redeemed", {"points_redeemed": -40}),
        ("points_voided", 0, 7, "points_adjustment", {"total_points_voided": -7}),
        ("points_adjustment", 0, -7, None, {"total_points_voided": 7}),
        ("points_expired", 0, -90, None, {"total_points_voided": 90}),
        ("merge_in", 4, 50, None, {"total_stamps_earned": 4, "total_points_earned": 50}),
        ("merge_out", -4, -50, None, {"total_stamps_voided": 4, "total_points_voided": 50}),
        ("card_created", 0, 0, None, {}),
    ],
)
def test_each_kind_of_line_moves_its_counters(
    kind: str, stamps: int, points: int, undoes: str | None, moves: dict[str, int]
) -> None:
    assert rules.counter_changes(kind, stamps_delta=stamps, points_delta=points, undoes=undoes) == moves


def test_a_delta_that_its_kind_cannot_have_is_a_mistake_in_the_program() -> None:
    with pytest.raises(KeyError):
        rules.counter_changes("stamp_earned", stamps_delta=-1, points_delta=0)
    with pytest.raises(KeyError):
        rules.counter_changes("card_created", stamps_delta=0, points_delta=5)
