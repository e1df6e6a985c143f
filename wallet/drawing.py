"""Pictures of a card, drawn with Pillow: the strip with its stamps, logo and icon. Pure, but for uploads.

Sizes are in pixels, as (width, height). Everything is drawn larger and scaled down, which smooths it.
"""

import io
import logging
import math
from collections.abc import Callable
from typing import NamedTuple

from django.core.files.storage import default_storage
from PIL import Image, ImageChops, ImageDraw, ImageOps

from groundwork.formats import images, letters
from groundwork.formats.colors import WHITE, Color
from wallet.colors import Palette, palette
from wallet.facts import Look

logger = logging.getLogger(__name__)

Size = tuple[int, int]
OVERSIZE = 3
PICTURE_SHARE = 0.3  # how much of an uploaded picture shows through the merchant's colour
MARGIN = 0.03
TEXT_SHARE = 0.5  # of the width, where text stands on the picture: stamps take the rest
FEW_COLORS = 64


class Spot(NamedTuple):
    """Where a stamp is drawn: its middle and radius."""

    x: float
    y: float
    radius: float


Glyph = Callable[[ImageDraw.ImageDraw, Spot, Color], None]


def strip(look: Look, *, filled: int, target: int, size: Size, with_text: bool = True) -> Image.Image:
    """A picture of `filled` out of `target` stamps; a target of 0 draws none.

    `with_text`: the left half is left free, because the phone writes on it (Apple's strip).
    """
    large = (size[0] * OVERSIZE, size[1] * OVERSIZE)
    colors = palette(look.color, look.secondary_color)
    canvas = _ground(look, colors, large)
    draw = ImageDraw.Draw(canvas)
    if target:
        for number, spot in enumerate(spots(target, large, TEXT_SHARE if with_text else MARGIN), start=1):
            glyph = _draw_gift if number == target else GLYPHS[look.stamp]
            _draw_stamp(draw, spot, colors, glyph, is_filled=number <= filled, is_last=number == target)
    else:
        _draw_rings(draw, colors, large)
    return canvas.resize(size, Image.Resampling.LANCZOS)


def spots(target: int, size: Size, begin: float) -> list[Spot]:
    """Where the stamps stand, from the share `begin` of the width on: in rows, as large as the space allows."""
    width, height = size
    left, top = width * begin, height * 0.08
    room_x, room_y = width * (1 - MARGIN) - left, height * 0.84
    columns = _columns(target, room_x, room_y)
    rows = math.ceil(target / columns)
    cell = _cell(columns, target, room_x, room_y)
    begin_x = left + (room_x - cell * columns) / 2
    begin_y = top + (room_y - cell * rows) / 2
    return [
        Spot(begin_x + (index % columns + 0.5) * cell, begin_y + (index // columns + 0.5) * cell, cell * 0.42)
        for index in range(target)
    ]


def _columns(target: int, room_x: float, room_y: float) -> int:
    """How many stamps stand in a row: full rows, unless shorter ones make the stamps a good deal larger."""
    sizes = {number: _cell(number, target, room_x, room_y) for number in range(1, target + 1)}
    good = [number for number, cell in sizes.items() if cell >= 0.8 * max(sizes.values())]
    return max(good, key=lambda number: (target % number == 0, sizes[number]))


def _cell(columns: int, target: int, room_x: float, room_y: float) -> float:
    return min(room_x / columns, room_y / math.ceil(target / columns))


def _ground(look: Look, colors: Palette, size: Size) -> Image.Image:
    plain = Image.new("RGB", size, colors.strip)
    picture = uploaded(look.picture)
    if picture is None:
        return plain
    mixed = Image.blend(plain, ImageOps.fit(picture.convert("RGB"), size), PICTURE_SHARE)
    # Only ever away from the colour of the text, so that it reads on any picture as on the plain strip.
    away = ImageChops.darker if colors.text == WHITE else ImageChops.lighter
    return away(plain, mixed)


def _draw_stamp(
    draw: ImageDraw.ImageDraw, spot: Spot, colors: Palette, glyph: Glyph, *, is_filled: bool, is_last: bool
) -> None:
    x, y, radius = spot
    box = (x - radius, y - radius, x + radius, y + radius)
    if is_filled:
        draw.ellipse(box, fill=colors.stamp)
        glyph(draw, Spot(x, y, radius * 0.62), colors.mark)
        return
    faint = colors.text.mixed(colors.strip, 0.35)
    draw.ellipse(box, outline=faint, width=max(1, round(radius * 0.09)))
    if is_last:
        glyph(draw, Spot(x, y, radius * 0.62), faint)


def _draw_star(draw: ImageDraw.ImageDraw, spot: Spot, color: Color) -> None:
    corners = []
    for corner in range(10):
        radius = spot.radius if corner % 2 == 0 else spot.radius * 0.45
        angle = math.pi * (corner / 5 - 0.5)
        corners.append((spot.x + radius * math.cos(angle), spot.y + radius * math.sin(angle)))
    draw.polygon(corners, fill=color)


def _draw_cup(draw: ImageDraw.ImageDraw, spot: Spot, color: Color) -> None:
    """The cup of static/icons.svg, filled: what stands there in a square of 24 stands here around the middle."""
    unit = spot.radius / 10.5
    line = max(1, round(unit * 2))

    def at(*numbers: float) -> list[tuple[float, float]]:
        points = zip(numbers[::2], numbers[1::2], strict=True)
        return [(spot.x + (x - 12.2) * unit, spot.y + (y - 11) * unit) for x, y in points]

    draw.ellipse(at(14.5, 8.5, 21.5, 15.5), outline=color, width=line)
    draw.rounded_rectangle(at(3.5, 8, 17.5, 19.5), 5 * unit, fill=color, corners=(False, False, True, True))
    for x in (8, 12.5):  # steam
        draw.line(at(x + 0.5, 1.8, x - 0.5, 5.8), fill=color, width=max(1, round(unit * 1.5)))


def _draw_gift(draw: ImageDraw.ImageDraw, spot: Spot, color: Color) -> None:
    x, y, unit = spot.x, spot.y, spot.radius / 5
    line = max(1, round(unit * 0.9))
    draw.rectangle(
        (x - 4.2 * unit, y - 1.8 * unit, x + 4.2 * unit, y + 0.3 * unit), outline=color, width=line
    )
    draw.rectangle(
        (x - 3.5 * unit, y + 0.3 * unit, x + 3.5 * unit, y + 4.4 * unit), outline=color, width=line
    )
    draw.line((x, y - 1.8 * unit, x, y + 4.4 * unit), fill=color, width=line)
    draw.ellipse((x - 3 * unit, y - 4.6 * unit, x, y - 1.6 * unit), outline=color, width=line)
    draw.ellipse((x, y - 4.6 * unit, x + 3 * unit, y - 1.6 * unit), outline=color, width=line)


def _draw_rings(draw: ImageDraw.ImageDraw, colors: Palette, size: Size) -> None:
    """Rings in a corner: the decoration of a card without stamps."""
    width, height = size
    faint = colors.strip.mixed(colors.stamp, 0.25)
    for step in range(1, 6):
        radius = height * 0.24 * step
        box = (width - radius, height - radius, width + radius, height + radius)
        draw.ellipse(box, outline=faint, width=max(1, round(height * 0.03)))


GLYPHS: dict[str, Glyph] = {"cup": _draw_cup, "star": _draw_star}


def logo(look: Look, box: Size) -> Image.Image:
    """The merchant's logo, as large as fits into `box`, or else their initial in a disc."""
    picture = uploaded(look.logo)
    if picture is None:
        return monogram(look, box[1])
    return ImageOps.contain(picture.convert("RGBA"), box, Image.Resampling.LANCZOS)


def square_logo(look: Look, side: int) -> Image.Image:
    """The logo on the merchant's colour, small enough that a round mask cuts nothing off."""
    colors = palette(look.color, look.secondary_color)
    canvas = Image.new("RGBA", (side, side), (*colors.ground, 255))
    inner = logo(look, (round(side * 0.66), round(side * 0.66)))
    canvas.alpha_composite(inner, ((side - inner.width) // 2, (side - inner.height) // 2))
    return canvas.convert("RGB")


def monogram(look: Look, side: int) -> Image.Image:
    """The merchant's initial (a stamp's icon where we cannot write it) in a disc of the stamp's colour, on nothing."""
    colors = palette(look.color, look.secondary_color)
    large = side * OVERSIZE
    canvas = Image.new("RGBA", (large, large), (0, 0, 0, 0))
    draw = ImageDraw.Draw(canvas)
    draw.ellipse((0, 0, large - 1, large - 1), fill=(*colors.stamp, 255))
    if letters.can_draw(look.initial):
        letters.draw(
            draw, (large / 2, large / 2), look.initial, size=round(large * 0.55), color=(*colors.mark, 255)
        )
    else:
        GLYPHS[look.stamp](draw, Spot(large / 2, large / 2, large * 0.3), colors.mark)
    return canvas.resize((side, side), Image.Resampling.LANCZOS)


def uploaded(name: str) -> Image.Image | None:
    """An uploaded picture; None where there is none, or it cannot be read."""
    if not name:
        return None
    try:
        with default_storage.open(name) as file:
            return images.read(file.read(images.MAXIMUM_BYTES + 1), at_most=images.PICTURE_SIZE)
    except (OSError, ValueError):  # ImageRefusedError is one
        logger.warning("upload cannot be drawn", extra={"upload": name})
        return None


def png(picture: Image.Image, *, few_colors: bool = False) -> bytes:
    """The picture as a PNG; `few_colors` makes flat drawings much smaller."""
    if few_colors:
        picture = picture.quantize(FEW_COLORS, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
