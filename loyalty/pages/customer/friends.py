"""Bringing friends: the invitation on the card's page, what it promises on the enrolment page, and whose device it is.

A device notes which cards were opened on it: nobody brings themselves. The note leaves the device for nothing else.
"""

from dataclasses import dataclass
from datetime import datetime

from groundwork.web.device_note import DeviceNote
from loyalty import friends, links, promotion_words, selectors
from loyalty.models import LoyaltyCard, LoyaltyProgram
from loyalty.promotion_words import Names
from loyalty.services import friends as service
from tenancy.models import Store
from tenancy.selectors import open_stores

OWN_CARDS = DeviceNote("own_cards", salt="loyalty.own_cards", most=10)
PARAMETER = "by"


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
