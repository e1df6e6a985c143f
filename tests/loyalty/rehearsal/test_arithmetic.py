"""The arithmetic of rehearsals: whose reward comes when, which target held when, what a draft keeps. Pure."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from loyalty.models import LoyaltyProgram
from loyalty.offers import FACTOR, Promotion
from loyalty.reporting.rehearsal.draft import SINCE_EVER, Draft, Reward, as_if_it_ran
from loyalty.reporting.rehearsal.expecting import let_go
from loyalty.reporting.rehearsal.figures import Check, Outcome, Sooner
from loyalty.reporting.rehearsal.stage import Ready, Stage

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
    whole = Draft(found.changes, (Reward(1, 500, None),), (as_if_it_ran(tuesday),))
    kept = whole.as_data()
    assert kept["promotions"] == [3]
    assert Draft.from_data(kept, [tuesday]) == whole
    (played,) = whole.promotions
    assert (played.planned_at, played.budget, played.last_day) == (SINCE_EVER, None, None)


def test_an_outcome_comes_back_from_a_job_as_it_was() -> None:
    found = Outcome(3, cards=2, reached=1)
    found.check.differs("line 1", stamps=-1, units=5)
    found.by_day.add(2, (1, 10), (2, 20))
    found.drafted.rewards_cents, found.real.liability_cents = 300, 120
    again = Outcome.from_data(found.as_data())
    assert again == found
    assert (again.cost_cents, again.check.holds, again.check.stamps) == (180, False, 1)
    assert Check().holds
