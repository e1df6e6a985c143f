"""A merchant's colours on our pages, made readable: the palette that one stylesheet sets.

It holds the fill of the card and the text upon it, the colour of words and buttons on the page in light and in dark,
and the colour of a stamp. The arithmetic is that of `groundwork.formats.colors`.
"""

import colorsys
from collections.abc import Iterable
from dataclasses import dataclass

from groundwork.formats.colors import TEXT_CONTRAST, Color, contrast, stamp_on, text_on

_LIGHTNESS_STEP = 0.01

# What the merchant's colour has to be read on: --page and --surface of static/base.css, light and dark.
LIGHT_BACKGROUNDS = (Color.parse("f6f3ee"), Color.parse("fffdfa"))
DARK_BACKGROUNDS = (Color.parse("151310"), Color.parse("1f1c18"))


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
        light_text = readable_on(fill, LIGHT_BACKGROUNDS, darken=True)
        dark_text = readable_on(fill, DARK_BACKGROUNDS, darken=False)
        return cls(
            brand=fill,
            on_brand=on_brand,
            stamp=stamp_on(fill, secondary, on_brand),
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
