"""Draft: what of a program would be otherwise. What it does not name stays as it was at each moment."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from loyalty.models import LoyaltyProgram, PointsReward
from loyalty.offers import Promotion

# What of a program a rehearsal can play, and what its figures hang on.
OF_PURCHASES = ("loyalty_type", "points_per_euro", "minimum_purchase_cents", "carry_remainders")
PLAYED = (
    *OF_PURCHASES,
    "stamps_target",
    "stamps_reward_value_cents",
    "minimum_redemption_points",
    "points_expiration_days",
    "point_value_cents",
)
DECIMALS = frozenset({"points_per_euro", "point_value_cents"})
WEEK, A_YEAR = timedelta(days=7), 52  # weeks, so that a Tuesday is a Tuesday
SINCE_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Reward:
    """What points buy: its cost in points, and what it is worth in cents (None: what its points are worth)."""

    id: int | None
    cost: int
    value_cents: int | None


@dataclass(frozen=True)
class Draft:
    """Changed fields of a program, its whole list of rewards if that changes, and promotions on top."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    rewards: tuple[Reward, ...] | None = None
    promotions: tuple[Promotion, ...] = ()

    @classmethod
    def between(
        cls,
        before: LoyaltyProgram,
        after: LoyaltyProgram,
        *,
        besides: Collection[str] = (),
        rewards_before: Sequence[PointsReward] = (),
        rewards_after: Sequence[PointsReward] = (),
    ) -> Self:
        """What an unsaved program, and its unsaved rewards, change of the saved ones, `besides` some fields."""
        changes = {
            name: getattr(after, name)
            for name in PLAYED
            if name not in besides and getattr(after, name) != getattr(before, name)
        }
        old, new = offered(rewards_before), offered(rewards_after)
        return cls(changes, None if old == new else new)

    @property
    def is_empty(self) -> bool:
        return not self.changes and self.rewards is None and not self.promotions

    def as_data(self) -> dict[str, Any]:
        """What a job keeps of it; of promotions their ids."""
        return {
            "changes": {
                name: str(value) if name in DECIMALS else value for name, value in self.changes.items()
            },
            "rewards": None if self.rewards is None else [dataclasses.astuple(each) for each in self.rewards],
            "promotions": [promotion.id for promotion in self.promotions],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any], promotions: Iterable[Promotion]) -> Self:
        """The draft that a job has kept, with its promotions as they are now."""
        changes = {
            name: Decimal(value) if name in DECIMALS else value for name, value in data["changes"].items()
        }
        rewards = data["rewards"]
        return cls(
            changes,
            None if rewards is None else tuple(Reward(*each) for each in rewards),
            tuple(promotions),
        )


def offered(rewards: Iterable[PointsReward]) -> tuple[Reward, ...]:
    """The rewards that are on offer, as a rehearsal knows them; a new one has no id yet."""
    return tuple(
        Reward(reward.pk, reward.points_cost, reward.value_cents) for reward in rewards if reward.is_active
    )


def as_if_it_ran(promotion: Promotion, *, today: date, first_played: date) -> Promotion:
    """A promotion as it is played over days that were: on since ever, and for as many days as it is to run.

    One that ends is moved back by a year, if that is played, or else by as few weeks as it takes: weekdays stay. One
    that does not end is played throughout.
    """
    first, last = promotion.first_day, promotion.last_day
    if last is not None and last > today:
        first = max(first or today, today)
        weeks = -(-(last - today).days // 7)
        if weeks <= A_YEAR and first - A_YEAR * WEEK >= first_played:
            weeks = A_YEAR
        first, last = first - weeks * WEEK, last - weeks * WEEK
    return dataclasses.replace(
        promotion,
        planned_at=SINCE_EVER,
        stopped_at=None,
        first_day=None if last is None else first,
        last_day=last,
    )
