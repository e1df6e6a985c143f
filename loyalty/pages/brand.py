"""A merchant's colours as a stylesheet, and their mark as an icon for the home screen.

Both depend on nothing but their address, so every cache may keep them for ever.
"""

import io
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw, ImageFont

from loyalty import colors
from loyalty.models import LoyaltyProgram

FOR_EVER = "public, max-age=31536000, immutable"
TYPEFACE = "vendor/figtree/figtree-latin-wght-normal.woff2"
BOLD = 800
ICON_SIZES = (180, 192, 512)


def brand_colors(program: LoyaltyProgram) -> tuple[str, str]:
    """The colours of a program, as the addresses of its stylesheet and icons take them."""
    return program.card_color, program.card_secondary_color


def mark(name: str) -> str:
    """The letter that stands for a merchant: the first one of the name, a capital."""
    return next((letter.upper()[0] for letter in name if letter.isalnum()), "·")


@require_safe
def stylesheet(request: HttpRequest, brand: tuple[str, str]) -> HttpResponse:
    """The custom properties of the colours in the address."""
    response = HttpResponse(colors.stylesheet(*brand), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = FOR_EVER
    return response


@require_safe
def icon(request: HttpRequest, brand: tuple[str, str], letter: str, size: int) -> HttpResponse:
    """A square picture of the mark, filled to the edges, so that a phone may cut it to any shape."""
    if size not in ICON_SIZES or len(letter) != 1:
        raise Http404
    response = HttpResponse(draw_icon(brand[0], letter, size), content_type="image/png")
    response["Cache-Control"] = FOR_EVER
    return response


def draw_icon(brand: str, letter: str, size: int) -> bytes:
    """Draw a letter on the merchant's colour, in the colour that reads on it; size in pixels. Returns a PNG."""
    palette = colors.Palette.of(brand)
    picture = Image.new("RGB", (size, size), tuple(palette.brand))
    pen = ImageDraw.Draw(picture)
    pen.text(
        (size / 2, size / 2), letter, font=_typeface(size // 2), anchor="mm", fill=tuple(palette.on_brand)
    )
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _typeface(size: int) -> ImageFont.FreeTypeFont:
    path = finders.find(TYPEFACE)
    if path is None:
        raise FileNotFoundError(TYPEFACE)
    typeface = ImageFont.truetype(Path(path), size)
    typeface.set_variation_by_axes([BOLD])
    return typeface
