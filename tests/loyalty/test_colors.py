"""Whatever colour a merchant picks, customers can read the card."""

import random

import pytest

from groundwork.formats.colors import BLACK, GRAPHICS_CONTRAST, INK, WHITE, Color, contrast, luminance
from loyalty import colors
from loyalty.colors import Palette


def readable_pairs(palette: Palette):
    """Every text and the fill it stands on."""
    yield palette.on_brand, palette.brand
    yield palette.on_light_button, palette.light_text
    yield palette.on_dark_button, palette.dark_text
    for page in colors.LIGHT_BACKGROUNDS:
        yield palette.light_text, page
    for page in colors.DARK_BACKGROUNDS:
        yield palette.dark_text, page


def test_ten_thousand_random_colours_can_all_be_read():
    dice = random.Random(20261120)
    worst = 21.0
    for _ in range(10_000):
        palette = Palette.of(bytes(dice.randrange(256) for _ in range(3)).hex())
        worst = min(worst, *(contrast(*pair) for pair in readable_pairs(palette)))
    assert worst >= 4.5


@pytest.mark.parametrize(
    "extreme", ["000000", "ffffff", "ff0000", "00ff00", "0000ff", "ffff00", "808080", "777777"]
)
def test_the_extreme_colours_can_be_read_too(extreme):
    assert min(contrast(*pair) for pair in readable_pairs(Palette.of(extreme))) >= 4.5


def test_contrast_is_that_of_wcag():
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast(Color.parse("#777777"), WHITE) == pytest.approx(4.478, abs=0.001)
    assert luminance(Color.parse("ff0000")) == pytest.approx(0.2126)


def test_a_readable_colour_stays_as_the_merchant_chose_it():
    palette = Palette.of("#1F5C4A")
    assert str(palette.brand) == str(palette.light_text) == "#1f5c4a"
    assert palette.on_brand == WHITE


def test_a_lemon_card_carries_dark_text_and_darkens_on_the_page():
    palette = Palette.of("f2d43d")
    assert palette.on_brand == INK
    assert luminance(palette.light_text) < luminance(palette.brand)
    assert palette.dark_text == palette.brand


def test_stamps_take_the_second_colour_where_it_shows_on_the_card():
    palette = Palette.of("1b2440", "f2d43d")
    assert (palette.stamp.hex, palette.on_stamp.hex) == ("f2d43d", "1b2440")


def test_stamps_leave_a_second_colour_that_cannot_be_told_from_the_card():
    palette = Palette.of("1b2440", "1b2450")
    assert (palette.stamp, palette.on_stamp) == (palette.on_brand, palette.brand)


def test_a_stamps_drawing_always_shows_on_the_stamp():
    dice = random.Random(7)
    for _ in range(2_000):
        brand, second = (bytes(dice.randrange(256) for _ in range(3)).hex() for _ in range(2))
        palette = Palette.of(brand, second)
        assert contrast(palette.stamp, palette.on_stamp) >= GRAPHICS_CONTRAST


@pytest.mark.parametrize("wrong", ["", "red", "#fff", "c2553", "c2553ag", "c2553a;}", "#c2553a\n"])
def test_what_is_no_colour_is_refused(wrong):
    with pytest.raises(ValueError, match="Not a colour"):
        Palette.of(wrong)


def test_the_stylesheet_sets_light_and_dark():
    assert colors.stylesheet("c2553a") == (
        ":root{--brand:#c2553a;--on-brand:#ffffff;--stamp:#ffffff;--on-stamp:#c2553a;"
        "--brand-text:#b65036;--brand-btn:#b65036;--on-btn:#ffffff;}\n"
        "@media (prefers-color-scheme:dark){:root{--brand-text:#cb6850;--brand-btn:#cb6850;--on-btn:#17140f;}}\n"
    )
