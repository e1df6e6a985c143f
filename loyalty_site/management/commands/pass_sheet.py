"""manage.py pass_sheet: draw the passes of the demo's merchants side by side, docs/pictures/passes.png."""

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from PIL import Image

from loyalty.demo.shops import SHOPS, Shop
from loyalty.models import LoyaltyProgram, PointsReward
from tenancy.models import Merchant
from wallet import sheet
from wallet.facts import ProgramFacts
from wallet.models import Platform
from wallet.selectors import describe_program

PICTURE = Path(settings.BASE_DIR) / "docs" / "pictures" / "passes.png"
SIZE = (1556, 5160)
# Targets besides each merchant's own: the fewest stamps, a week of them, many, and the most.
OTHER_TARGETS = {"mirabel": (25,), "alzette": (3, 7, 50)}


class Command(BaseCommand):
    help = "Draw the passes of the demo's merchants, empty, half full, full and ended, with a browser."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--browser", default="chromium", help="Chromium, or a path to it.")
        parser.add_argument("--to", type=Path, default=PICTURE, help="The picture to write.")

    def handle(self, *, browser: str, to: Path, **options: Any) -> None:
        page = sheet.page(each for shop in SHOPS for each in _programs(shop))
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "passes.html"
            source.write_text(page)
            window = f"--window-size={SIZE[0]},{SIZE[1]}"
            flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", window]
            command = [browser, *flags, f"--screenshot={to}", source.as_uri()]
            subprocess.run(command, check=True, timeout=120, stderr=subprocess.DEVNULL)
        with Image.open(to) as picture:
            picture.quantize(256).save(to, optimize=True)
        self.stdout.write(str(to))


def _programs(shop: Shop) -> Iterator[tuple[ProgramFacts, Platform]]:
    """A merchant's program in both wallets, and with other targets in Apple's; nothing is read or saved."""
    program = LoyaltyProgram(merchant=Merchant(name=shop.name), **shop.program)
    rewards = [PointsReward(program=program, **reward) for reward in shop.rewards]
    own = describe_program(program, rewards=rewards, stores=[])
    yield from ((own, platform) for platform in Platform)
    for target in OTHER_TARGETS.get(shop.slug, ()):
        yield replace(own, stamps_target=target), Platform.APPLE
