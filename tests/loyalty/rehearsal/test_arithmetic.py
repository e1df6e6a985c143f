"""The arithmetic of rehearsals: whose reward comes when, which target held when, what a draft keeps. Pure."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from loyalty.models import LoyaltyProgram
from loyalty.offers import FACTOR, STAMPS, Promotion
from loyalty.reporting.rehearsal.budgets import Budgets
from loyalty.reporting.rehearsal.draft import SINCE_EVER, Draft, Reward, as_if_it_ran
from loyalty.reporting.rehearsal.expecting import let_go
from loyalty.reporting.rehearsal.figures import Check, Outcome, Promoted, Sooner
from loyalty.reporting.rehearsal.stage import Ready, Stage
from loyalty.rules import POINT

MONDAY = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
FRIDAY = MONDAY + timedelta(days=4)
DAY = 86_400


@pytest.mark.parametrize(
    ("real", "drafted", "found"),
    [
        ([], [], Sooner()),
        ([FRIDAY], [FRIDAY], Sooner()),
        ([FRIDAY], [MONDAY], Sooner(earlier=1, earlier_seconds=4 * DAY)),
        ([MONDAY], [FRIDAY], Sooner(later=1, later_seconds=4 * DAY)),
        ([MONDAY, FRIDAY], [MONDAY, MONDAY], Sooner(earlier=1, earlier_seconds=4 * DAY)),
        ([], [MONDAY], Sooner(new=1)),
        ([MONDAY], [MONDAY, FRIDAY], Sooner(new=1)),
        ([MONDAY], [], Sooner(none=1)),
    ],
)
def test_a_card_counts_once_by_the_first_reward_that_differs(
    real: list[datetime], drafted: list[datetime], found: Sooner
) -> None:
    counted = Sooner()
    assert counted.compare(real, drafted) == (found != Sooner())
    assert counted == found


def test_a_reward_is_there_when_there_is_enough_and_again_once_there_was_less() -> None:
    ready = Ready()
    for day, is_ready in enumerate([False, True, True, False, True]):
        ready.note(is_ready, MONDAY + timedelta(days=day))
    assert ready.since == [MONDAY + timedelta(days=1), FRIDAY]


def test_a_target_holds_from_its_terms_on_and_the_first_since_ever() -> None:
    stage = Stage.__new__(Stage)
    object.__setattr__(stage, "targets", [(MONDAY, 10), (FRIDAY, 12)])
    moments = (MONDAY - timedelta(days=9), FRIDAY - timedelta(seconds=1), FRIDAY)
    assert [stage.target_at(at) for at in moments] == [10, 10, 12]
    just_after, later = FRIDAY + timedelta(seconds=30), FRIDAY + timedelta(hours=1)
    assert [stage.takes_a_target(at, 10) for at in (just_after, later)] == [True, False]


@pytest.mark.parametrize(
    ("stamps", "units", "given"),
    [(3, 70_000, (0, 0)), (-2, -1, (2, 10_000)), (0, -35_000, (0, 40_000)), (1, -40_000, (0, 40_000))],
)
def test_letting_go_gives_whole_points_and_stamps(stamps: int, units: int, given: tuple[int, int]) -> None:
    assert let_go(stamps, units) == given


def test_a_draft_says_what_differs_and_comes_back_from_a_job_as_it_was() -> None:
    before = LoyaltyProgram(points_per_euro=Decimal(10), stamps_target=10, card_name="Friends")
    after = LoyaltyProgram(points_per_euro=Decimal("12.5"), stamps_target=8, card_name="Others")
    found = Draft.between(before, after)
    assert found == Draft({"points_per_euro": Decimal("12.5"), "stamps_target": 8})
    assert not found.is_empty
    assert Draft.between(before, before).is_empty
    tuesday = Promotion(id=3, effect=FACTOR, factor=Decimal(2), budget=100, last_day=MONDAY.date())
    whole = Draft(found.changes, (Reward(1, 500, None),), (tuesday,))
    kept = whole.as_data()
    assert kept["promotions"] == [3]
    assert Draft.from_data(kept, [tuesday]) == whole


@pytest.mark.parametrize(
    ("first", "last", "played"),
    [
        (None, None, (None, None)),
        (date(2026, 12, 1), None, (None, None)),
        # Two weeks in December: the two weeks before today, from the same day of the week on.
        (date(2026, 12, 1), date(2026, 12, 14), (date(2026, 11, 10), date(2026, 11, 23))),
        # It would begin at once.
        (None, date(2026, 12, 1), (date(2026, 11, 21), date(2026, 11, 24))),
        # What is over is played when it was.
        (date(2026, 11, 2), date(2026, 11, 8), (date(2026, 11, 2), date(2026, 11, 8))),
    ],
)
def test_a_promotion_is_played_for_as_many_days_as_it_is_to_run(
    first: date | None, last: date | None, played: tuple[date | None, date | None]
) -> None:
    promotion = Promotion(id=3, effect=FACTOR, first_day=first, last_day=last, budget=100)
    today = date(2026, 11, 28)
    found = as_if_it_ran(promotion, today=today, first_played=today - timedelta(days=89))
    assert (found.first_day, found.last_day) == played
    assert (found.planned_at, found.budget) == (SINCE_EVER, 100)


def test_over_a_year_a_promotion_is_played_in_its_season() -> None:
    advent = Promotion(id=3, effect=FACTOR, first_day=date(2026, 12, 1), last_day=date(2026, 12, 24))
    today = date(2026, 11, 28)
    found = as_if_it_ran(advent, today=today, first_played=today - timedelta(days=364))
    assert (found.first_day, found.last_day) == (date(2025, 12, 2), date(2025, 12, 25))
    assert found.first_day is not None
    assert found.first_day.weekday() == date(2026, 12, 1).weekday()


def test_a_budget_ends_in_the_hour_in_which_it_is_used_up() -> None:
    budgets = Budgets([Promotion(id=3, effect=STAMPS, amount=2, budget=5), Promotion(id=4, effect=FACTOR)])
    budgets.begin()
    given = [(MONDAY, 2), (FRIDAY, 2), (MONDAY + timedelta(days=1), 2), (FRIDAY + timedelta(hours=1), 2)]
    for at, stamps in given:  # card by card, not in the order of time
        budgets.note(3, at, stamps)
        budgets.note(4, at, stamps)
    assert budgets.end_the_next()
    assert budgets.used_up_at(3) == FRIDAY
    budgets.begin()
    assert [budgets.left(at)[3] for at in (MONDAY, FRIDAY, FRIDAY + timedelta(hours=1))] == [5, 1, 0]
    budgets.note(3, FRIDAY, 1)
    assert budgets.left(FRIDAY)[3] == 0
    assert not budgets.end_the_next()
    assert 4 not in budgets.left(MONDAY)


def test_an_outcome_comes_back_from_a_job_as_it_was() -> None:
    found = Outcome(3, cards=2, reached=1)
    found.check.differs("line 1", stamps=-1, units=5)
    found.by_day.add(2, (1, 10), (2, 20))
    found.promotions[7] = Promoted(
        POINT, last_day="2026-03-13", times=2, given=30_000, used_up_on="2026-03-10"
    )
    found.drafted.rewards_cents, found.real.liability_cents = 300, 120
    again = Outcome.from_data(found.as_data())
    assert again == found
    assert (again.cost_cents, again.check.holds, again.check.stamps) == (180, False, 1)
    assert Check().holds
