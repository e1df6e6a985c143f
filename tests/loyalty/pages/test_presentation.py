"""How stamps are drawn and amounts are written."""

import pytest

from groundwork.formats.numbers import signed
from loyalty.models import LoyaltyProgram
from loyalty.pages.customer.presentation import Headline, StampCard, columns_for, points_rule


@pytest.mark.parametrize(
    ("target", "columns"),
    [
        (1, 4),
        (4, 4),
        (5, 5),
        (6, 6),
        (8, 4),
        (10, 5),
        (12, 6),
        (15, 5),
        (20, 10),
        (24, 8),
        (30, 10),
        (50, 10),
    ],
)
def test_stamps_stand_in_rows_with_few_gaps(target, columns):
    assert columns_for(target) == columns


@pytest.mark.parametrize("target", range(1, 51))
def test_every_possible_card_fits_the_stylesheet(target):
    assert 4 <= columns_for(target) <= 10


def test_a_card_in_progress_has_stamps_then_numbers_then_the_goal():
    card = StampCard.drawn(target=5, count=2, icon="star")

    assert [(place.kind, place.number) for place in card.cells] == [
        ("on", 1),
        ("on", 2),
        ("open", 3),
        ("open", 4),
        ("goal", 5),
    ]
    assert (card.missing, card.surplus) == (3, 0)


def test_a_full_card_has_nothing_but_stamps():
    card = StampCard.drawn(target=5, count=7, icon="star")

    assert {place.kind for place in card.cells} == {"on"}
    assert (card.missing, card.surplus) == (0, 2)


@pytest.mark.parametrize(
    ("reward", "icon"),
    [
        ("A free coffee", "cup"),
        ("Une boisson", "cup"),
        ("Gratis Kaffi", "cup"),
        ("A steak", "star"),
        ("", "star"),
    ],
)
def test_a_drink_is_collected_with_cups(reward, icon):
    assert StampCard.of(LoyaltyProgram(stamps_reward_description=reward), 1).icon == icon


def test_a_change_is_written_with_its_sign():
    assert (signed(1), signed(-200), signed(0)) == ("+1", "−200", "0")


def test_a_program_promises_its_reward_or_its_points():
    stamps = LoyaltyProgram(loyalty_type="stamps", stamps_target=6, stamps_reward_description="a loaf")
    points = LoyaltyProgram(loyalty_type="points", points_per_euro="1.50")
    points.clean_fields(exclude=["merchant"])

    assert Headline.of(stamps) == Headline("6 stamps =", "a loaf")
    assert Headline.of(points) == Headline("Points with every purchase")
    assert points_rule(points, "EUR") == "1.5 points for every €1"
    assert points_rule(LoyaltyProgram(), "CHF") == "1 point for every CHF\N{NO-BREAK SPACE}1"
