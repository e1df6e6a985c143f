"""Which promotions hold for what happens at a till, and what of them is left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from loyalty import friends, offers, promoted, promotion_facts
from loyalty.earning import Part
from loyalty.offers import Bought, Offer, Promotion
from loyalty.promotion_facts import Known
from loyalty.services.operation import Operation


@dataclass(frozen=True)
class Offered:
    """What a purchase is offered, and what had to be known of its card for that."""

    offers: tuple[Offer, ...] = ()
    known: Known = field(default_factory=Known)

    def known_after(
        self, parts: Iterable[Part], *, has_earned: bool, occurred_at: datetime | None
    ) -> Known | None:
        """What is known once parts were given; None for an earlier moment: it says nothing of the present one."""
        return None if occurred_at else self.known.after(parts, has_earned=has_earned)


def offered(call: Operation, bought: Bought, at: datetime, *, holds: bool = True) -> Offered:
    """The promotions of a moment (UTC) that hold for a purchase; asks the database for what they want to know alone.

    `holds`: budgets stay locked until the transaction ends, so that nobody else gives the same last points.
    """
    if not call.program.has_promotions:
        return Offered()
    on = [
        rule
        for rule in promoted.planned_of(call.program).rules.values()
        if offers.is_on(rule, at, call.store.pk, call.store.tzinfo)
    ]
    if not on:
        return Offered()
    known = _known(call, bought, on, at, holds)
    return Offered(offers.offers(bought, known.facts(call.card, call.store), on, at), known)


def _known(call: Operation, bought: Bought, on: Sequence[Promotion], at: datetime, holds: bool) -> Known:
    """Of all that runs, for the till is told of it; budgets only of those for which enough is bought."""
    limited = [
        rule.id
        for rule in on
        if rule.budget is not None and offers.is_enough(rule, offers.counting_cents(rule, bought))
    ]
    zone = call.store.tzinfo
    known = promotion_facts.known_of(call.card, on, at=at, zone=zone, limited=limited, holds=holds)
    bring = [rule.id for rule in on if rule.audience == offers.FRIEND]
    welcomes = friends.welcomed([call.card], bring)[call.card.pk] if bring else frozenset()
    return replace(known, welcomes=welcomes)
