"""A merchant's colour made readable: pure arithmetic after WCAG 2.2 (relative luminance, contrast ratio).

A *color* is three whole numbers from 0 to 255, the value a browser paints; every check is made on such whole
numbers, so that what was calculated is what is shown. A *palette* is what one stylesheet sets: the fill of the card
and the text upon it, the colour of words and buttons on the page in light and in dark, and the colour of a stamp.
"""

import colorsys
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

TEXT_CONTRAST = 4.5
GRAPHICS_CONTRAST = 3.0
DEFAULT_BRAND = "3b3a36"

_HEX = re.compile(r"#?([0-9a-f]{6})", re.IGNORECASE)
_LIGHTNESS_STEP = 0.01


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

    def __str__(self) -> str:
        return f"#{self.hex}"


INK = Color.parse("17140f")
WHITE = Color.parse("ffffff")
BLACK = Color.parse("000000")

# What the merchant's colour has to be read on: --page and --surface of static/base.css, light and dark.
LIGHT_BACKGROUNDS = (Color.parse("f6f3ee"), Color.parse("fffdfa"))
DARK_BACKGROUNDS = (Color.parse("151310"), Color.parse("1f1c18"))


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


def readable_on(color: Color, backgrounds: Iterable[Color], *, darken: bool) -> Color:
    """The nearest shade of a colour, hue kept, that can be read as text on all of these backgrounds.

    Parameters: darken - walk towards black (for light pages) instead of towards white (for dark ones).
    """
    backgrounds = tuple(backgrounds)
    hue, lightness, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in color))
    shade = color
    while min(contrast(shade, background) for background in backgrounds) < TEXT_CONTRAST:
        lightness += -_LIGHTNESS_STEP if darken else _LIGHTNESS_STEP
        lightness = min(1.0, max(0.0, lightness))
        shade = Color(*(round(channel * 255) for channel in colorsys.hls_to_rgb(hue, lightness, saturation)))
    return shade


@dataclass(frozen=True)
class Palette:
    """The colours of one merchant, each pair of fill and text readable."""

    brand: Color
    on_brand: Color
    stamp: Color
    on_stamp: Color
    light_text: Color
    on_light_button: Color
    dark_text: Color
    on_dark_button: Color

    @classmethod
    def of(cls, brand: str, secondary: str = "") -> "Palette":
        """Work out the palette of a program.

        Parameters: brand - hex colour of the card; secondary - hex colour of the stamps, left aside where it
        cannot be told from the card (contrast below 3). Raises ValueError for what is no colour.
        """
        fill = Color.parse(brand)
        on_brand = text_on(fill)
        stamp = on_brand
        if secondary and contrast(Color.parse(secondary), fill) >= GRAPHICS_CONTRAST:
            stamp = Color.parse(secondary)
        light_text = readable_on(fill, LIGHT_BACKGROUNDS, darken=True)
        dark_text = readable_on(fill, DARK_BACKGROUNDS, darken=False)
        return cls(
            brand=fill,
            on_brand=on_brand,
            stamp=stamp,
            on_stamp=fill,
            light_text=light_text,
            on_light_button=text_on(light_text),
            dark_text=dark_text,
            on_dark_button=text_on(dark_text),
        )


def stylesheet(brand: str, secondary: str = "") -> str:
    """The custom properties of a merchant's colours, as a stylesheet that overrides those of static/base.css."""
    palette = Palette.of(brand, secondary)
    always = {
        "--brand": palette.brand,
        "--on-brand": palette.on_brand,
        "--stamp": palette.stamp,
        "--on-stamp": palette.on_stamp,
    }
    light = {
        "--brand-text": palette.light_text,
        "--brand-btn": palette.light_text,
        "--on-btn": palette.on_light_button,
    }
    dark = {
        "--brand-text": palette.dark_text,
        "--brand-btn": palette.dark_text,
        "--on-btn": palette.on_dark_button,
    }
    return (
        f":root{{{_lines(always | light)}}}\n@media (prefers-color-scheme:dark){{:root{{{_lines(dark)}}}}}\n"
    )


def _lines(properties: dict[str, Color]) -> str:
    return "".join(f"{name}:{color};" for name, color in properties.items())
