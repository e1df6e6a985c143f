"""A merchant's mark in pictures: their logo, on a plate where it would be lost, or else their initial in a disc.

Sizes are in pixels, as (width, height).
"""

import logging

from django.core.files.storage import default_storage
from PIL import Image, ImageDraw, ImageOps

from groundwork.formats import images, letters
from groundwork.formats.colors import Color, contrast
from groundwork.web import drawn
from wallet.colors import palette
from wallet.facts import Look
from wallet.stamps import GLYPHS, OVERSIZE, Size, Spot

logger = logging.getLogger(__name__)

WIDE = 1.8  # width by height, from which on a logo is a thread in a square
SAMPLE = 48  # pixels, a side
TOLD_APART = 2.0  # contrast
SHARE_TOLD_APART = 0.05  # of what is to be seen of a logo
PLATE_MARGIN = 0.14  # of the height


def logo(look: Look, box: Size) -> Image.Image:
    """The merchant's logo, as large as fits into `box`, on a plate if it needs one, or else their initial in a disc."""
    picture = _trimmed(look)
    return monogram(look, box[1]) if picture is None else _fitted(picture, look, box)


def _fitted(picture: Image.Image, look: Look, box: Size) -> Image.Image:
    if not is_lost(look):
        return ImageOps.contain(picture, box, Image.Resampling.LANCZOS)
    margin = round(box[1] * PLATE_MARGIN)
    inner = ImageOps.contain(picture, (box[0] - 2 * margin, box[1] - 2 * margin), Image.Resampling.LANCZOS)
    plate = _plate((inner.width + 2 * margin, inner.height + 2 * margin), palette(look.color).text)
    plate.alpha_composite(inner, (margin, margin))
    return plate


def square_logo(look: Look, side: int) -> Image.Image:
    """The logo on the merchant's colour, small enough that a round mask cuts nothing off.

    Their initial, up to the edges, instead of a wide one, of which nothing could be read.
    """
    colors = palette(look.color, look.secondary_color)
    if not look.logo or is_wide(look) or (picture := _trimmed(look)) is None:
        canvas = Image.new("RGBA", (side, side), (*colors.stamp, 255))
        inner = monogram(look, side)
    else:
        canvas = Image.new("RGBA", (side, side), (*colors.ground, 255))
        inner = _fitted(picture, look, (round(side * 0.68), round(side * 0.68)))
    canvas.alpha_composite(inner, ((side - inner.width) // 2, (side - inner.height) // 2))
    return canvas.convert("RGB")


def wide_logo(look: Look, size: Size) -> Image.Image:
    """The logo on the merchant's colour in a wide picture."""
    canvas = Image.new("RGBA", size, (*palette(look.color, look.secondary_color).ground, 255))
    inner = logo(look, (round(size[0] * 0.9), round(size[1] * 0.7)))
    canvas.alpha_composite(inner, ((size[0] - inner.width) // 2, (size[1] - inner.height) // 2))
    return canvas.convert("RGB")


def monogram(look: Look, side: int) -> Image.Image:
    """The merchant's initial (a stamp's icon where we cannot write it) in a disc of the stamp's colour, on nothing."""
    colors = palette(look.color, look.secondary_color)
    large = side * OVERSIZE
    canvas = Image.new("RGBA", (large, large), (0, 0, 0, 0))
    draw = ImageDraw.Draw(canvas)
    draw.ellipse((0, 0, large - 1, large - 1), fill=(*colors.stamp, 255))
    middle = large / 2
    if letters.can_draw(look.initial):
        color = (*colors.mark, 255)
        letters.draw(draw, (middle, middle), look.initial, size=round(large * 0.58), color=color)
    else:
        GLYPHS[look.stamp](draw, Spot(middle, middle, large * 0.3), colors.mark)
    return canvas.resize((side, side), Image.Resampling.LANCZOS)


@drawn.once(256)
def is_wide(look: Look) -> bool:
    """Whether there is a logo that is much wider than high."""
    picture = _trimmed(look)
    return picture is not None and picture.width >= WIDE * picture.height


@drawn.once(256)
def is_lost(look: Look) -> bool:
    """Whether there is a logo that can hardly be told from the merchant's colour: dark on dark, say."""
    picture = _trimmed(look)
    if picture is None:
        return False
    ground = palette(look.color).ground
    pixels = picture.resize((SAMPLE, SAMPLE), Image.Resampling.BOX).tobytes()
    seen = [Color(*pixel[:3]) for pixel in zip(*[iter(pixels)] * 4, strict=True) if pixel[3] > 127]
    apart = [color for color in seen if contrast(color, ground) >= TOLD_APART]
    return len(apart) <= SHARE_TOLD_APART * len(seen)


def _trimmed(look: Look) -> Image.Image | None:
    """The uploaded logo without what is transparent around it."""
    picture = uploaded(look.logo)
    if picture is None:
        return None
    picture = picture.convert("RGBA")
    return picture.crop(picture.getchannel("A").getbbox() or (0, 0, *picture.size))


def _plate(size: Size, color: Color) -> Image.Image:
    large = (size[0] * OVERSIZE, size[1] * OVERSIZE)
    canvas = Image.new("RGBA", large, (*color, 0))
    box = (0, 0, large[0] - 1, large[1] - 1)
    ImageDraw.Draw(canvas).rounded_rectangle(box, large[1] * 0.16, fill=(*color, 255))
    return canvas.resize(size, Image.Resampling.LANCZOS)


def uploaded(name: str) -> Image.Image | None:
    """An uploaded picture; None where there is none, or it cannot be read.

    Raises StorageAway: what is drawn is kept for long, and must not be kept without the logo.
    """
    if not name:
        return None
    try:
        with default_storage.open(name) as file:
            return images.read(file.read(images.MAXIMUM_BYTES + 1), at_most=images.PICTURE_SIZE)
    except (OSError, ValueError):  # ImageRefusedError is one
        logger.warning("upload cannot be drawn", extra={"upload": name})
        return None
