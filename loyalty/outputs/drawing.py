"""What the PDFs for the printer have in common: a line of text that fits, and a QR code."""

from itertools import groupby

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from groundwork.formats import letters, qr

SMALLEST = 5  # points
FONT = "Card"  # goes into the file: printers have none of their own


def bring_letters() -> None:
    """Make the typeface known, which each file carries along."""
    pdfmetrics.registerFont(TTFont(FONT, letters.TYPEFACE))


def write(
    canvas: Canvas, text: str, size: float, left: float, base: float, room: float, *, centred: bool = False
) -> None:
    """A line of text, as much smaller as it takes to fit into its room."""
    needed = pdfmetrics.stringWidth(text, FONT, size)
    canvas.setFont(FONT, max(SMALLEST, min(size, size * room / needed)) if needed else size)
    if centred:
        canvas.drawCentredString(left + room / 2, base, text)
    else:
        canvas.drawString(left, base, text)


def draw_code(canvas: Canvas, text: str, left: float, bottom: float, across: float) -> None:
    """The QR code as one path of bars, black on white, with its quiet zone."""
    canvas.setFillColor(qr.LIGHT)
    canvas.rect(left, bottom, across, across, stroke=0, fill=1)
    rows = list(qr.code(text).matrix_iter(border=qr.QUIET_ZONE))
    side = across / len(rows)
    path = canvas.beginPath()
    for down, row in enumerate(rows):
        begin = 0
        for is_dark, run in groupby(row):
            wide = len(list(run))
            if is_dark:
                path.rect(left + begin * side, bottom + across - (down + 1) * side, wide * side, side)
            begin += wide
    canvas.setFillColor(qr.DARK)
    canvas.drawPath(path, stroke=0, fill=1)
