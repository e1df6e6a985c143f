"""The counter poster as a file: a sheet of A5 in the merchant's colour, for a printer or a print shop."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.pagesizes import A5
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from loyalty.colors import Palette
from loyalty.outputs.drawing import bring_letters, draw_code, write

WIDTH, HEIGHT = A5
MARGIN = 12 * mm
CODE_SIDE = 82 * mm


@dataclass(frozen=True)
class Poster:
    """What a poster says: whose it is, what is promised, where the QR code leads, and how people are invited."""

    merchant: str
    promise: Sequence[str]
    address: str
    invitations: Sequence[str]
    wallets: str
    color: str


def pdf(poster: Poster) -> bytes:
    """The poster as a PDF of one page, letters included."""
    bring_letters()
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A5, pageCompression=1)
    canvas.setTitle(poster.merchant)
    _draw(canvas, poster)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _draw(canvas: Canvas, poster: Poster) -> None:
    palette, room = Palette.of(poster.color), WIDTH - 2 * MARGIN
    canvas.setFillColor(str(palette.brand))
    canvas.rect(0, 0, WIDTH, HEIGHT, stroke=0, fill=1)

    def line(text: str, size: float, base: float) -> None:
        canvas.setFillColor(str(palette.on_brand))
        write(canvas, text, size, MARGIN, base * mm, room, centred=True)

    line(poster.merchant, 18, 190)
    for number, text in enumerate(filter(None, poster.promise)):
        line(text, 34, 170 - 14 * number)
    draw_code(canvas, poster.address, (WIDTH - CODE_SIDE) / 2, 62 * mm, CODE_SIDE)
    for number, text in enumerate(poster.invitations):
        line(text, 15 if number == 0 else 11, 52 - 8 * number)
    line(poster.wallets, 10, 19)
    line(poster.address.partition("://")[2].rstrip("/"), 9, 11)
