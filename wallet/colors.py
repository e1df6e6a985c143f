"""Colours of a pass: the merchant's as the ground, and readable ones upon it.

Arithmetic after WCAG 2.2 (relative luminance, contrast ratio), on the whole numbers that a phone paints.
"""

from functools import lru_cache
from typing import NamedTuple

TEXT_CONTRAST = 4.5
GRAPHICS_CONTRAST = 3.0


class Color(NamedTuple):
    """Red, green and blue, 0 to 255."""

    red: int
    green: int
    blue: int

    @classmethod
    def parse(cls, text: str) -> "Color":
        """Read "#1f5c4a". Raises ValueError for anything else."""
        digits = text.removeprefix("#")
        if len(digits) != 6:
            raise ValueError(f"Not a colour: {text!r}")
        return cls(*bytes.fromhex(digits))

    @property
    def hex(self) -> str:
        """As Google writes it: "#1f5c4a"."""
        return f"#{bytes(self).hex()}"

    @property
    def rgb(self) -> str:
        """As Apple writes it: "rgb(31, 92, 74)"."""
        return f"rgb({self.red}, {self.green}, {self.blue})"

    def mixed(self, other: "Color", share: float) -> "Color":
        """This colour with a share (0 to 1) of another one."""
        return Color(
            *(round(mine + (theirs - mine) * share) for mine, theirs in zip(self, other, strict=True))
        )


INK = Color(23, 20, 15)
WHITE = Color(255, 255, 255)
BLACK = Color(0, 0, 0)


def _luminance(color: Color) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in color)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Color, other: Color) -> float:
    """Contrast ratio, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


class Palette(NamedTuple):
    """The colours of one pass; `strip` is the ground of the picture, where text reads even better."""

    ground: Color
    text: Color
    label: Color
    strip: Color
    stamp: Color
    mark: Color


@lru_cache(maxsize=1024)
def palette(primary: str, secondary: str = "") -> Palette:
    """Work out a pass's colours from the program's two (hex).

    Text is warm ink or white, as on the card page; where neither suits, black or white, of which one always
    reaches 4.58. The second colour draws the stamps where it can be told from the ground (contrast 3 or
    more), else the text's colour does.
    """
    ground = Color.parse(primary)
    text = max((INK, WHITE), key=lambda color: contrast(color, ground))
    if contrast(text, ground) < TEXT_CONTRAST:
        text = max((BLACK, WHITE), key=lambda color: contrast(color, ground))
    away = BLACK if text == WHITE else WHITE
    strip = ground.mixed(away, 0.12)
    label = next(
        candidate
        for candidate in (text.mixed(ground, share) for share in (0.3, 0.2, 0.1, 0.05, 0.0))
        if contrast(candidate, ground) >= TEXT_CONTRAST
    )
    stamp = text
    if secondary and contrast(Color.parse(secondary), strip) >= GRAPHICS_CONTRAST:
        stamp = Color.parse(secondary)
    mark = ground
    if contrast(ground, stamp) < GRAPHICS_CONTRAST:
        mark = max((WHITE, BLACK), key=lambda color: contrast(color, stamp))
    return Palette(ground=ground, text=text, label=label, strip=strip, stamp=stamp, mark=mark)
