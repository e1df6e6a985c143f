"""A merchant's colours as a stylesheet, their mark as an icon for the home screen, their pictures in a page's size.

All depend on nothing but their address, so every cache may keep them for ever.
"""

import io

from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw

from groundwork.formats import images, letters
from groundwork.web import client, drawn, rate_limits
from loyalty import colors
from loyalty.models import LoyaltyProgram

FOR_EVER = "public, max-age=31536000, immutable"
ICON_SIZES = (180, 192, 512)
UPLOADS = "programs"
PICTURE_SIZES = {"band": (720, 240), "mark": (120, 120)}  # twice and three times what a page shows
KEPT = 256  # of each kind, some tens of kilobytes each


def brand_colors(program: LoyaltyProgram) -> tuple[str, str]:
    """The colours of a program, as the addresses of its stylesheet and icons take them."""
    return program.card_color, program.card_secondary_color


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
    rate_limits.check("brand_picture", client.network(request))
    response = HttpResponse(draw_icon(brand[0], letter, size), content_type="image/png")
    response["Cache-Control"] = FOR_EVER
    return response


def picture_url(upload: FieldFile | None, use: str) -> str:
    """The address of a program's picture in the size of its use ("band" or "mark"); empty where there is none."""
    if not upload or not upload._committed:  # type: ignore[attr-defined]  # a form's, not saved yet
        return ""
    folder, _slash, name = str(upload.name).rpartition("/")
    return reverse("brand-picture", kwargs={"use": use, "name": name}) if folder == UPLOADS else upload.url


@require_safe
def picture(request: HttpRequest, use: str, name: str) -> HttpResponse:
    """An uploaded picture, cut to its use and small. The name of an upload is never given twice."""
    stored = f"{UPLOADS}/{name}"
    if use not in PICTURE_SIZES or not default_storage.exists(stored):
        raise Http404
    rate_limits.check("brand_picture", client.network(request))
    response = HttpResponse(draw_picture(use, stored), content_type="image/webp")
    response["Cache-Control"] = FOR_EVER
    return response


@drawn.once(KEPT)
def draw_picture(use: str, stored: str) -> bytes:
    """An uploaded picture in the size of its use, as a WebP."""
    with default_storage.open(stored) as file:
        return images.for_a_page(file.read(), PICTURE_SIZES[use])


@drawn.once(KEPT)
def draw_icon(brand: str, letter: str, size: int) -> bytes:
    """Draw a letter on the merchant's colour, in the colour that reads on it; size in pixels. Returns a PNG.

    A ring where the typeface lacks the letter.
    """
    palette = colors.Palette.of(brand)
    picture = Image.new("RGB", (size, size), tuple(palette.brand))
    pen = ImageDraw.Draw(picture)
    middle, color = (size / 2, size / 2), tuple(palette.on_brand)
    if letters.can_draw(letter):
        letters.draw(pen, middle, letter, size=size // 2, color=color)
    else:
        pen.circle(middle, size / 5, outline=color, width=size // 14)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
