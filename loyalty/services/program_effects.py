"""What a change of a program takes from customers: one rule, for the API, the console and its preview.

taken = program_effects.of_change(Offer(old, rewards), Offer(new, rewards))
taken.cards, [effect.text for effect in taken.effects]    # whoever confirms it has read these

Judged is what cards hold, and what was promised for it and for the next purchase. What guards the till (cooldown,
stamps a day, PIN), what is an estimate (values in cents) and what is only words takes nothing. Whether the program
is switched on does not matter, nor whether its type lets stamps or points sleep just now: they wake up again.
"""

import functools
import operator
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.lookups import GreaterThan
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext_lazy

from loyalty.models import LoyaltyCard, LoyaltyProgram, PointsReward

ACTIVE = Q(is_active=True)
WITH_STAMPS = Q(stamp_count__gt=0)
WITH_POINTS = Q(points_balance__gt=0)

TEXTS = {
    "full_cards_lost": ngettext_lazy(
        "%(count)d full card would lose “%(reward)s”.",
        "%(count)d full cards would lose “%(reward)s”.",
        "count",
    ),
    "stamps_target_raised": ngettext_lazy(
        "%(count)d card would be further from its reward.",
        "%(count)d cards would be further from their reward.",
        "count",
    ),
    "stamps_stranded": ngettext_lazy(
        "%(count)d card has stamps that could no longer be used.",
        "%(count)d cards have stamps that could no longer be used.",
        "count",
    ),
    "points_stranded": ngettext_lazy(
        "%(count)d card has points that could no longer be used.",
        "%(count)d cards have points that could no longer be used.",
        "count",
    ),
    "reward_removed": ngettext_lazy(
        "%(count)d card with points could no longer get “%(reward)s”.",
        "%(count)d cards with points could no longer get “%(reward)s”.",
        "count",
    ),
    "reward_dearer": ngettext_lazy(
        "%(count)d card with points would need %(after)s points instead of %(before)s for “%(reward)s”.",
        "%(count)d cards with points would need %(after)s points instead of %(before)s for “%(reward)s”.",
        "count",
    ),
    "minimum_redemption_raised": ngettext_lazy(
        "%(count)d card has points that could only be used from %(after)s on.",
        "%(count)d cards have points that could only be used from %(after)s on.",
        "count",
    ),
    "expiry_switched_on": ngettext_lazy(
        "%(count)d card has points that would now expire.",
        "%(count)d cards have points that would now expire.",
        "count",
    ),
    "expiry_shortened": ngettext_lazy(
        "%(count)d card has points that would expire sooner.",
        "%(count)d cards have points that would expire sooner.",
        "count",
    ),
    "expiry_warning_dropped": ngettext_lazy(
        "%(count)d card has points that could expire without a warning.",
        "%(count)d cards have points that could expire without a warning.",
        "count",
    ),
    "remainders_dropped": ngettext_lazy(
        "%(count)d card would lose the amount that makes no whole point yet.",
        "%(count)d cards would lose the amounts that make no whole point yet.",
        "count",
    ),
    "rate_lowered": ngettext_lazy(
        "%(count)d card would earn fewer points for the same purchase.",
        "%(count)d cards would earn fewer points for the same purchase.",
        "count",
    ),
    "minimum_purchase_raised": ngettext_lazy(
        "%(count)d card would no longer earn points for some small purchases.",
        "%(count)d cards would no longer earn points for some small purchases.",
        "count",
    ),
    "spending_stopped": ngettext_lazy(
        "%(count)d card has stamps or points that could not be used meanwhile.",
        "%(count)d cards have stamps or points that could not be used meanwhile.",
        "count",
    ),
}


@dataclass(frozen=True)
class Offer:
    """What customers are promised: a program, and its rewards where these are looked at too."""

    program: LoyaltyProgram
    rewards: Sequence[PointsReward] = ()


@dataclass(frozen=True)
class Loss:
    """What a change takes, before it is counted: `code` is a key of TEXTS, `whose` says which active cards."""

    code: str
    whose: Q
    names: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Effect:
    """What a change takes from how many cards, and the sentence that says so in the language of the moment."""

    code: str
    cards: int
    text: str


@dataclass(frozen=True)
class Taken:
    """All that a change takes; `cards` counts each card once."""

    cards: int = 0
    effects: tuple[Effect, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As a refusal carries it."""
        return {"cards_affected": self.cards, "effects": [asdict(effect) for effect in self.effects]}


def of_change(old: Offer, new: Offer) -> Taken:
    """What customers lose where `old` becomes `new`: at most one statement."""
    return _counted(old.program, losses(old, new))


def of_stopping(program: LoyaltyProgram) -> Taken:
    """What customers lose while a program is switched off, or deleted."""
    return _counted(program, [Loss("spending_stopped", _spendable(program))])


def losses(old: Offer, new: Offer) -> list[Loss]:
    """What a change may take, without the database."""
    before, after = old.program, new.program
    found = [
        *_of_stamps(before, after),
        *_of_points(before, after),
        *_of_rewards(old, new),
        *_of_purchases(before, after),
    ]
    if before.is_active and not after.is_active:
        found.append(Loss("spending_stopped", _spendable(before)))
    return found


def shortens_expiry(old: LoyaltyProgram, new: LoyaltyProgram) -> bool:
    """Whether points that would have stayed expire: the period is new or shorter."""
    before, after = _expiry(old), _expiry(new)
    return after is not None and (before is None or after < before)


def _expiry(program: LoyaltyProgram) -> int | None:
    return program.points_expiration_days if program.has_points else None


def _of_stamps(old: LoyaltyProgram, new: LoyaltyProgram) -> Iterator[Loss]:
    reward = {"reward": old.stamps_reward_description or gettext("reward for a full card")}
    if old.has_stamps and not new.has_stamps:
        yield Loss("full_cards_lost", Q(stamp_count__gte=old.stamps_target), reward)
        yield Loss("stamps_stranded", WITH_STAMPS)
    elif new.stamps_target > old.stamps_target:
        # A card may hold several rewards: whole divisions, so that the one with 24 of 10 stamps keeps two of 12.
        held = F("stamp_count")
        fewer = GreaterThan(held / old.stamps_target, held / new.stamps_target)
        yield Loss("full_cards_lost", Q(fewer), reward)
        # An empty card is further away too, unless nobody can collect stamps now or then.
        further = Q(stamp_count__lt=new.stamps_target)
        yield Loss("stamps_target_raised", further if new.has_stamps else further & WITH_STAMPS)


def _of_points(old: LoyaltyProgram, new: LoyaltyProgram) -> Iterator[Loss]:
    if old.has_points and not new.has_points:
        yield Loss("points_stranded", WITH_POINTS)
    if new.minimum_redemption_points > old.minimum_redemption_points:
        names = {"after": _number(new.minimum_redemption_points)}
        yield Loss("minimum_redemption_raised", WITH_POINTS, names)
    if shortens_expiry(old, new):
        yield Loss("expiry_shortened" if _expiry(old) else "expiry_switched_on", WITH_POINTS)
    if _expiry(old) and _expiry(new) and old.expiry_requires_warning and not new.expiry_requires_warning:
        yield Loss("expiry_warning_dropped", WITH_POINTS)
    if old.carry_remainders and not new.carry_remainders:
        yield Loss("remainders_dropped", Q(points_fraction__gt=0))


def _of_rewards(old: Offer, new: Offer) -> Iterator[Loss]:
    minimum = old.program.minimum_redemption_points
    after = {reward.pk: reward for reward in _to_be_had(new.rewards, minimum)}
    for reward in _to_be_had(old.rewards, minimum):
        still = after.get(reward.pk)
        if still is None:
            yield Loss("reward_removed", WITH_POINTS, {"reward": reward.name})
        elif still.points_cost > reward.points_cost:
            costs = {"before": _number(reward.points_cost), "after": _number(still.points_cost)}
            yield Loss("reward_dearer", WITH_POINTS, {"reward": reward.name, **costs})


def _to_be_had(rewards: Sequence[PointsReward], minimum: int) -> list[PointsReward]:
    return [reward for reward in rewards if reward.is_active and reward.points_cost >= minimum]


def _of_purchases(old: LoyaltyProgram, new: LoyaltyProgram) -> Iterator[Loss]:
    if not (old.has_points and new.has_points):
        return
    if new.points_per_euro < old.points_per_euro:
        yield Loss("rate_lowered", ACTIVE)
    if new.minimum_purchase_cents > old.minimum_purchase_cents:
        yield Loss("minimum_purchase_raised", ACTIVE)


def _spendable(program: LoyaltyProgram) -> Q:
    if not program.has_points:
        return WITH_STAMPS
    return WITH_STAMPS | WITH_POINTS if program.has_stamps else WITH_POINTS


def _counted(program: LoyaltyProgram, found: Sequence[Loss]) -> Taken:
    """How many active cards lose each of these, and how many something: one statement, none for nothing."""
    if not found:
        return Taken()
    anything = functools.reduce(operator.or_, (loss.whose for loss in found))
    each = {f"loss_{number}": Count("pk", filter=loss.whose) for number, loss in enumerate(found)}
    cards = LoyaltyCard.objects.filter(ACTIVE, program=program)
    counts = cards.aggregate(cards=Count("pk", filter=anything), **each)
    effects = [
        Effect(loss.code, count, TEXTS[loss.code] % {**loss.names, "count": count})
        for number, loss in enumerate(found)
        if (count := counts[f"loss_{number}"])
    ]
    return Taken(counts["cards"], tuple(effects))


def _number(number: int) -> str:
    return number_format(number, force_grouping=True)
