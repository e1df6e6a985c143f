"""The pictures of an Apple pass, each in three sizes, drawn once per look and number of stamps."""

from collections.abc import Callable, Mapping

from PIL import Image

from groundwork.web import drawn
from wallet import drawing, logos
from wallet.apple.signing import PackagedFile
from wallet.facts import Look, PassFacts

STRIP = (375, 144)
LOGO = (160, 50)
ICON = 29
SCALES = {"": 1, "@2x": 2, "@3x": 3}


def pictures(facts: PassFacts) -> Mapping[str, PackagedFile]:
    """All pictures of a pass: file name -> file."""
    target = facts.program.stamps_target if facts.program.has_stamps and not facts.is_void else 0
    filled = min(facts.stamps, target)
    return {**_brand(facts.program.look), **_strip(facts.program.look, filled, target)}


@drawn.once(256)
def _brand(look: Look) -> Mapping[str, PackagedFile]:
    """Icon (on notifications) and logo (top left)."""

    def scaled_logo(scale: int) -> Image.Image:
        return logos.logo(look, (LOGO[0] * scale, LOGO[1] * scale))

    icon = _in_scales("icon", lambda scale: logos.square_logo(look, ICON * scale))
    return {**icon, **_in_scales("logo", scaled_logo)}


@drawn.once(512)
def _strip(look: Look, filled: int, target: int) -> Mapping[str, PackagedFile]:
    """The strip is drawn once at the largest size; the smaller ones are made from it."""
    largest = max(SCALES.values())
    size = (STRIP[0] * largest, STRIP[1] * largest)
    master = drawing.strip(look, filled=filled, target=target, size=size, with_text=True)

    def scaled(scale: int) -> Image.Image:
        return master.resize((STRIP[0] * scale, STRIP[1] * scale), Image.Resampling.LANCZOS)

    return _in_scales("strip", scaled, few_colors=not look.picture)


def _in_scales(
    name: str, draw: Callable[[int], Image.Image], *, few_colors: bool = False
) -> dict[str, PackagedFile]:
    return {
        f"{name}{suffix}.png": PackagedFile.of(drawing.png(draw(scale), few_colors=few_colors))
        for suffix, scale in SCALES.items()
    }
