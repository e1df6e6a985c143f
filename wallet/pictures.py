"""The pictures of a program at their public addresses, for Google: logo, hero and stamps, drawn once per look."""

import re
from dataclasses import dataclass

from groundwork.web import drawn
from loyalty.models import LoyaltyProgram
from wallet import drawing, logos
from wallet.facts import Look
from wallet.selectors import look_of

LOGO_SIDE = 660
WIDE_LOGO = (1280, 400)
HERO = (1032, 336)
_STAMPS = re.compile(r"stamps-([0-9]{1,2})")


@dataclass(frozen=True)
class Drawn:
    """A PNG, and the digest of the look that it shows."""

    content: bytes
    digest: str


def draw(program: LoyaltyProgram, name: str) -> Drawn | None:
    """The picture "logo", "wide-logo", "hero" or "stamps-7" of a program; None for another, or more stamps than fit."""
    look = look_of(program, program.merchant)
    if name == "logo":
        content = _logo(look)
    elif name == "wide-logo":
        content = wide_logo(look)
    elif name == "hero":
        content = hero(look, 0, 0)  # a card's own shows its stamps; one that has ended shows none
    elif (
        (stamps := _STAMPS.fullmatch(name)) and program.has_stamps and int(stamps[1]) <= program.stamps_target
    ):
        content = hero(look, int(stamps[1]), program.stamps_target)
    else:
        return None
    return Drawn(content, look.digest)


@drawn.once(128)
def _logo(look: Look) -> bytes:
    return drawing.png(logos.square_logo(look, LOGO_SIDE))


@drawn.once(128)
def wide_logo(look: Look) -> bytes:
    """The logo on the merchant's colour, for where there is room in the width, as a PNG."""
    return drawing.png(logos.wide_logo(look, WIDE_LOGO))


@drawn.once(256)
def hero(look: Look, filled: int, target: int) -> bytes:
    """The wide picture under a card, as a PNG."""
    picture = drawing.strip(look, filled=filled, target=target, size=HERO)
    return drawing.png(picture, few_colors=not look.picture)
