"""Colours of a pass: the merchant's as the ground, and readable ones upon it."""

from functools import lru_cache
from typing import NamedTuple

from groundwork.formats.colors import (
    BLACK,
    GRAPHICS_CONTRAST,
    TEXT_CONTRAST,
    WHITE,
    Color,
    contrast,
    stamp_on,
    text_on,
)


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

    The second colour draws the stamps where it can be told from the ground, else the text's colour does.
    """
    ground = Color.parse(primary)
    text = text_on(ground)
    strip = ground.mixed(BLACK if text == WHITE else WHITE, 0.12)
    label = next(
        candidate
        for candidate in (text.mixed(ground, share) for share in (0.3, 0.2, 0.1, 0.05, 0.0))
        if contrast(candidate, ground) >= TEXT_CONTRAST
    )
    stamp = stamp_on(strip, secondary, text)
    mark = ground
    if contrast(ground, stamp) < GRAPHICS_CONTRAST:
        mark = max((WHITE, BLACK), key=lambda color: contrast(color, stamp))
    return Palette(ground=ground, text=text, label=label, strip=strip, stamp=stamp, mark=mark)
