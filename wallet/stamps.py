"""The stamps of a card: where they stand in a picture, and the icons on them. Sizes are in pixels."""

import math
from collections.abc import Callable
from typing import NamedTuple

from PIL import ImageDraw

from groundwork.formats.colors import Color

Size = tuple[int, int]
OVERSIZE = 3  # everything is drawn larger and scaled down, which smooths it
MARGIN_X = 0.03
MARGIN_Y = 0.06
RADIUS = 0.44  # of a stamp's cell
WIDEST_STEP = 1.6  # cells from one stamp to the next
FEW = 20  # stamps that are seen at a glance; more are counted by rows
WORTH_FULL_ROWS = 0.88  # of the largest size: how small a few stamps may be for the sake of full rows
MANY_WORTH_FULL_ROWS = 0.78


class Spot(NamedTuple):
    """Where a stamp is drawn: its middle and radius."""

    x: float
    y: float
    radius: float


Glyph = Callable[[ImageDraw.ImageDraw, Spot, Color], None]


def spots(target: int, size: Size) -> list[Spot]:
    """Where the stamps stand: in rows over the full width, as large as the space allows."""
    width, height = size
    room_x, room_y = width * (1 - 2 * MARGIN_X), height * (1 - 2 * MARGIN_Y)
    columns = _columns(target, room_x, room_y)
    rows = math.ceil(target / columns)
    cell = _cell(columns, target, room_x, room_y)
    # What is left over goes between the columns, but for so much that a few stamps do not drift apart.
    step = min(room_x / columns, cell * WIDEST_STEP)
    begin_y = (height - cell * rows) / 2
    return [
        Spot((width - step * in_row) / 2 + (column + 0.5) * step, begin_y + (row + 0.5) * cell, cell * RADIUS)
        for row, in_row in enumerate(_rows(target, rows))
        for column in range(in_row)
    ]


def _rows(target: int, rows: int) -> list[int]:
    """How many stamps stand in each row: as even as can be, the longer ones first."""
    shortest, longer = divmod(target, rows)
    return [shortest + (row < longer) for row in range(rows)]


def _columns(target: int, room_x: float, room_y: float) -> int:
    """How many stamps stand in the longest row: full rows, unless others make the stamps much larger."""
    sizes = {number: _cell(number, target, room_x, room_y) for number in range(1, target + 1)}
    enough = (WORTH_FULL_ROWS if target <= FEW else MANY_WORTH_FULL_ROWS) * max(sizes.values())
    good = [number for number, cell in sizes.items() if cell >= enough]
    return max(good, key=lambda number: (target % number == 0, sizes[number]))


def _cell(columns: int, target: int, room_x: float, room_y: float) -> float:
    return min(room_x / columns, room_y / math.ceil(target / columns))


def draw_star(draw: ImageDraw.ImageDraw, spot: Spot, color: Color) -> None:
    corners = []
    for corner in range(10):
        radius = spot.radius if corner % 2 == 0 else spot.radius * 0.45
        angle = math.pi * (corner / 5 - 0.5)
        corners.append((spot.x + radius * math.cos(angle), spot.y + radius * math.sin(angle)))
    draw.polygon(corners, fill=color)


def draw_cup(draw: ImageDraw.ImageDraw, spot: Spot, color: Color) -> None:
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


def draw_gift(draw: ImageDraw.ImageDraw, spot: Spot, color: Color) -> None:
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


GLYPHS: dict[str, Glyph] = {"cup": draw_cup, "star": draw_star}
