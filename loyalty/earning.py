"""What a purchase earns under a program's terms and its promotions: pure functions. No clock, no database.

    earn(bought, facts, terms, promotions, at)    # -> Breakdown

Till, quote, offline lines, returns and rehearsals all end in `worth`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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

    @property
    def point_parts(self) -> tuple[Part, ...]:
        """What promotions give in points."""
        return tuple(part for part in self.parts if part.points)

    @property
    def stamp_parts(self) -> tuple[Part, ...]:
        """What promotions give in stamps."""
        return tuple(part for part in self.parts if part.stamps)

    def without_points(self) -> "Breakdown":
        """The same where the points themselves are undone."""
        return replace(self, base_points=0, parts=self.stamp_parts)

    def beyond(self, given: Iterable[Part], *, points: int, stamps: int) -> "Breakdown":
        """What is still to be given, or below 0 taken, where lines have given so much, `given` of it by promotions."""
        open_ = {part.promotion_id: part for part in self.parts}
        for part in given:
            now = open_.get(part.promotion_id, Part(part.promotion_id))
            open_[part.promotion_id] = Part(
                part.promotion_id, now.points - part.points, now.stamps - part.stamps
            )
        parts = tuple(part for _id, part in sorted(open_.items()) if part.points or part.stamps)
        more = Breakdown(parts=parts)
        return replace(
            more,
            base_points=self.points - points - more.points,
            base_stamps=self.stamps - stamps - more.stamps,
        )


def earn(
    bought: Bought, facts: Facts, terms: Terms, promotions: Iterable[Promotion], at: datetime
) -> Breakdown:
    """What a purchase at a moment (UTC) earns. Of factors the best one, of bonuses all, unless they are excluded."""
    return worth(bought, offers(bought, facts, promotions, at), terms)


def worth(
    bought: Bought, offered: Sequence[Offer], terms: Terms, *, kept_cents: int | None = None
) -> Breakdown:
    """What a purchase gives of which `kept_cents` are left (None: all of it).

    What is brought back is brought back of all its items alike. Of promotions that exclude each other those count that
    together give most, in points and then in stamps; if they give the same, the older ones. So the rest of a purchase
    never earns more points than all of it.
    """
    kept = bought.amount_cents if kept_cents is None else kept_cents
    base = terms.earns(kept, digits=bought.digits) if kept else 0
    stamps = bought.stamps if kept != 0 and terms.has_stamps else 0
    rules = {offer.promotion.id: offer.promotion for offer in offered}
    parts = [_part(offer, bought, terms, kept, stamps) for offer in offered]
    giving = sorted(
        (part for part in parts if part.points or part.stamps), key=lambda part: part.promotion_id
    )
    return Breakdown(base, stamps, _best(giving, rules))


def _best(parts: Sequence[Part], rules: Mapping[int, Promotion]) -> tuple[Part, ...]:
    """Of parts in the order of their promotions, those that give most and do not exclude each other."""
    if not parts:
        return ()
    first, others = parts[0], parts[1:]
    along = [part for part in others if not clash(rules[first.promotion_id], rules[part.promotion_id])]
    with_it = (first, *_best(along, rules))
    if len(along) == len(others):
        return with_it
    return max(with_it, _best(others, rules), key=_sum)


def _sum(parts: Sequence[Part]) -> tuple[int, int]:
    return sum(part.points for part in parts), sum(part.stamps for part in parts)


def clash(one: Promotion, other: Promotion) -> bool:
    """Whether of two promotions a purchase gets one."""
    return one.effect == other.effect == FACTOR or one.excludes(other)


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
