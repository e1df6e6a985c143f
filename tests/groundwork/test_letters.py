"""Initials in pictures: the letters of Europe are drawn, and what cannot be drawn is known."""

import pytest
from PIL import Image, ImageDraw

from groundwork.formats import letters
from loyalty.pages.customer import brand
from wallet import logos
from wallet.facts import Look

LACKED = "\u5b57"


def monogram(initial: str) -> bytes:
    return logos.monogram(Look("#1f5c4a", "", initial), 60).tobytes()


def app_icon(letter: str) -> bytes:
    return brand.draw_icon("#1f5c4a", letter, 180)


@pytest.mark.parametrize("draw", [monogram, app_icon])
def test_the_letters_of_europe_are_drawn_and_each_looks_its_own(draw) -> None:
    drawn = [draw(letter) for letter in "ÉEÖOŁLΩЖĐŞĦ9"]
    assert len(set(drawn)) == 12
    assert draw(LACKED) not in drawn
    assert draw(LACKED) == draw("\u8a9e")  # an icon instead, the same for each


def test_a_letter_that_is_lacked_is_known_and_a_capital_stands_in_the_middle() -> None:
    assert letters.can_draw("Ж")
    assert not letters.can_draw(LACKED)
    picture = Image.new("L", (100, 100))
    letters.draw(ImageDraw.Draw(picture), (50, 50), "H", size=60, color=(255,))
    left, top, right, bottom = picture.getbbox()
    assert abs(left + right - 100) <= 3
    assert abs(top + bottom - 100) <= 3
