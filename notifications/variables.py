"""What is true now, as the variables of an e-mail: plain words and whole numbers, or nothing.

Everything is read when the e-mail is sent. What is no longer true then is `NothingToSay`.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.translation import get_language, override

from loyalty import links, rules, selectors, showing
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from notifications import codes, ports
from notifications.codes import Code
from notifications.errors import NothingToSay
from tenancy.models import Store

# A stranger may enrol anybody's address: what they typed as a name must not become a link in a mail program.
_LINKS = re.compile(r"[/@<>:]|www\.|\w\.\w{2,}", re.IGNORECASE)
# Django's Luxembourgish knows only some of the months.
_MONTHS_LB = [
    "Januar",
    "Februar",
    "Mäerz",
    "Abrëll",
    "Mee",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
]


ERASED = "the customer's data were erased"
DELETED = "the customer or the card was deleted"
NO_ADDRESS = "the customer has no e-mail address"


def home_store(card: LoyaltyCard) -> Store | None:
    """The store that a card's e-mails come from: where it is valid, else where it was issued, if that still exists."""
    store = card.scope_store or card.enrolled_at_store
    return None if store is None or store.is_deleted else store


# Who is written to at another address than the one that is known: the field of the customer.
RECIPIENTS = {Code.CONFIRM_EMAIL: "pending_email"}


def recipient(card: LoyaltyCard, code: str) -> str:
    """The address that an e-mail about a card goes to; empty if there is none."""
    return getattr(card.customer, RECIPIENTS.get(Code(code), "email")) or ""


def why_not(card: LoyaltyCard, code: str) -> str:
    """Why this card's person is not written an e-mail; empty if they are."""
    customer = card.customer
    if customer.erased_at is not None:
        return ERASED
    if customer.is_deleted or card.is_deleted:
        return DELETED
    return "" if recipient(card, code) else NO_ADDRESS


def language_of(card: LoyaltyCard) -> str:
    """The customer's language, else the store's, else the merchant's, else English."""
    store = home_store(card)
    spoken = [card.customer.preferred_language, (store or card.merchant).default_language, "en"]
    return next(code for code in spoken if code in dict(settings.LANGUAGES))


def of(
    card: LoyaltyCard, *, code: str, language: str, context: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """The variables of one e-mail about a card, each one of `codes.variables(code)`.

    Parameters: context - what the log row was given (`transaction_id`); now - UTC.
    Raises NothingToSay if it is not true any more.
    """
    with override(language):
        values = _common(card, now) | _OWN[Code(code)](card, context, now)
    # In Liquid an empty text counts as true, nothing does not.
    return {name: None if values.get(name) == "" else values.get(name) for name in codes.variables(code)}


def _common(card: LoyaltyCard, now: datetime) -> dict[str, Any]:
    program, store = card.program, home_store(card)
    return {
        "customer_name": name_of(card),
        "merchant_name": card.merchant.name,
        "store_name": store.name if store else None,
        "program_name": program.card_name or card.merchant.name,
        "card_number": card.display_number,
        "points_balance": card.points_balance,
        "stamp_count": card.stamp_count,
        "stamps_target": program.stamps_target if program.has_stamps else None,
        "promotions": " ".join(f"{text}." for text in showing.of_card(card, now=now)),
        "card_url": links.card_url(card),
    }


def told_as(card: LoyaltyCard, code: str, context: dict[str, Any]) -> str:
    """Which e-mail says what is true now: a welcome whose bonus was undone is one without a bonus."""
    if code == Code.WELCOME_BONUS and _is_undone(_line(card, context)):
        return Code.ENROLLMENT
    return code


def name_of(card: LoyaltyCard) -> str:
    """The customer's name on one line; empty if it looks like an address rather than a name."""
    name = " ".join(card.customer.name.split())[:80]
    return "" if _LINKS.search(name) else name


def at_hand(card: LoyaltyCard, *, now: datetime) -> dict[str, Any]:
    """Whatever can be said about a card now, for any e-mail; for previews. In the active language."""
    values = _common(card, now) | _wallets(card, {}, now)
    values["reward_description"] = card.program.stamps_reward_description
    with suppress(NothingToSay):
        values |= _points_expiring(card, {}, now)
    return values


# --- What only one e-mail has -----------------------------------------------------------------------------


def _wallets(card: LoyaltyCard, context: dict[str, Any], now: datetime) -> dict[str, Any]:
    """wallet_url, apple_url and google_url, from the app that knows them, where they work."""
    found: dict[str, Any] = {"wallet_url": None, "apple_url": None, "google_url": None}
    for app in ports.links:
        found |= app.email_variables(card)
    return found


def _erasure(card: LoyaltyCard, context: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {"confirm_url": links.erasure_url(card)}


def _confirm_email(card: LoyaltyCard, context: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Nothing that leads to the card: whoever reads it may be somebody else."""
    confirm_url = links.email_confirmation_url(card)
    return {"confirm_url": confirm_url, "card_url": confirm_url}


def _welcome_bonus(card: LoyaltyCard, context: dict[str, Any], now: datetime) -> dict[str, Any]:
    return _wallets(card, context, now) | {"bonus_points": _line(card, context).points_delta}


def _reward_ready(card: LoyaltyCard, context: dict[str, Any], now: datetime) -> dict[str, Any]:
    program = card.program
    if not (card.is_active and program.is_active and program.has_stamps and card.merchant.is_active):
        raise NothingToSay("the card is good for no reward any more")
    if card.stamp_count < card.program.stamps_target:
        raise NothingToSay("the reward was redeemed, or the stamp taken back, before the e-mail went out")
    return {"reward_description": card.program.stamps_reward_description}


def _points_expiring(card: LoyaltyCard, context: dict[str, Any], now: datetime) -> dict[str, Any]:
    expires, warned = selectors.points_expire_at(card), card.last_expiration_warning_at
    if expires is None or expires <= now:
        raise NothingToSay("the points are gone, or no longer expire")
    if warned is None or (card.last_activity_at is not None and warned < card.last_activity_at):
        raise NothingToSay("the card was used after the warning")
    notice = rules.warning_notice(card.program.points_expiration_days or 0)
    if expires - warned > max(notice, rules.WARNED_AT_LEAST):
        raise NothingToSay("the points expire later than when the card was warned")
    zone = card.merchant.tzinfo
    on = expires.astimezone(zone).date()
    return {
        "expiring_points": card.points_balance,
        "days_remaining": (on - now.astimezone(zone).date()).days,
        "expiration_date": written(on),
    }


def written(day: date) -> str:
    """A date as people write it in the active language: 3 December 2026, 1er décembre 2026, 3. Dezember 2026."""
    language = get_language()
    if language == "lb":
        return f"{day.day}. {_MONTHS_LB[day.month - 1]} {day.year}"
    text = formats.date_format(day, "j. F Y" if language == "de" else "j F Y")
    return f"1er{text[1:]}" if language == "fr" and day.day == 1 else text


def _points_expired(card: LoyaltyCard, context: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {"expired_points": -_line(card, context).points_delta}


def _owed(card: LoyaltyCard, context: dict[str, Any], now: datetime) -> dict[str, Any]:
    if not (card.points_owed or card.stamps_owed):
        raise NothingToSay("what was owed was settled or let go before the e-mail went out")
    line = _line(card, context)
    if _is_undone(line):
        raise NothingToSay("the return was undone before the e-mail went out")
    return {
        "owed_points": card.points_owed,
        "owed_stamps": card.stamps_owed,
        "taken_back_on": written(line.transaction_at.astimezone(card.merchant.tzinfo).date()),
        "receipt_number": line.purchase.order_reference if line.purchase else line.order_reference,
    }


def _friend_came(card: LoyaltyCard, context: dict[str, Any], now: datetime) -> dict[str, Any]:
    line = _line(card, context)
    if _is_undone(line):
        raise NothingToSay("the friend brought the purchase back before the e-mail went out")
    return {"friend_points": line.points_delta, "friend_stamps": line.stamps_delta}


def _line(card: LoyaltyCard, context: dict[str, Any]) -> LoyaltyTransaction:
    return LoyaltyTransaction.objects.get(pk=context["transaction_id"], card=card)


def _is_undone(line: LoyaltyTransaction) -> bool:
    return hasattr(line, "voided_by")


_OWN: dict[Code, Callable[[LoyaltyCard, dict[str, Any], datetime], dict[str, Any]]] = {
    Code.ENROLLMENT: _wallets,
    Code.WELCOME_BONUS: _welcome_bonus,
    Code.REWARD_READY: _reward_ready,
    Code.POINTS_EXPIRING: _points_expiring,
    Code.POINTS_EXPIRED: _points_expired,
    Code.OWED: _owed,
    Code.FRIEND_CAME: _friend_came,
    Code.CARD_LINK: _wallets,
    Code.ERASE_CONFIRMATION: _erasure,
    Code.CONFIRM_EMAIL: _confirm_email,
}
