"""What a program will look like on the card's page, for its form in the console: a sample card, nothing saved."""

from types import SimpleNamespace

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from groundwork.formats import qr
from loyalty.models import LoyaltyProgram, PointsReward
from loyalty.pages.customer.brand import picture_url
from loyalty.pages.customer.presentation import StampCard, reward_lines

SAMPLE_NUMBER = "1234-5678-9017"
SAMPLE_CODE = "BCDEFGHIJKLNOPRSTUVXBCDEFGHIJK"
SAMPLE_POINTS = 240


def program_previews(
    program: LoyaltyProgram, language: str, *, rewards: list[PointsReward]
) -> list[dict[str, str]]:
    """A sample card on the customer's page, as HTML that stands in the care of static/pages/card.css."""
    with translation.override(language):
        points = SAMPLE_POINTS if program.has_points else 0
        lines = reward_lines(program, rewards, points)
        stamped = max(0, program.stamps_target * 7 // 10)
        context = {
            "title": program.card_name or _("Your card"),
            "program": program,
            "picture_url": picture_url(program.hero_image, "band"),
            "card": SimpleNamespace(points_balance=points, display_number=SAMPLE_NUMBER),
            "stamps": StampCard.of(program, stamped) if program.has_stamps else None,
            "qr_svg": qr.svg(SAMPLE_CODE, title=SAMPLE_NUMBER),
            "rewards": lines,
            "rewards_ready": sum(line.affordable for line in lines),
        }
        html = render_to_string("pages/_pass.html", context)
        if program.has_points:
            html += render_to_string("pages/_points.html", context)
        return [{"platform": "page", "title": _("The card's page"), "html": html}]
