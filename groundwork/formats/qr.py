"""QR codes as SVG (pages, poster) and PNG (e-mail, downloads), drawn by segno.

A card's code is thirty capital letters, so it is written in QR alphanumeric mode: fewer, larger modules, and text
that any scanner types alike on every keyboard layout. Modules are black and the quiet zone white wherever they are
shown, in dark mode too: scanners need it.
"""

import io

import segno
from django.utils.safestring import SafeString, mark_safe

DARK = "#000000"
LIGHT = "#ffffff"
QUIET_ZONE = 4  # modules; ISO/IEC 18004 asks for four


def code(text: str) -> segno.QRCode:
    """Encode text, a card's letters or an address, with medium error correction."""
    return segno.make_qr(text, error="m", boost_error=False)


def svg(text: str, *, title: str, css_class: str = "qr") -> SafeString:
    """The code as an SVG element to put into a page, scaled by its stylesheet; without style attributes (CSP).

    Parameters: title - what a screen reader says instead of the picture; segno escapes it.
    """
    drawing = code(text).svg_inline(
        border=QUIET_ZONE,
        dark=DARK,
        light=LIGHT,
        omitsize=True,
        svgclass=css_class,
        lineclass=None,
        title=title,
    )
    return mark_safe(drawing.replace("<svg ", '<svg role="img" shape-rendering="crispEdges" ', 1))


def svg_file(text: str) -> bytes:
    """The code as an SVG file to download and print."""
    return _file(text, "svg", scale=10)


def png(text: str, *, scale: int = 10) -> bytes:
    """The code as a PNG picture; scale is pixels per module."""
    return _file(text, "png", scale=scale)


def _file(text: str, kind: str, *, scale: int) -> bytes:
    buffer = io.BytesIO()
    code(text).save(buffer, kind=kind, scale=scale, border=QUIET_ZONE, dark=DARK, light=LIGHT)
    return buffer.getvalue()
