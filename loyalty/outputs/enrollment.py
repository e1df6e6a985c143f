"""What enrolling answers."""

from typing import Annotated, TypedDict

from groundwork.formats.wire import Address
from loyalty import links
from loyalty.outputs.card import Card, card
from loyalty.outputs.store import Location, location
from loyalty.services.enrollment import Enrollment
from tenancy.models import Store


class Enrolled(TypedDict):
    """What the till gets: the card, new or not, and where it works."""

    card: Card
    already_enrolled: bool
    locations: list[Location]
    merge_suggestion: Annotated[list[int], "Ids of this person's other cards."]
    card_url: Annotated[
        Address | None, "Of a card that this call made, for somebody who was not known: to show it."
    ]


class NewCard(TypedDict):
    """What the public gets to see of a new card."""

    card_number: str
    card_url: Annotated[Address | None, "Null for a person who was known: the link is sent."]
    stamp_count: int
    stamps_target: int
    points_balance: int


class SelfEnrolled(TypedDict):
    """Somebody has got a card."""

    already_enrolled: bool
    card: NewCard
    locations: list[Location]


class KnownAlready(TypedDict):
    """Nothing but where the card that exists already works."""

    already_enrolled: bool
    locations: list[Location]


def enrolled(enrollment: Enrollment, store: Store) -> Enrolled:
    return {
        "card": card(enrollment.card, store),
        "already_enrolled": enrollment.already_enrolled,
        "locations": [location(place) for place in enrollment.locations],
        "merge_suggestion": enrollment.merge_suggestion,
        "card_url": card_url(enrollment),
    }


def card_url(enrollment: Enrollment) -> Address | None:
    """The way to a card, for whoever it was made for; None where its holder was known before.

    Who knows an address that is known here already may be a stranger: the link is sent there.
    """
    return Address(links.card_url(enrollment.card)) if enrollment.customer_is_new else None


def self_enrolled(enrollment: Enrollment) -> SelfEnrolled | KnownAlready:
    """What the public gets: the new card, or nothing but where the card that exists already works."""
    places = [location(place) for place in enrollment.locations]
    if enrollment.already_enrolled:
        return {"already_enrolled": True, "locations": places}
    row = enrollment.card
    shown: NewCard = {
        "card_number": row.display_number,
        "card_url": card_url(enrollment),
        "stamp_count": row.stamp_count,
        "stamps_target": row.program.stamps_target,
        "points_balance": row.points_balance,
    }
    return {"already_enrolled": False, "card": shown, "locations": places}
