"""The pictures that are taken on a walk, and the sheets that are made of them."""

import os
from io import BytesIO
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw
from playwright.sync_api import Page

from tests.browser.measure import findings, sideways

SIZES = ((320, 640), (390, 844), (820, 1180), (1024, 600), (1280, 800))
SCHEMES = ("light", "dark")
LANGUAGES = ("en", "de", "fr", "lb")
SHEETS = Path(settings.BASE_DIR) / "var" / "looks"
NARROW, WIDE = 340, 690  # pixels of a picture on its sheet: a phone's stays nearly as it is
LONG = "Anna-Magdalena Weber-Schommartz"  # a name as they come
ONLY = [name for name in os.environ.get("LOOKS", "").split(",") if name]
# What shows less than it holds: words behind an edge of their own box, or of the window.
CUT = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter((one) => !one.closest(".visually-hidden, .skip-link, svg, select") && one.tagName !== "INPUT")
  .filter((one) => one.getBoundingClientRect().width > 2)
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    const words = range.getBoundingClientRect();
    const box = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    if (style.textOverflow === "ellipsis") return false;
    const hides = style.overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1;
    const outgrows = words.width > box.width + 2 && style.display !== "inline";
    return hides || outgrows || words.right > innerWidth + 1 || words.left < -1;
  })
  .map((one) => `${one.id || one.className || one.tagName}: ${one.textContent.trim().slice(0, 60)}`)"""


class Gallery:
    """The pictures of one walk, in one language; the sheets are made of those of all four."""

    pictures: dict[tuple[str, tuple[int, int]], list[tuple[str, Image.Image]]] = {}
    found: list[str] = []

    def __init__(self, page: Page, language: str) -> None:
        self.page = page
        self.language = language

    def look(self, state: str, *, whole: bool = False, is_judged: bool = True) -> None:
        """Take the pictures of what is on the page now.

        Parameters: whole - what is below the window, too; is_judged - by axe, which needs scripts, and a page.
        """
        if ONLY and state not in ONLY:
            return
        for size in SIZES:
            self.page.set_viewport_size({"width": size[0], "height": size[1]})
            for scheme in SCHEMES:
                self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                taken = self.page.screenshot(animations="disabled", full_page=whole)
                self.keep(state, size, scheme, Image.open(BytesIO(taken)))
            self.note(state, f"{size[0]} x {size[1]}", self.page.evaluate(CUT))
            if wider := sideways(self.page):
                self.note(state, f"{size[0]} x {size[1]}", [f"{wider} pixels wider than the window"])
        if self.language == "de" and is_judged:
            self.note(state, "axe", findings(self.page))

    def keep(self, state: str, size: tuple[int, int], scheme: str, picture: Image.Image) -> None:
        name = f"{self.language} {scheme}"
        self.pictures.setdefault((state, size), []).append((name, thumb(picture, size)))

    def note(self, state: str, where: str, faults: list[str]) -> None:
        self.found.extend(f"{state} ({self.language}, {where}): {one}" for one in faults)


def thumb(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    wide = across(size)
    return picture.convert("RGB").resize(
        (wide, picture.height * wide // picture.width), Image.Resampling.LANCZOS
    )


def across(size: tuple[int, int]) -> int:
    """How wide a picture of a window of that size is on its sheet."""
    return WIDE if size[0] > size[1] else NARROW


def write_sheets() -> None:
    """A sheet for each state and size, of all that were taken."""
    SHEETS.mkdir(parents=True, exist_ok=True)
    for (state, size), pictures in Gallery.pictures.items():
        sheet_of(state, size, pictures).save(SHEETS / f"{state}-{size[0]}x{size[1]}.png")
    (SHEETS / "findings.txt").write_text("\n".join(Gallery.found) + "\n")


def sheet_of(state: str, size: tuple[int, int], pictures: list[tuple[str, Image.Image]]) -> Image.Image:
    """The pictures of one state and size beside each other, each with its language and scheme."""
    wide = across(size)
    high = max(picture.height for _name, picture in pictures) + 22
    columns = min(len(pictures), len(SCHEMES) if wide == WIDE else len(LANGUAGES))
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (wide + 8), rows * (high + 6)), "#888")
    for place, (name, picture) in enumerate(pictures):
        left, top = place % columns * (wide + 8), place // columns * (high + 6)
        ImageDraw.Draw(sheet).text((left + 4, top + 4), f"{state} {size[0]}x{size[1]} {name}", "white")
        sheet.paste(picture, (left, top + 20))
    return sheet
