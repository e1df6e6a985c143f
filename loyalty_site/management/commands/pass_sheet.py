"""manage.py pass_sheet: draw the passes of the demo's merchants side by side, docs/pictures/passes.png."""

import io
import random
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandParser
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from groundwork.formats import letters
from loyalty.demo.shops import SHOPS, Shop
from loyalty.models import LoyaltyProgram, PointsReward
from tenancy.models import Merchant
from wallet import sheet
from wallet.facts import ProgramFacts
from wallet.selectors import describe_program

PICTURE = Path(settings.BASE_DIR) / "docs" / "pictures" / "passes.png"
WIDTH, TALLEST = 3050, 12000
SCALE = 0.6
MARGIN = 16
UPLOADED = "mirabel"  # whose card is drawn once more, with a wide logo and a picture
TARGETS = (3, 7, 10, 25, 50)  # the fewest stamps, a week of them, most shops', many, and the most


class Command(BaseCommand):
    help = "Draw the passes of the demo's merchants, empty, half full, full and ended, with a browser."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--browser", default="chromium", help="Chromium, or a path to it.")
        parser.add_argument("--to", type=Path, default=PICTURE, help="The picture to write.")

    def handle(self, *, browser: str, to: Path, **options: Any) -> None:
        with _uploads() as (logo, picture):
            shown = [each for shop in SHOPS for each in _programs(shop, logo, picture)]
            page = sheet.page(shown, TARGETS)
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "passes.html"
            source.write_text(page)
            window = [f"--window-size={WIDTH},{TALLEST}", f"--force-device-scale-factor={SCALE}"]
            flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", *window]
            command = [browser, *flags, f"--screenshot={to}", source.as_uri()]
            subprocess.run(command, check=True, timeout=120, stderr=subprocess.DEVNULL)
        with Image.open(to) as drawn:
            _without_margin(drawn.convert("RGB")).quantize(256).save(to, optimize=True)
        self.stdout.write(str(to))


def _without_margin(drawn: Image.Image) -> Image.Image:
    """The picture without what is empty below the last row."""
    ground = Image.new("RGB", drawn.size, drawn.getpixel((0, 0)))
    _left, _top, _right, bottom = ImageChops.difference(drawn, ground).getbbox() or (0, 0, *drawn.size)
    return drawn.crop((0, 0, drawn.width, min(drawn.height, bottom + MARGIN)))


@contextmanager
def _uploads() -> Iterator[tuple[str, str]]:
    """A wide logo and a picture as a merchant would upload them; gone from the storage in the end."""
    drawn = {"wide-logo.png": _wide_logo(), "picture.png": _picture()}
    names = []
    for name, image in drawn.items():
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        names.append(default_storage.save(f"pass-sheet/{name}", ContentFile(buffer.getvalue())))
    try:
        yield names[0], names[1]
    finally:
        for name in names:
            default_storage.delete(name)


def _wide_logo() -> Image.Image:
    """A name in letters, on nothing."""
    logo = Image.new("RGBA", (900, 200))
    letters.draw(ImageDraw.Draw(logo), (450, 100), "MIRABEL", size=150, color=(255, 243, 223))
    return logo


def _picture() -> Image.Image:
    """The lights of a café in the evening, out of focus."""
    picture, dice = Image.new("RGB", (1200, 480), "#3a1d12"), random.Random(7)
    for _light in range(70):
        light = Image.new("L", picture.size, 0)
        x, y, radius = dice.randrange(1200), dice.randrange(480), dice.randrange(18, 80)
        ImageDraw.Draw(light).ellipse(
            (x - radius, y - radius, x + radius, y + radius), fill=dice.randrange(30, 110)
        )
        color = dice.choice(("#ffb15c", "#ff7a3c", "#ffe0a8", "#c2553a"))
        picture.paste(color, mask=light.filter(ImageFilter.GaussianBlur(3)))
    return picture


def _programs(shop: Shop, logo: str, picture: str) -> Iterator[ProgramFacts]:
    """A merchant's program, and for one of them the same with uploads; nothing is saved of it."""
    program = LoyaltyProgram(merchant=Merchant(name=shop.name), **shop.program)
    rewards = [PointsReward(program=program, **reward) for reward in shop.rewards]
    own = describe_program(program, rewards=rewards, stores=[])
    yield own
    if shop.slug == UPLOADED:
        yield replace(own, look=replace(own.look, logo=logo, picture=picture, version="uploaded"))
