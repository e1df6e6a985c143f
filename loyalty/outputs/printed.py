"""A batch of printed cards as files: a PDF for the printer, a list for the shop."""

import io
from collections.abc import Callable, Iterable
from typing import IO

from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from groundwork.formats import colors, spreadsheets
from loyalty.colors import Palette
from loyalty.models import CardBatch, CardDesign, PrintedCard
from loyalty.outputs.drawing import bring_letters, draw_code, write

WIDTH, HEIGHT = 85.6 * mm, 53.98 * mm  # ISO/IEC 7810 ID-1
BLEED = 3 * mm
MARGIN = 5 * mm
QR_SIDE = 34 * mm
NAME_SIZE, NUMBER_SIZE = 14, 9  # points


def pdf(batch: CardBatch, cards: Iterable[PrintedCard], counted: Callable[[], None] = lambda: None) -> bytes:
    """A page for each card, in its size and with a bleed of 3 mm: card name, merchant, number, QR code.

    `counted` is called for each.
    """
    bring_letters()
    file = io.BytesIO()
    page = (WIDTH + 2 * BLEED, HEIGHT + 2 * BLEED)
    canvas = Canvas(file, pagesize=page, pageCompression=1)
    canvas.setTitle(batch.name)
    canvas.setTrimBox((BLEED, BLEED, BLEED + WIDTH, BLEED + HEIGHT))
    for card in cards:
        _draw(canvas, batch, card)
        canvas.showPage()
        counted()
    canvas.save()
    return file.getvalue()


def table(cards: Iterable[PrintedCard]) -> IO[bytes]:
    """A line for each card: its number, what its QR code says, and when it was scanned for the first time.

    Once a card is alive its QR code is its customer's, and not told any more.
    """
    header = [_("Card number"), _("QR code"), _("First scan")]
    rows = (
        [card.display_number, "" if card.card else card.qr_code_data, card.card and card.card.created_at]
        for card in cards
    )
    return spreadsheets.write("csv", header, rows)


def _draw(canvas: Canvas, batch: CardBatch, card: PrintedCard) -> None:
    program = batch.program
    palette = Palette.of(program.card_color)
    is_white = batch.design == CardDesign.WHITE
    ground, ink = (colors.WHITE, colors.BLACK) if is_white else (palette.brand, palette.on_brand)
    canvas.setFillColor(str(ground))
    canvas.rect(0, 0, WIDTH + 2 * BLEED, HEIGHT + 2 * BLEED, stroke=0, fill=1)
    left = BLEED + MARGIN
    room = WIDTH - QR_SIDE - 3 * MARGIN
    canvas.setFillColor(str(ink))
    write(canvas, program.card_name or program.merchant.name, NAME_SIZE, left, BLEED + 38 * mm, room)
    write(canvas, program.merchant.name, NUMBER_SIZE, left, BLEED + 32 * mm, room)
    write(canvas, card.display_number, NUMBER_SIZE, left, BLEED + MARGIN + 4 * mm, room)
    left = BLEED + WIDTH - MARGIN - QR_SIDE
    draw_code(canvas, card.qr_code_data, left, BLEED + (HEIGHT - QR_SIDE) / 2, QR_SIDE)
