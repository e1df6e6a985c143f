"""How a program's cards will look in both wallets, drawn from the very payloads that are sent.

program_previews(program, "fr")    # a program that is being edited, not saved: [{platform, title, html}]
"""

import base64
from collections.abc import Mapping
from typing import Any

import segno
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from loyalty.models import LoyaltyProgram, PointsReward
from tenancy.selectors import open_stores
from wallet import logos, selectors
from wallet.apple import images
from wallet.apple import payload as apple_payload
from wallet.apple.payload import Identity
from wallet.colors import palette
from wallet.facts import Goal, PassFacts, ProgramFacts, next_points_goal
from wallet.google import payload as google_payload
from wallet.google.payload import Addresses
from wallet.models import Platform
from wallet.pictures import hero, wide_logo
from wallet.text import LANGUAGES

SAMPLE_NUMBER = "1234-5678-9017"
SAMPLE_CODE = "BCDEFGHIJKLNOPRSTUVXBCDEFGHIJK"
SAMPLE_POINTS = 240


def program_previews(
    program: LoyaltyProgram, language: str, *, rewards: list[PointsReward] | None = None
) -> list[dict[str, str]]:
    """A sample card of a program in both wallets, as HTML that stands in static/wallet/preview.css's care.

    Parameters: rewards - those in the form, if they are being edited too; else the program's own.
    """
    if rewards is None:
        own = PointsReward.objects.filter(program_id=program.pk, is_active=True)
        rewards = list(own) if program.pk else []
    stores = open_stores().filter(merchant_id=program.merchant_id)
    facts = sample(selectors.describe_program(program, rewards=rewards, stores=stores))
    spoken = language if language in LANGUAGES else "en"
    return [
        {"platform": platform.value, "title": str(platform.label), "html": drawn(facts, platform, spoken)}
        for platform in Platform
    ]


def drawn(facts: PassFacts, platform: Platform, language: str) -> str:
    """One card as a wallet shows it, as HTML."""
    made = _apple(facts, language) if platform is Platform.APPLE else _google(facts, language)
    return render_to_string(f"wallet/preview_{platform.value}.html", made)


def sample(program: ProgramFacts) -> PassFacts:
    """A card that is most of the way to its rewards."""
    stamps = max(0, program.stamps_target * 7 // 10) if program.has_stamps else 0
    points = SAMPLE_POINTS if program.has_points else 0
    goal = Goal(name=program.stamps_reward, needed=program.stamps_target, have=stamps)
    return PassFacts(
        program=program,
        card_number=SAMPLE_NUMBER,
        code=SAMPLE_CODE,
        page_url="",
        member=_("Anouk Weber"),
        stamps=stamps,
        points=points,
        stamps_goal=goal if program.has_stamps else None,
        points_goal=next_points_goal(program.points_rewards, points) if program.has_points else None,
        points_expire_at=None,
        history=None,
        news=None,
        shops=program.shops,
        places=program.places,
    )


def _apple(facts: PassFacts, language: str) -> dict[str, Any]:
    look = facts.program.look
    document = apple_payload.build(facts, Identity("", "", "", ""), has_wide_logo=logos.is_wide(look))
    words = document.strings[language]
    content = document.content
    fields = {
        group: [_worded(field, words) for field in listed] for group, listed in content["storeCard"].items()
    }
    pictures = images.pictures(facts)
    return {
        "is_logo_lost": logos.is_lost(look),
        "content": content,
        "logo_text": words.get(content.get("logoText", ""), content.get("logoText", "")),
        "fields": fields,
        "strip": _data(pictures["strip@2x.png"].content),
        "logo": _data(pictures["logo@2x.png"].content),
        "code": _code(facts.code) if facts.code else "",
    }


def _worded(field: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """A field as the phone shows it: its texts looked up in the strings of the language."""
    shown = dict(field)
    for name in ("label", "value"):
        if isinstance(shown.get(name), str):
            shown[name] = words.get(shown[name], shown[name])
    return shown


def _google(facts: PassFacts, language: str) -> dict[str, Any]:
    made = google_payload.loyalty_class(facts.program, "", Addresses(logo="", hero=""))
    card = google_payload.loyalty_object(facts, object_id="", class_id="", hero="")
    program, pictures = facts.program, images.pictures(facts)
    colors = palette(program.look.color, program.look.secondary_color)
    is_wide = logos.is_wide(program.look)
    return {
        "issuer": made["issuerName"],
        "program": _said(made, "programName", language),
        "ground": made["hexBackgroundColor"],
        "text": str(colors.text),
        "name_label": _said(made, "accountNameLabel", language),
        "name": card.get("accountName", ""),
        "points": [
            {
                "label": _said(card[name], "label", language),
                "value": next(iter(card[name]["balance"].values())),
            }
            for name in ("loyaltyPoints", "secondaryLoyaltyPoints")
            if name in card
        ],
        "texts": [
            {"header": _said(module, "header", language), "body": _said(module, "body", language)}
            for module in card["textModulesData"]
        ],
        "code": _code(facts.code) if facts.code else "",
        "number": facts.card_number,
        "hero": _data(_hero(facts)),
        "logo": _data(wide_logo(program.look) if is_wide else pictures["icon@3x.png"].content),
        "is_wide": is_wide,
    }


def _hero(facts: PassFacts) -> bytes:
    """The card's own picture, or else that of its class."""
    target = facts.program.stamps_target if facts.program.has_stamps and not facts.is_void else 0
    return hero(facts.program.look, min(facts.stamps, target), target)


def _said(content: Mapping[str, Any], name: str, language: str) -> str:
    """A text of a payload in a language, as Google chooses it."""
    localized = content.get(f"localized{name[0].upper()}{name[1:]}", {})
    for said in localized.get("translatedValues", []):
        if said["language"] == language:
            return str(said["value"])
    return str(content[name])


def _data(picture: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def _code(text: str) -> str:
    return segno.make_qr(text).svg_data_uri(scale=4, border=2)
