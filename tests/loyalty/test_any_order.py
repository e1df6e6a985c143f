"""Whatever the order of purchases, returns, rewards and corrections, a card ends where it would be had only what was
kept been bought, to the ten-thousandth of a point: also where points expired, or a debt was let go, meanwhile.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as any_

from groundwork import clock
from loyalty import ledger
from loyalty.errors import NotEnoughPoints
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.reporting import fairness, verification
from loyalty.services import debts, points, purchases, returns, voids
from tenancy import scope
from tests import factories
from tests.factories import Shop
from tests.loyalty.books import assert_the_rules_give_the_ledger

pytestmark = pytest.mark.django_db
STAFF, OWNER = factories.actor("staff"), factories.actor("owner")
MINIMUM_CENTS, COST = 500, 40
EXPIRY, LETTING_GO = -1, -2
# Here points expire when it is their turn in the plan, and not when it is time.
OF_TIME = ("points_expire_when_it_is_time", "an_expiry_had_its_warning")


@dataclass(frozen=True)
class Plan:
    """What somebody buys, how much of it comes back, by mistake or not, and whether all of it is undone at the end."""

    cents: int
    stamps: int
    comes_back: int
    by_mistake: int
    is_mistaken_first: bool
    takes_reward: bool
    gives_it_back: bool
    is_undone: bool

    def steps(self) -> list[str]:
        steps = ["buy"]
        steps += ["take a reward"] * self.takes_reward
        back, mistake = (
            ["bring back"] * bool(self.comes_back),
            ["bring back by mistake"] * bool(self.by_mistake),
        )
        steps += [*mistake, *back] if self.is_mistaken_first else [*back, *mistake]
        steps += ["undo that"] * bool(self.by_mistake)
        steps += ["give the reward back"] * (self.takes_reward and self.gives_it_back)
        return steps + ["undo the purchase"] * self.is_undone

    def kept_cents(self) -> int:
        return 0 if self.is_undone else self.cents - self.comes_back


@any_.composite
def plans(draw: any_.DrawFn) -> Plan:
    cents = draw(any_.sampled_from([333, 499, 500, 999, 1250, 4001]))
    comes_back = draw(any_.integers(0, cents))
    left = cents - comes_back
    by_mistake = draw(any_.just(left) | any_.integers(0, left))
    booleans = [draw(any_.booleans()) for _one in range(4)]
    return Plan(cents, draw(any_.sampled_from([0, 1, 2])), comes_back, by_mistake, *booleans)


@any_.composite
def days(draw: any_.DrawFn) -> tuple[list[Plan], list[int]]:
    """Some plans, and an order in which their steps happen: whose turn it is, step by step; nobody's is time's."""
    some = draw(any_.lists(plans(), min_size=1, max_size=4))
    turns = [number for number, plan in enumerate(some) for _step in plan.steps()]
    return some, draw(any_.permutations(turns + draw(any_.lists(any_.sampled_from([EXPIRY, LETTING_GO])))))


class Visit:
    """One plan as it is carried out."""

    def __init__(self, shop: Shop, card: LoyaltyCard, plan: Plan) -> None:
        self.at = {"store": shop.store, "actor": OWNER}
        self.reward_id = shop.program.rewards.get().pk
        self.card_id, self.plan, self.steps = card.pk, plan, plan.steps()
        self.bought: list[LoyaltyTransaction] = []
        self.purchase_id = 0
        self.mistake: LoyaltyTransaction | None = None
        self.reward: LoyaltyTransaction | None = None

    def go_on(self) -> str:
        """Do the next step, and name it. A reward for which there are too few points is not taken."""
        step = self.steps.pop(0)
        if step == "buy":
            about = {"purchase_amount_cents": self.plan.cents, "stamps": self.plan.stamps}
            done = purchases.record(card_id=self.card_id, **self.at, **about)
            assert done.purchase is not None
            self.purchase_id, self.bought = done.purchase.pk, done.transactions
        elif step == "take a reward":
            self.reward = self._take_reward()
        elif step == "bring back":
            self._bring_back(self.plan.comes_back)
        elif step == "bring back by mistake":
            self.mistake = self._bring_back(self.plan.by_mistake)
        elif step == "undo that":
            self._undo(self.mistake)
        elif step == "give the reward back":
            self._undo(self.reward)
            self.reward = None
        else:
            for line in self.bought:
                self._undo(line)
        return step

    def _take_reward(self) -> LoyaltyTransaction | None:
        try:
            with transaction.atomic():
                return points.redeem(card_id=self.card_id, reward_id=self.reward_id, **self.at).transaction
        except NotEnoughPoints:
            return None

    def _bring_back(self, cents: int) -> LoyaltyTransaction:
        about = {"purchase_id": self.purchase_id, "amount_cents": cents, "reason": "too small"}
        written = returns.give_back(**self.at, **about).transactions
        return next(line for line in written if line.purchase_return_id)

    def _undo(self, line: LoyaltyTransaction | None) -> None:
        if line is not None:
            voids.void(transaction_id=line.pk, reason="a mistake", **self.at)


def passes(card: LoyaltyCard, what: int) -> tuple[int, Fraction]:
    """Let a card's points expire, or what it owes be let go; the stamps and points that this gave."""
    row = factories.fresh(card)
    if what == EXPIRY:
        ledger.expire_points([card.pk], note="", now=clock.now())
        there = row.points_balance and row.points_balance + Fraction(row.points_fraction, 10_000)
        return 0, -Fraction(there)
    if debts.owes(row):
        debts.let_go([card.pk], note="", now=clock.now())
    return row.stamps_owed, Fraction(row.points_owed)


def told_again(events: list[tuple[int, Fraction, bool]]) -> tuple[int, Fraction]:
    """The net of moves in their order; a bounded one takes no more than there is, and gives no more than is owed."""
    stamps, net = 0, Fraction(0)
    for of_stamps, of_points, is_bounded in events:
        if not is_bounded:
            moved = of_stamps, of_points
        elif of_points < 0:
            moved = 0, -min(-of_points, max(net, Fraction(0)))
        else:
            moved = min(of_stamps, max(-stamps, 0)), min(of_points, Fraction(max(-math.floor(net), 0)))
        stamps, net = stamps + moved[0], net + moved[1]
    return stamps, net


def worth(cents: int, rate: Decimal, keeps_remainders: bool) -> Fraction:
    """The points of a purchase of so many cents, worked out with fractions."""
    if cents < MINIMUM_CENTS:
        return Fraction(0)
    earned = Fraction(math.floor(Fraction(cents, 100) * Fraction(rate) * 10_000), 10_000)
    return earned if keeps_remainders else Fraction(math.floor(earned))


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("days of one shop"):
        yield


@given(
    day=days(),
    rate=any_.sampled_from([Decimal(1), Decimal("1.5"), Decimal("0.33"), Decimal(10)]),
    keeps_remainders=any_.booleans(),
)
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_a_card_ends_where_it_would_be_had_only_what_was_kept_been_bought(
    day: tuple[list[Plan], list[int]], rate: Decimal, keeps_remainders: bool
) -> None:
    plans, turns = day
    with transaction.atomic():
        shop = factories.shop(
            points_per_euro=rate,
            minimum_purchase_cents=MINIMUM_CENTS,
            carry_remainders=keeps_remainders,
            rewards=[("Biscuit", COST)],
            max_daily_stamps=50,
        )
        card = factories.card(shop.store)
        visits, steps = [Visit(shop, card, plan) for plan in plans], []
        for number in turns:
            steps.append((number, visits[number].go_on() if number >= 0 else passes(card, number)))
        events = []
        for number, step in steps:
            if step == "buy" and (cents := plans[number].kept_cents()):
                events.append((plans[number].stamps, worth(cents, rate, keeps_remainders), False))
            elif step == "take a reward" and visits[number].reward:
                events.append((0, Fraction(-COST), False))
            elif isinstance(step, tuple):
                events.append((*step, True))
        row = factories.fresh(card)
        net = row.points_balance - row.points_owed + Fraction(row.points_fraction, 10_000)
        assert (row.stamp_count - row.stamps_owed, net) == told_again(events)
        assert [str(difference) for difference in verification.differences()] == []
        assert [str(each) for each in fairness.violations() if each.check not in OF_TIME] == []
        assert_the_rules_give_the_ledger()
        transaction.set_rollback(True)
