"""pass.json and the string tables of a store card, as pure data.

Every text of pass.json is the English one, and at the same time the key under which the other languages stand
in `<language>.lproj/pass.strings`. Source: Apple, "Wallet Passes", package format.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import urlsplit

from wallet import shops
from wallet.colors import palette
from wallet.facts import PassFacts
from wallet.labels import description, labels, points_to_go, progress, stamps_to_go
from wallet.text import LANGUAGES, Text

MOST_LOCATIONS = 10
SAME_KEY_MARK = "\u200b"  # invisible: parts two texts that are alike in English and not in French


@dataclass(frozen=True)
class Identity:
    """Who signs the pass and which one it is; `web_service_url` is empty where it cannot update itself."""

    pass_type_id: str
    team_id: str
    serial_number: str
    auth_token: str
    web_service_url: str = ""


@dataclass
class Strings:
    """Collects the texts of a pass and gives each its key."""

    by_key: dict[str, Text] = field(default_factory=dict)

    def key(self, text: Text) -> str:
        """The key of a text: its English, made different where that is taken by another text."""
        key = text.en
        while self.by_key.setdefault(key, text) != text:
            key += SAME_KEY_MARK
        return key

    def tables(self) -> dict[str, dict[str, str]]:
        """Language -> key -> text, the same keys in every language; without what all of them say alike."""
        told = {key: text for key, text in self.by_key.items() if not text.is_same or key != text.en}
        return {
            language: {key: text.in_language(language) for key, text in told.items()}
            for language in LANGUAGES
        }


@dataclass(frozen=True)
class PassDocument:
    """What `build` makes: the content of pass.json, and the string table of each language."""

    content: dict[str, Any]
    strings: dict[str, dict[str, str]]


def build(facts: PassFacts, identity: Identity, *, has_wide_logo: bool = False) -> PassDocument:
    """Lay out one card as Apple's storeCard; a wide logo says whose it is, and has the place of the card's name."""
    strings = Strings()
    colors = palette(facts.program.look.color, facts.program.look.secondary_color)
    content: dict[str, Any] = {
        "formatVersion": 1,
        "passTypeIdentifier": identity.pass_type_id,
        "teamIdentifier": identity.team_id,
        "serialNumber": identity.serial_number,
        "organizationName": facts.program.merchant_name,
        "description": strings.key(description(facts.program.merchant_name)),
        "logoText": "" if has_wide_logo else strings.key(facts.program.card_name),
        "backgroundColor": colors.ground.rgb,
        "foregroundColor": colors.text.rgb,
        "labelColor": colors.label.rgb,
        "sharingProhibited": True,
        "barcodes": _barcodes(facts),
        "locations": _locations(facts, strings),
        "storeCard": _fields(facts, strings),
    }
    if identity.web_service_url:
        content["webServiceURL"] = identity.web_service_url
        content["authenticationToken"] = identity.auth_token
    if facts.is_void:
        content["voided"] = True
    return PassDocument(content=_filled(content), strings=strings.tables())


def _barcodes(facts: PassFacts) -> list[dict[str, str]]:
    if not facts.code:
        return []
    code = {
        "format": "PKBarcodeFormatQR",
        "message": facts.code,
        "messageEncoding": "iso-8859-1",
        "altText": facts.card_number,
    }
    return [code]


def _locations(facts: PassFacts, strings: Strings) -> list[dict[str, Any]]:
    if facts.is_void:
        return []
    return [
        {
            "latitude": place.latitude,
            "longitude": place.longitude,
            "relevantText": strings.key(Text.same(place.name)),
        }
        for place in facts.places[:MOST_LOCATIONS]
    ]


def _fields(facts: PassFacts, strings: Strings) -> dict[str, list[dict[str, Any]]]:
    def worded(fields: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {name: strings.key(part) if type(part) is Text else part for name, part in _filled(each).items()}
            for each in fields
            if each["value"] or each["value"] == 0
        ]

    groups = {
        "headerFields": worded(_header(facts)),
        "primaryFields": worded(_primary(facts)),
        "secondaryFields": worded(_secondary(facts)),
        "auxiliaryFields": worded(_auxiliary(facts)),
        "backFields": worded(_back(facts)),
    }
    return _filled(groups)


def _header(facts: PassFacts) -> Iterable[dict[str, Any]]:
    words = labels()
    if facts.is_retired:
        return
    if facts.program.has_stamps:
        yield {**_number("stamps", words.stamps, facts.stamps), "textAlignment": "PKTextAlignmentRight"}
    if facts.program.has_points:
        yield {**_number("points", words.points, facts.points), "textAlignment": "PKTextAlignmentRight"}


def _primary(facts: PassFacts) -> Iterable[dict[str, Any]]:
    """The large text over the strip: where stamps are drawn, there is none, and they have all of it."""
    if facts.is_void:
        yield {"key": "next_reward", "label": Text.same(facts.program.merchant_name), "value": labels().void}
    elif not facts.stamps_goal and (goal := facts.points_goal):
        yield {"key": "next_reward", "label": goal.name, "value": points_to_go(goal.missing)}


def _secondary(facts: PassFacts) -> Iterable[dict[str, Any]]:
    words = labels()
    if not facts.is_void and (goal := facts.stamps_goal):
        yield {
            "key": "next_reward",
            "label": goal.name or words.next_reward,
            "value": stamps_to_go(goal.missing),
        }
    yield {"key": "member", "label": words.member, "value": Text.same(facts.member)}


def _auxiliary(facts: PassFacts) -> Iterable[dict[str, Any]]:
    if facts.stamps_goal and (goal := facts.points_goal):
        yield {"key": "points_reward", "label": goal.name, "value": points_to_go(goal.missing)}
    if facts.points_expire_at:
        yield {"key": "expires", "label": labels().expires, **_day(facts.points_expire_at)}
    if facts.program.promotion and not facts.is_void:
        name, says = facts.program.promotion
        yield {"key": "promotion", "label": name, "value": says}


def _back(facts: PassFacts) -> Iterable[dict[str, Any]]:
    """The news have the only change message: one sentence for the lock screen, whatever has changed besides."""
    words = labels()
    yield {"key": "news", "label": words.news, "value": facts.news, "changeMessage": "%@"}
    if goal := facts.stamps_goal or facts.points_goal:
        yield {"key": "progress", "label": words.progress, "value": progress(goal)}
    yield {"key": "card_number", "label": words.card, "value": Text.same(facts.card_number)}
    if facts.page_url:
        yield _link("card_page", words.card_page, facts.page_url)
    if facts.history:
        yield {"key": "history", "label": words.history, "value": facts.history}
    if facts.shops:
        value, tapped = shops.as_text(facts.shops), shops.as_links(facts.shops)
        yield {
            "key": "shops",
            "label": words.shops,
            "value": Text.same(value),
            "attributedValue": tapped if "<a " in tapped else "",
        }
    yield {"key": "terms", "label": words.terms, "value": facts.program.terms}
    if facts.program.privacy_url:
        yield _link("privacy", words.privacy, facts.program.privacy_url)


def _number(key: str, label: Text, amount: int) -> dict[str, Any]:
    """A number that the phone writes in its own language, with its separators."""
    return {"key": key, "label": label, "value": amount, "numberStyle": "PKNumberStyleDecimal"}


def _link(key: str, label: Text, address: str) -> dict[str, Any]:
    """A site's name to be tapped. Where links are not drawn, on a watch, the address stands there."""
    tapped = f'<a href="{escape(address)}">{escape(urlsplit(address).netloc)}</a>'
    return {"key": key, "label": label, "value": Text.same(address), "attributedValue": tapped}


def _day(moment: datetime) -> dict[str, Any]:
    """A day that the phone writes in its own language: the day at the merchant's, wherever the phone is."""
    if moment.tzinfo is None:
        raise ValueError("A date on a pass needs its time zone.")
    return {
        "value": moment.isoformat(timespec="seconds"),
        "dateStyle": "PKDateStyleMedium",
        "timeStyle": "PKDateStyleNone",
        "ignoresTimeZone": True,
    }


def _filled(content: dict[str, Any]) -> dict[str, Any]:
    """The same without nulls, empty texts and lists; 0 and False stay."""
    return {name: value for name, value in content.items() if value or value is False or value == 0}


def strings_file(table: dict[str, str]) -> bytes:
    """One language's pass.strings, in UTF-8: `"key" = "text";` a line."""
    return "".join(f"{_quoted(key)} = {_quoted(text)};\n" for key, text in table.items()).encode()


@lru_cache(maxsize=2048)
def _quoted(text: str) -> str:
    """Escaped and not changed: a key is found only where it is the very text of pass.json."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "\\r")
    return '"' + escaped.replace("\n", "\\n") + '"'
