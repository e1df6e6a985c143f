"""Colours that can be read: pure arithmetic after WCAG 2.2 (relative luminance, contrast ratio).

A *color* is three whole numbers from 0 to 255, the value that a screen paints; every check is made on such whole
numbers, so that what was calculated is what is shown.
"""

import re
from typing import NamedTuple

TEXT_CONTRAST = 4.5
GRAPHICS_CONTRAST = 3.0

_HEX = re.compile(r"#?([0-9a-f]{6})", re.IGNORECASE)


class Color(NamedTuple):
    """Red, green and blue, 0 to 255."""

    red: int
    green: int
    blue: int

    @classmethod
    def parse(cls, text: str) -> "Color":
        """Read `#c2553a` or `C2553A`. Raises ValueError for anything else."""
        match = _HEX.fullmatch(text)
        if match is None:
            raise ValueError(f"Not a colour: {text!r}")
        return cls(*bytes.fromhex(match[1]))

    @property
    def hex(self) -> str:
        """Six lower-case digits without the hash sign, as they stand in addresses."""
        return bytes(self).hex()

    @property
    def rgb(self) -> str:
        """As Apple's passes write it: "rgb(31, 92, 74)"."""
        return f"rgb({self.red}, {self.green}, {self.blue})"

    def mixed(self, other: "Color", share: float) -> "Color":
        """This colour with a share (0 to 1) of another one."""
        return Color(
            *(round(mine + (theirs - mine) * share) for mine, theirs in zip(self, other, strict=True))
        )

    def __str__(self) -> str:
        return f"#{self.hex}"


INK = Color.parse("17140f")
WHITE = Color.parse("ffffff")
BLACK = Color.parse("000000")


def luminance(color: Color) -> float:
    """Relative luminance, 0 (black) to 1 (white). Source: WCAG 2.2, "relative luminance"."""

    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)


def contrast(one: Color, other: Color) -> float:
    """Contrast ratio, 1 to 21. Source: WCAG 2.2, "contrast ratio"."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(background: Color) -> Color:
    """The text colour for a fill: warm ink or white, and pure black for the few fills that neither suits.

    Black or white always reaches 4.58, so the answer is never below `TEXT_CONTRAST`.
    """
    best = max((INK, WHITE), key=lambda text: contrast(text, background))
    if contrast(best, background) >= TEXT_CONTRAST:
        return best
    return max((BLACK, WHITE), key=lambda text: contrast(text, background))


def stamp_on(background: Color, secondary: str, text: Color) -> Color:
    """The colour of stamps on a fill: the merchant's second colour (hex, or empty), or else that of the text.

    The second colour is left aside where it cannot be told from the fill (contrast below 3).
    """
    if secondary and contrast(Color.parse(secondary), background) >= GRAPHICS_CONTRAST:
        return Color.parse(secondary)
    return text
