"""What is usual, and what clearly stands out from it: numbers in, numbers out."""

import pytest

from loyalty import norms
from loyalty.norms import MEASURES, Kind, norm, stands_out

QUIET = [1.0] * 30 + [2.0] * 10


def test_the_middle_and_the_spread_do_not_move_with_a_few_wild_days() -> None:
    middle, spread = norms.middle_and_spread([1, 2, 3, 4, 5])
    assert (middle, spread) == (3, norms.SPREAD)
    assert norms.middle_and_spread([1, 2, 3, 4, 500]) == (3, norms.SPREAD)


@pytest.mark.parametrize("kind", Kind)
def test_what_is_usual_never_stands_out(kind: Kind) -> None:
    figures = [float(number % 5) for number in range(60)]
    assert not any(stands_out(kind, figure, norm(kind, figures)) for figure in figures)


def test_fourteen_stamps_stand_out_where_one_or_two_are_usual() -> None:
    usual = norm(Kind.STAMPS_AN_HOUR, QUIET)
    assert usual is not None
    assert usual.usual == 1
    assert stands_out(Kind.STAMPS_AN_HOUR, 14, usual)
    assert stands_out(Kind.STAMPS_AN_HOUR, 6, usual)
    assert not stands_out(Kind.STAMPS_AN_HOUR, 5, usual)


def test_they_do_not_where_people_buy_for_their_offices() -> None:
    usual = norm(Kind.STAMPS_AN_HOUR, [float(6 + number % 4) for number in range(40)])
    assert not stands_out(Kind.STAMPS_AN_HOUR, 14, usual)


def test_where_no_day_is_like_another_one_of_them_does_not_stand_out() -> None:
    usual = norm(Kind.UNDONE_AFTERWARDS, [float(number % 10) for number in range(40)])
    assert not stands_out(Kind.UNDONE_AFTERWARDS, 9, usual)
    assert stands_out(Kind.UNDONE_AFTERWARDS, 40, usual)


def test_points_are_compared_by_how_many_times_they_are_more() -> None:
    usual = norm(Kind.POINTS_AN_HOUR, [80.0, 90.0, 100.0, 110.0, 125.0] * 8)
    assert usual is not None
    assert usual.usual == 159
    assert not stands_out(Kind.POINTS_AN_HOUR, 390, usual)
    assert stands_out(Kind.POINTS_AN_HOUR, 410, usual)


def test_before_there_is_a_norm_only_what_is_usual_nowhere_is_told() -> None:
    assert norm(Kind.STAMPS_AN_HOUR, QUIET[:9]) is None
    assert norm(Kind.STAMPS_AN_HOUR, QUIET[:10]) is not None
    assert stands_out(Kind.STAMPS_AN_HOUR, 8, None)
    assert not stands_out(Kind.STAMPS_AN_HOUR, 7, None)
    assert not stands_out(Kind.OFFLINE, 100, None)


@pytest.mark.parametrize(
    ("kind", "before", "same", "more"),
    [
        (Kind.STAMPS_AN_HOUR, 14, 20, 21),
        (Kind.UNDONE_AFTERWARDS, 3, 4, 5),
        (Kind.OFFLINE, 60, 79, 80),
        (Kind.OFFLINE, 98, 98, 99),
        (Kind.OFFLINE, 100, 100, 101),
    ],
)
def test_what_was_fine_is_told_again_once_it_is_clearly_more(
    kind: Kind, before: int, same: int, more: int
) -> None:
    assert not norms.has_grown(kind, same, before)
    assert norms.has_grown(kind, more, before)


def test_every_kind_has_its_measure() -> None:
    assert set(MEASURES) == set(Kind)
