"""What a purchase earns under a program's terms and its promotions: pure functions. No clock, no database.

    earn(bought, facts, terms, promotions, at)    # -> Breakdown

Till, quote, offline lines, returns and rehearsals all end in `worth`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from loyalty.offers import FACTOR, POINTS, STAMPS, Bought, Facts, Offer, Promotion, is_enough, offers
from loyalty.rules import POINT
from loyalty.terms import Terms


@dataclass(frozen=True)
class Part:
    """What a promotion gives: ten-thousandths of a point, or stamps."""

    promotion_id: int
    points: int = 0
    stamps: int = 0


@dataclass(frozen=True)
class Breakdown:
    """What a purchase earns, in ten-thousandths of a point and in stamps: without promotions, and each one's part."""

    base_points: int = 0
    base_stamps: int = 0
    parts: tuple[Part, ...] = ()

    @property
    def points(self) -> int:
        return self.base_points + sum(part.points for part in self.parts)

    @property
    def stamps(self) -> int:
        return self.base_stamps + sum(part.stamps for part in self.parts)


def earn(
    bought: Bought, facts: Facts, terms: Terms, promotions: Iterable[Promotion], at: datetime
) -> Breakdown:
    """What a purchase at a moment (UTC) earns. Of factors the best one, of bonuses all, unless they are excluded."""
    return worth(bought, offers(bought, facts, promotions, at), terms)


def worth(
    bought: Bought, offered: Sequence[Offer], terms: Terms, *, kept_cents: int | None = None
) -> Breakdown:
    """What a purchase gives of which `kept_cents` are left (None: all of it).

    What is brought back is brought back of all its items alike. Promotions that exclude each other: the one that gives
    more counts, the older one if they give the same.
    """
    kept = bought.amount_cents if kept_cents is None else kept_cents
    base = terms.earns(kept, digits=bought.digits) if kept else 0
    stamps = bought.stamps if kept != 0 and terms.has_stamps else 0
    parts = [_part(offer, bought, terms, kept, stamps) for offer in offered]
    by_id = {offer.promotion.id: offer.promotion for offer in offered}
    taken: list[Part] = []
    for part in sorted(parts, key=lambda part: (-part.points, -part.stamps, part.promotion_id)):
        promotion, others = by_id[part.promotion_id], [by_id[other.promotion_id] for other in taken]
        if (part.points or part.stamps) and not any(_rules_out(other, promotion) for other in others):
            taken.append(part)
    return Breakdown(base, stamps, tuple(sorted(taken, key=lambda part: part.promotion_id)))


def _rules_out(taken: Promotion, promotion: Promotion) -> bool:
    both_factors = taken.effect == promotion.effect == FACTOR
    return both_factors or taken.excludes(promotion)


def _part(offer: Offer, bought: Bought, terms: Terms, kept: int | None, stamps: int) -> Part:
    """What an offer gives if no other does."""
    promotion, cents = offer.promotion, offer.cents
    if cents is not None and kept is not None and bought.amount_cents:
        cents = cents * kept // bought.amount_cents
    if not is_enough(promotion, cents):
        return Part(promotion.id)
    if promotion.effect == STAMPS:
        return Part(promotion.id, stamps=_within(offer, promotion.amount) if stamps else 0)
    if cents is None or kept is None or not terms.counts(kept):
        return Part(promotion.id)
    if promotion.effect == POINTS:
        return Part(promotion.id, points=terms.kept(_within(offer, promotion.amount * POINT)))
    plain = terms.units(cents, digits=bought.digits)
    more = terms.kept(plain * (promotion.factor - 1))
    return Part(promotion.id, points=terms.kept(_within(offer, more)))


def _within(offer: Offer, given: int) -> int:
    return given if offer.room is None else min(given, offer.room)
