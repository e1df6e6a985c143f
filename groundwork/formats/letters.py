"""Letters in pictures: one typeface with the letters of Europe (Latin, Greek, Cyrillic), and whether it has one.

Roboto, by Google, under the licence beside it; cut down to those letters.
"""

from functools import lru_cache
from pathlib import Path

from PIL import ImageDraw, ImageFont

TYPEFACE = Path(__file__).with_name("roboto") / "Roboto-Bold.ttf"
NO_LETTER = "\U0010ffff"


@lru_cache(maxsize=64)
def typeface(size: int) -> ImageFont.FreeTypeFont:
    """The typeface at a size in pixels."""
    return ImageFont.truetype(TYPEFACE, size)


@lru_cache(maxsize=1024)
def can_draw(letter: str) -> bool:
    """Whether the typeface has a letter, and not only the box that stands for one it lacks."""
    face = typeface(40)
    return bytes(face.getmask(letter)) != bytes(face.getmask(NO_LETTER))


def draw(
    pen: ImageDraw.ImageDraw, middle: tuple[float, float], letter: str, *, size: int, color: tuple[int, ...]
) -> None:
    """Draw a capital so that its body, accents left aside, stands in the middle; sizes in pixels."""
    face = typeface(size)
    _left, top, _right, bottom = face.getbbox("H", anchor="ls")
    pen.text((middle[0], middle[1] + (bottom - top) / 2), letter, font=face, fill=color, anchor="ms")
