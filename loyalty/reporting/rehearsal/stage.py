"""Stage: what holds throughout a rehearsal, in reality and in the draft; and a card as it stands in both."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from loyalty import rules
from loyalty.offers import BIRTHDAY_AGAIN, Facts, Given, Promotion
from loyalty.reporting.rehearsal.budgets import Budgets
from loyalty.reporting.rehearsal.draft import Draft, Reward
from loyalty.reporting.rehearsal.told import Holder
from loyalty.reporting.rehearsal.valuing import Tariff, asks
from loyalty.reporting.rehearsal.visits import Visits
from loyalty.rules import POINT
from loyalty.terms import Terms

Move = tuple[int, int]  # stamps, ten-thousandths of a point


@dataclass(frozen=True, kw_only=True)
class Side:
    """What one course goes by beside its purchases; `target` 0 and `cheapest` None: there is nothing to be had so."""

    tariff: Tariff
    terms: Terms
    target: int
    stamps_target: int
    reward_cents: int | None
    point_cents: Decimal
    rewards: Mapping[int, Reward]
    cheapest: int | None

    def liability(self, stamps: int, units: int) -> int:
        """What a card's balances are worth, in cents."""
        return rules.liability_cents(
            stamp_count=max(stamps, 0),
            stamps_target=self.stamps_target,
            stamps_reward_value_cents=self.reward_cents,
            points_balance=max(units // POINT, 0),
            point_value_cents=self.point_cents,
        )

    def value(self, reward_id: int | None, cost: int) -> int:
        """What a reward for so many points is worth in cents."""
        reward = self.rewards.get(reward_id or 0)
        if reward is not None and reward.value_cents is not None:
            return reward.value_cents
        return int(cost * self.point_cents)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Both sides, and what they share. `targets`: the stamps for a reward, and since when (UTC), in order."""

    draft: Draft
    real: Side
    drafted: Side
    targets: Sequence[tuple[datetime, int]]
    promotions: Mapping[int, Promotion]
    zones: Mapping[int, ZoneInfo]
    start: datetime | None
    now: datetime
    budgets: Budgets
    expiry_days: int | None = None  # of the draft, where it changes that

    @cached_property
    def changes_purchases(self) -> bool:
        return bool(self.draft.promotions) or self.real.tariff.terms != self.drafted.tariff.terms

    @cached_property
    def asks_for_visits(self) -> bool:
        return asks(self.draft.promotions, "asks_for_visits")

    @property
    def changes_target(self) -> bool:
        return "stamps_target" in self.draft.changes

    @property
    def changes_expiry(self) -> bool:
        return "points_expiration_days" in self.draft.changes

    def target_at(self, at: datetime) -> int:
        """The stamps for a reward at a moment; the first ones hold since ever."""
        if len(self.targets) == 1:
            return self.targets[0][1]
        return self.targets[max(0, bisect_right(self.targets, at, key=lambda each: each[0]) - 1)][1]

    def takes_a_target(self, at: datetime, stamps: int) -> bool:
        """Whether so many stamps were a reward's at a moment; a till may have read the program just before."""
        around = (at - rules.CLOCK_GRACE, at, at + rules.CLOCK_GRACE)
        return stamps in {self.target_at(moment) for moment in around}


@dataclass(slots=True)
class Waiting:
    """A reward that was handed out, and could not be yet in the draft."""

    line_id: int
    stamps: int
    units: int
    cents: int


@dataclass(slots=True)
class Ready:
    """When a card came to have enough for a reward, in one course."""

    now: bool = False
    since: list[datetime] = field(default_factory=list)

    def note(self, is_ready: bool, at: datetime) -> None:
        if is_ready and not self.now:
            self.since.append(at)
        self.now = is_ready

    def take(self) -> None:
        """One was handed out: if there is enough for another, that is another one."""
        self.now = False


@dataclass(slots=True)
class Card:
    """A card in both courses: nets, when it had enough, and what the draft's promotions gave it."""

    holder: Holder
    stamps: int
    units: int
    drafted_stamps: int
    drafted_units: int
    is_opened: bool = False
    differs: bool = False
    active_at: datetime | None = None
    waiting: list[Waiting] = field(default_factory=list)
    full: Ready = field(default_factory=Ready)
    drafted_full: Ready = field(default_factory=Ready)
    rich: Ready = field(default_factory=Ready)
    drafted_rich: Ready = field(default_factory=Ready)
    given: dict[int, list[tuple[datetime, int]]] = field(default_factory=dict)
    had: Counter[int] = field(default_factory=Counter)  # the same by itself, without those merged into it
    visits: Visits = field(default_factory=Visits)

    @classmethod
    def of(cls, holder: Holder) -> "Card":
        nets = (holder.stamps, holder.units)
        made = cls(holder, *nets, *nets, active_at=holder.active_before)
        made.visits = Visits(holder.visit_days or (), brought=holder.brought)
        return made

    def join(self, source: "Card") -> None:
        """Take over what counts of a card that was merged into this one."""
        self.visits.join(source.visits)
        self.waiting, source.waiting = self.waiting + source.waiting, []
        for number, had in source.given.items():
            self.given.setdefault(number, []).extend(had)

    def facts(self, at: datetime, store_id: int, zone: ZoneInfo, budgets: Budgets) -> Facts:
        """What promotions want to know of the card, and of their budgets, at a moment."""
        today = at.astimezone(zone).date()
        before = self.visits.before(today)
        return Facts(
            store_id=store_id,
            zone=zone,
            birth_date=self.holder.birth_date,
            tags=frozenset(self.holder.tags or ()),
            has_earned=self.visits.has_earned,
            visits=len(before),
            last_visit=max(before, default=None),
            given={number: _given(had, at, zone) for number, had in self.given.items()},
            left=budgets.left(at),
        )


def _given(had: Sequence[tuple[datetime, int]], at: datetime, zone: ZoneInfo) -> Given:
    today = at.astimezone(zone).date()
    return Given(
        today=sum(amount for when, amount in had if when.astimezone(zone).date() == today),
        in_all=sum(amount for _when, amount in had),
        around=sum(amount for when, amount in had if abs(at - when) < BIRTHDAY_AGAIN),
    )
