"""Which promotions hold for what happens at a till, and what of them is left."""

from collections.abc import Sequence
from datetime import datetime

from loyalty import friends, offers, promoted
from loyalty.offers import Bought, Facts, Offer, Promotion
from loyalty.services.operation import Operation


def offered(call: Operation, bought: Bought, at: datetime, *, holds: bool = True) -> tuple[Offer, ...]:
    """The promotions of a moment (UTC) that hold for a purchase; asks the database for what they want to know alone.

    `holds`: budgets stay locked until the transaction ends, so that nobody else gives the same last points.
    """
    if not call.program.has_promotions:
        return ()
    on = [
        rule
        for rule in promoted.planned_of(call.program).living
        if offers.is_on(rule, at, call.store.pk, call.store.tzinfo)
        and offers.is_enough(rule, offers.counting_cents(rule, bought))
    ]
    return offers.offers(bought, _facts(call, on, at, holds), on, at) if on else ()


def _facts(call: Operation, promotions: Sequence[Promotion], at: datetime, holds: bool) -> Facts:
    card, zone = call.card, call.store.tzinfo
    known = promoted.known_of(card, promotions, at=at, zone=zone, holds=holds)
    call.budgets.update(known.left)
    bring = [promotion.id for promotion in promotions if promotion.audience == offers.FRIEND]
    return Facts(
        store_id=call.store.pk,
        zone=zone,
        birth_date=card.customer.birth_date,
        tags=frozenset(card.customer.tags),
        welcomes=friends.welcomed_by(card, bring) if bring else frozenset(),
        has_earned=known.visits.has_earned,
        visits=known.visits.days,
        last_visit=known.visits.last,
        given=known.given,
        left=known.left,
    )
