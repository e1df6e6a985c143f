"""The wide picture of a card: its stamps, on the merchant's colour or on their picture. Pure, but for uploads.

Sizes are in pixels, as (width, height). Everything is drawn larger and scaled down, which smooths it.
"""

import io

from PIL import Image, ImageDraw, ImageOps

from groundwork.formats.colors import Color
from wallet.colors import Palette, palette
from wallet.facts import Look
from wallet.logos import uploaded
from wallet.stamps import GLYPHS, OVERSIZE, Glyph, Size, Spot, draw_gift, spots

FEW_COLORS = 64
SMALL = 0.09  # of the height: the radius under which an empty place is filled, and has no icon
THINNEST = 0.012  # of the height: the ring around an empty place
PLATE = 200  # of 255: how much of a picture an empty place covers
VEIL = 225  # of 255: how much of a picture the text covers, where it begins
VEILED = 0.75  # of the width


def strip(look: Look, *, filled: int, target: int, size: Size, with_text: bool = False) -> Image.Image:
    """A picture of `filled` out of `target` stamps; a target of 0 draws none.

    `with_text`: the phone writes on its left (Apple's strip), so that a picture is veiled there.
    """
    large = (size[0] * OVERSIZE, size[1] * OVERSIZE)
    colors = palette(look.color, look.secondary_color)
    picture = uploaded(look.picture)
    canvas = Image.new("RGBA", large, (*colors.strip, 255))
    if picture is not None:
        canvas = ImageOps.fit(picture.convert("RGBA"), large)
    layer = Image.new("RGBA", large, (*colors.strip, 0))
    if target:
        _draw_stamps(layer, look, colors, filled=filled, target=target, is_on_picture=picture is not None)
    elif picture is None:
        _draw_rings(ImageDraw.Draw(layer), colors, large)
    elif with_text:
        layer = _veil(colors, large)
    return Image.alpha_composite(canvas, layer).convert("RGB").resize(size, Image.Resampling.LANCZOS)


def _draw_stamps(
    layer: Image.Image, look: Look, colors: Palette, *, filled: int, target: int, is_on_picture: bool
) -> None:
    draw = ImageDraw.Draw(layer)
    for number, spot in enumerate(spots(target, layer.size), start=1):
        glyph = draw_gift if number == target else GLYPHS[look.stamp]
        if number <= filled:
            _draw_full(draw, spot, colors, glyph)
        elif number == target:
            _draw_goal(draw, spot, colors, glyph, is_on_picture=is_on_picture)
        else:
            _draw_empty(draw, spot, colors, glyph, is_on_picture=is_on_picture)


def _draw_full(draw: ImageDraw.ImageDraw, spot: Spot, colors: Palette, glyph: Glyph) -> None:
    draw.ellipse(_box(spot), fill=colors.stamp)
    glyph(draw, spot._replace(radius=spot.radius * 0.62), colors.mark)


def _draw_empty(
    draw: ImageDraw.ImageDraw, spot: Spot, colors: Palette, glyph: Glyph, *, is_on_picture: bool
) -> None:
    """A ring with a faint icon, on a plate of the merchant's colour where there is a picture behind it.

    Where places are small there is no room for an icon: the place is filled, so that it can be counted.
    """
    is_small = spot.radius < SMALL * draw.im.size[1]
    plate = (*colors.strip, PLATE) if is_on_picture else None
    if is_small and not is_on_picture:
        plate = (*colors.text.mixed(colors.strip, 0.8), 255)
    _draw_ring(draw, spot, colors.text.mixed(colors.strip, 0.35), plate)
    if not is_small:
        glyph(draw, spot._replace(radius=spot.radius * 0.56), colors.text.mixed(colors.strip, 0.68))


def _draw_goal(
    draw: ImageDraw.ImageDraw, spot: Spot, colors: Palette, glyph: Glyph, *, is_on_picture: bool
) -> None:
    """The place that the reward is for: empty as the others, and in the stamps' own colour, to be looked forward to."""
    _draw_ring(draw, spot, colors.stamp, (*colors.strip, PLATE) if is_on_picture else None)
    glyph(draw, spot._replace(radius=spot.radius * 0.6), colors.stamp)


def _draw_ring(
    draw: ImageDraw.ImageDraw, spot: Spot, line: Color, plate: tuple[int, int, int, int] | None
) -> None:
    width = max(round(spot.radius * 0.08), round(THINNEST * draw.im.size[1]))
    draw.ellipse(_box(spot), fill=plate, outline=line, width=width)


def _box(spot: Spot) -> tuple[float, float, float, float]:
    x, y, radius = spot
    return x - radius, y - radius, x + radius, y + radius


def _veil(colors: Palette, size: Size) -> Image.Image:
    """The merchant's colour, dense where the text begins and gone where it ends."""
    veil = Image.new("RGBA", size, (*colors.strip, 255))
    reach = round(size[0] * VEILED)
    shades = bytes(max(0, VEIL - VEIL * max(0, 2 * x - reach) // reach) for x in range(size[0]))
    veil.putalpha(Image.frombytes("L", (size[0], 1), shades).resize(size))
    return veil


def _draw_rings(draw: ImageDraw.ImageDraw, colors: Palette, size: Size) -> None:
    """Rings in a corner: the decoration of a card without stamps."""
    width, height = size
    faint = colors.strip.mixed(colors.stamp, 0.25)
    for step in range(1, 6):
        radius = height * 0.24 * step
        box = (width - radius, height - radius, width + radius, height + radius)
        draw.ellipse(box, outline=faint, width=max(1, round(height * 0.03)))


def png(picture: Image.Image, *, few_colors: bool = False) -> bytes:
    """The picture as a PNG; `few_colors` makes flat drawings much smaller."""
    if few_colors:
        picture = picture.quantize(FEW_COLORS, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
