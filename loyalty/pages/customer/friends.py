"""Bringing friends: the invitation on the card's page, what it promises on the enrolment page, and whose device it is.

A signed cookie notes which cards were opened on a device: nobody brings themselves. It leaves the device for nothing
else, and nothing of it is kept here.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.http import HttpRequest, HttpResponse

from loyalty import friends, links, promotion_words, selectors
from loyalty.models import LoyaltyCard, LoyaltyProgram
from loyalty.promotion_words import Names
from loyalty.services import friends as service
from tenancy.models import Store
from tenancy.selectors import open_stores

COOKIE = "own_cards"
PARAMETER = "by"
_SALT = "loyalty.own_cards"
_YEAR = 365 * 24 * 3600
_MOST = 10  # cards of a device


@dataclass(frozen=True)
class Invitation:
    """What the card's page says: where friends go, what both get, and how many came."""

    url: str
    promises: list[str]
    came: int


def invitation_of(card: LoyaltyCard, *, now: datetime) -> Invitation | None:
    """The invitation that a card may hand on at a moment (UTC); None where nothing is promised for it."""
    if not card.program.has_promotions or not selectors.settings_of(card.merchant).allow_self_enrollment:
        return None
    store = _home(card)
    running = friends.running(card.program, store, now=now) if store else []
    if store is None or not running:
        return None
    names = Names(currency=card.merchant.currency)
    return Invitation(
        url=links.friends_url(store, service.code_of(card)),
        promises=[promotion_words.invitation(row.rule(), names) for row in running],
        came=friends.came(card),
    )


def _home(card: LoyaltyCard) -> Store | None:
    """Where friends get their card: where this one was got, if it is open."""
    stores = open_stores().filter(pk__in=selectors.locations(card).values("pk")).select_related("merchant")
    return min(stores, key=lambda store: (store.pk != card.enrolled_at_store_id, store.pk), default=None)


def promised(code: str, store: Store, program: LoyaltyProgram, *, now: datetime) -> dict[str, object]:
    """What the enrolment page says to whoever comes by an invitation; nothing for a code that is none."""
    host = friends.inviter(code, program) if code and program.has_promotions else None
    running = friends.running(program, store, now=now) if host else []
    if host is None or not running:
        return {}
    names = Names(currency=store.merchant.currency)
    return {
        "host": host.customer.first_name,
        "promises": [promotion_words.invited(row.rule(), names) for row in running],
        "by": code,
    }


def own_cards(request: HttpRequest) -> list[int]:
    """The ids of the cards that were opened on this device, the latest first."""
    try:
        return list(signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_YEAR))
    except signing.BadSignature:
        return []


def note_own(request: HttpRequest, response: HttpResponse, card_id: int) -> None:
    """From now on the device is known as one on which a card was opened."""
    known = own_cards(request)
    ids = [card_id, *(pk for pk in known if pk != card_id)][:_MOST]
    response.set_cookie(
        COOKIE,
        signing.dumps(ids, salt=_SALT),
        max_age=_YEAR,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
