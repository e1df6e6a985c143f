"""Google's class (per program) and object (per card), as pure data.

PATCH leaves alone what is not sent and replaces whole arrays: those that may have become empty are sent empty.
Source: Google Wallet REST, loyaltyclass and loyaltyobject.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from groundwork.formats.colors import Color
from wallet import shops
from wallet.facts import PassFacts, Place, ProgramFacts
from wallet.labels import labels, points_to_go, progress, stamps_to_go
from wallet.text import LANGUAGES, Text, shorten, written_date

MOST_LOCATIONS = 10
ACCOUNT_LENGTH = 20
LABEL_LENGTH = 9
TEXT_LENGTH = 1500
MESSAGE_LENGTH = 240
LARGEST_INT = 2**31 - 1

# What a PATCH without them would leave there, although the card or the program has it no longer.
CLEARED_WHEN_GONE = {
    "loyaltyClass": ("wideProgramLogo",),
    "loyaltyObject": (
        "accountId",
        "accountName",
        "barcode",
        "heroImage",
        "loyaltyPoints",
        "merchantLocations",
        "secondaryLoyaltyPoints",
    ),
}


@dataclass(frozen=True)
class Addresses:
    """Where Google finds our pictures (a wide logo: if there is one), and where it calls back (empty: nowhere)."""

    logo: str
    hero: str
    wide_logo: str = ""
    callback: str = ""


def loyalty_class(facts: ProgramFacts, class_id: str, addresses: Addresses) -> dict[str, Any]:
    """The program, as Google shows it on every card of it. Any update needs reviewStatus again."""
    words = labels()
    content: dict[str, Any] = {
        "id": class_id,
        "issuerName": facts.merchant_name,
        "programName": facts.card_name.en,
        "programLogo": _image(addresses.logo, Text.same(facts.merchant_name)),
        "heroImage": _image(addresses.hero, facts.card_name),
        "reviewStatus": "UNDER_REVIEW",
        "hexBackgroundColor": str(Color.parse(facts.look.color)),
        "multipleDevicesAndHoldersAllowedStatus": "ONE_USER_ALL_DEVICES",
        **_localized("programName", facts.card_name),
        "accountNameLabel": words.member.en,
        **_localized("accountNameLabel", words.member),
        "accountIdLabel": words.card.en,
        **_localized("accountIdLabel", words.card),
        "merchantLocations": _locations(facts.places),
        "linksModuleData": {"uris": list(_class_links(facts))},
        "textModulesData": list(_class_texts(facts)),
    }
    if addresses.wide_logo:
        content["wideProgramLogo"] = _image(addresses.wide_logo, Text.same(facts.merchant_name))
    if addresses.callback:
        content["callbackOptions"] = {"url": addresses.callback}
    return content


def loyalty_object(
    facts: PassFacts, *, object_id: str, class_id: str, hero: str, notify: bool = False
) -> dict[str, Any]:
    """One card. `hero` is the address of its picture; `notify` spends one of a day's three notifications."""
    content: dict[str, Any] = {
        "id": object_id,
        "classId": class_id,
        "state": "INACTIVE" if facts.is_void else "ACTIVE",
        **_balances(facts),
        "textModulesData": list(_texts(facts)),
        "linksModuleData": {"uris": list(_links(facts))},
        "messages": list(_messages(facts)),
    }
    if facts.member or facts.card_number:
        content["accountName"] = shorten(facts.member or facts.card_number, ACCOUNT_LENGTH)
    if facts.card_number:
        content["accountId"] = shorten(facts.card_number, ACCOUNT_LENGTH)
    if facts.code:
        content["barcode"] = {
            "type": "QR_CODE",
            "value": facts.code,
            "alternateText": facts.card_number,
        }
    if facts.program.has_stamps and not facts.is_void:
        content["heroImage"] = _image(hero, facts.program.card_name)
    if facts.places != facts.program.places and not facts.is_void:  # valid at one shop only
        content["merchantLocations"] = _locations(facts.places)
    if notify:
        content["notifyPreference"] = "NOTIFY_ON_UPDATE"
    return content


def _balances(facts: PassFacts) -> dict[str, Any]:
    """What is on the card; a pass that has lost its card tells nothing of it."""
    if facts.is_retired:
        return {}
    stamps = _balance(labels().stamps, facts.stamps)
    points = _balance(labels().points, facts.points)
    if facts.program.has_stamps and facts.program.has_points:
        return {"loyaltyPoints": stamps, "secondaryLoyaltyPoints": points}
    return {"loyaltyPoints": stamps if facts.program.has_stamps else points}


def _balance(label: Text, amount: int) -> dict[str, Any]:
    short = label.cut(LABEL_LENGTH)
    balance = {"int": amount} if amount <= LARGEST_INT else {"string": str(amount)}
    return {"label": short.en, **_localized("label", short), "balance": balance}


def _texts(facts: PassFacts) -> Iterable[dict[str, Any]]:
    words = labels()
    if facts.is_void:
        yield _module("void", words.void, Text.same(facts.program.merchant_name))
        return
    if goal := facts.stamps_goal:
        yield _module("next_reward", goal.name or words.next_reward, stamps_to_go(goal.missing))
        yield _module("stamps", words.progress, progress(goal))
    if goal := facts.points_goal:
        yield _module("points_reward", goal.name, points_to_go(goal.missing))
    if expires := facts.points_expire_at:
        yield _module(
            "expires", words.expires, Text(*(written_date(expires, language) for language in LANGUAGES))
        )
    if facts.program.promotion:
        name, says = facts.program.promotion
        yield _module("promotion", name, says.cut(TEXT_LENGTH))
    if facts.shops:
        shown = shorten(shops.as_text(facts.shops), TEXT_LENGTH)
        yield _module("shops", words.shops, Text.same(shown))


def _links(facts: PassFacts) -> Iterable[dict[str, Any]]:
    if facts.page_url and not facts.is_void:
        yield _link("card_page", facts.page_url, labels().card_page)
    if not facts.is_void:
        for number, shop in enumerate(facts.shops[: shops.MOST_TOLD]):
            if shop.phone:
                yield _link(f"phone_{number}", f"tel:{shop.phone}", Text.same(shop.name))


def _messages(facts: PassFacts) -> Iterable[dict[str, Any]]:
    """The news, where Google's notification leads. The same sentence has the same id, and is not shown as unread again.

    It is no message that notifies by itself: of those Google refuses the fourth of a day, and the card with it.
    """
    if facts.news:
        news = facts.news.cut(MESSAGE_LENGTH)
        name = f"news-{hashlib.sha256(news.en.encode()).hexdigest()[:8]}"
        yield {**_module(name, labels().news, news), "messageType": "TEXT"}


def _class_texts(facts: ProgramFacts) -> Iterable[dict[str, Any]]:
    if facts.terms:
        yield _module("terms", labels().terms, facts.terms.cut(TEXT_LENGTH))


def _class_links(facts: ProgramFacts) -> Iterable[dict[str, Any]]:
    words = labels()
    if facts.join_url:
        yield _link("terms", facts.join_url, words.terms)
    if facts.privacy_url:
        yield _link("privacy", facts.privacy_url, words.privacy)
    yield _link("cards", settings.PUBLIC_BASE_URL, words.card_page)


def _locations(places: Iterable[Place]) -> list[dict[str, float]]:
    listed = [{"latitude": place.latitude, "longitude": place.longitude} for place in places]
    return listed[:MOST_LOCATIONS]


def _module(name: str, header: Text, body: Text) -> dict[str, Any]:
    return {
        "id": name,
        "header": header.en,
        **_localized("header", header),
        "body": body.en,
        **_localized("body", body),
    }


def _link(name: str, address: str, words: Text) -> dict[str, Any]:
    return {"id": name, "uri": address, "description": words.en, **_localized("description", words)}


def _image(address: str, words: Text) -> dict[str, Any]:
    return {"sourceUri": {"uri": address}, "contentDescription": _translated(words)}


def _localized(name: str, text: Text) -> dict[str, Any]:
    """ "label" -> {"localizedLabel": ...}; nothing where no language says it differently."""
    return {} if text.is_same else {f"localized{name[0].upper()}{name[1:]}": _translated(text)}


def _translated(text: Text) -> dict[str, Any]:
    english, *others = [{"language": language, "value": words} for language, words in text.items()]
    return (
        {"defaultValue": english} if text.is_same else {"defaultValue": english, "translatedValues": others}
    )
