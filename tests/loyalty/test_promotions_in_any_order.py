"""Whatever promotions there are, and whatever is bought, returned and undone, everything that is kept has given what it
would have given had only it been bought at that moment: to the ten-thousandth of a point, and within every bound.

The shop is held against a model that knows nothing of the program's own functions.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as any_

from loyalty.models import LoyaltyTransaction, Promotion, PromotionUse, PurchaseReturn
from loyalty.reporting import fairness, verification
from loyalty.services import purchases, returns, voids
from tenancy import scope
from tests import factories
from tests.loyalty.books import assert_the_rules_give_the_ledger

pytestmark = pytest.mark.django_db
OWNER = factories.actor("owner")
START = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)
CARDS = 2


@any_.composite
def rules(draw: any_.DrawFn) -> list[dict[str, Any]]:
    """Some promotions, as their fields; `alone` names earlier ones by their number."""
    made: list[dict[str, Any]] = []
    for number in range(draw(any_.integers(1, 4))):
        effect = draw(any_.sampled_from(["factor", "factor", "points", "stamps"]))
        gives: dict[str, Any] = {"effect": effect}
        if effect == "factor":
            gives["factor"] = draw(any_.sampled_from([Decimal("1.25"), Decimal(2), Decimal("3.33")]))
        else:
            gives["amount"] = draw(any_.integers(1, 3 if effect == "stamps" else 40))
        audience = draw(any_.sampled_from(["everybody", "everybody", "first_purchase", "every_nth_visit"]))
        gives |= {"audience": audience} | ({"every": 2} if audience == "every_nth_visit" else {})
        gives["least_cents"] = draw(any_.sampled_from([0, 0, 700, 2000]))
        bound = any_.none() | any_.integers(1, 60)
        gives |= {name: draw(bound) for name in ("card_day_limit", "card_limit", "budget")}
        alone = draw(any_.sets(any_.integers(0, number - 1), max_size=2)) if number else set()
        made.append(gives | {"alone": alone})
    return made


STEPS = any_.one_of(
    any_.tuples(
        any_.just("buy"), any_.sampled_from([99, 333, 700, 1999, 2000, 4001]), any_.integers(0, CARDS - 1)
    ),
    any_.tuples(any_.just("return"), any_.integers(0, 5), any_.sampled_from([1, 300, 1300, 99_999])),
    any_.tuples(any_.just("undo a return"), any_.integers(0, 5), any_.just(0)),
    any_.tuples(any_.just("undo"), any_.integers(0, 5), any_.just(0)),
    any_.tuples(any_.just("go on"), any_.sampled_from([1, 20]), any_.just(0)),
)


@dataclass
class Bought:
    """A purchase of the model: what was offered for it, and what of it is kept."""

    card: int
    cents: int
    at: datetime
    offered: list[tuple[int, Fraction | None]]
    row: Any = None
    lines: list[LoyaltyTransaction] = field(default_factory=list)
    back: list[PurchaseReturn] = field(default_factory=list)
    is_undone: bool = False

    @property
    def kept(self) -> int:
        return 0 if self.is_undone else self.cents - sum(part.amount_cents for part in self.back)


class Model:
    """A shop in numbers: one point a euro, a stamp a purchase; days end at midnight in Luxembourg."""

    def __init__(self, said: list[dict[str, Any]], keeps_remainders: bool) -> None:
        self.said, self.keeps = said, keeps_remainders
        self.bought: list[Bought] = []

    def parts(self, one: Bought) -> dict[int, Fraction]:
        """What each promotion gives of what is kept, by trying every set of them."""
        cents = one.kept
        values = {number: self._part(number, cents, room) for number, room in one.offered}
        values = {number: value for number, value in values.items() if value}
        sets = [
            some
            for size in range(len(values) + 1)
            for some in itertools.combinations(sorted(values), size)
            if not any(self._clash(*pair) for pair in itertools.combinations(some, 2))
        ]
        best = max(sets, key=lambda some: (*self._sums(some, values), [-number for number in some]))
        return {number: values[number] for number in best}

    def _sums(self, some: tuple[int, ...], values: dict[int, Fraction]) -> tuple[Fraction, Fraction]:
        stamps = [number for number in some if self.said[number]["effect"] == "stamps"]
        return (
            sum((values[number] for number in some if number not in stamps), Fraction(0)),
            sum((values[number] for number in stamps), Fraction(0)),
        )

    def _clash(self, one: int, other: int) -> bool:
        said = self.said
        factors = said[one]["effect"] == said[other]["effect"] == "factor"
        return factors or one in said[other]["alone"] or other in said[one]["alone"]

    def _part(self, number: int, cents: int, room: Fraction | None) -> Fraction:
        said = self.said[number]
        if not cents or cents < said["least_cents"]:
            return Fraction(0)
        if said["effect"] == "factor":
            value = self._kept(self.plain(cents) * (Fraction(said["factor"]) - 1))
        else:
            value = Fraction(said["amount"])
        value = value if room is None else min(value, room)
        return self._kept(value)

    def plain(self, cents: int) -> Fraction:
        return self._kept(Fraction(cents, 100))

    def _kept(self, value: Fraction) -> Fraction:
        parts = 10_000 if self.keeps else 1
        return Fraction(math.floor(value * parts), parts)

    def offered(self, card: int, at: datetime) -> list[tuple[int, Fraction | None]]:
        """What holds for a card at a moment, and how much of it there is."""
        own = [one for one in self.bought if one.card == card and one.kept]
        days = {self._day(one.at) for one in own} - {self._day(at)}
        found = []
        for number, said in enumerate(self.said):
            fits = {
                "everybody": True,
                "first_purchase": not own,
                "every_nth_visit": (len(days) + 1) % 2 == 0,
            }[said["audience"]]
            today = [one for one in own if self._day(one.at) == self._day(at)]
            room = self._room(said, number, today, own)
            if fits and (room is None or room > 0):
                found.append((number, room))
        return found

    def _room(
        self, said: dict[str, Any], number: int, today: list[Bought], own: list[Bought]
    ) -> Fraction | None:
        had = {"card_day_limit": today, "card_limit": own, "budget": self.bought}
        rooms = [
            said[name] - self.given(number, some) for name, some in had.items() if said[name] is not None
        ]
        return min(rooms, default=None)

    def given(self, number: int, some: list[Bought]) -> Fraction:
        return sum((self.parts(one).get(number, Fraction(0)) for one in some), Fraction(0))

    def _day(self, at: datetime) -> Any:
        return (at + timedelta(hours=2)).date()

    def has(self, card: int) -> tuple[Fraction, Fraction]:
        """The stamps and points of a card."""
        own = [one for one in self.bought if one.card == card and one.kept]
        sums = [self._sums(tuple(parts), parts) for parts in map(self.parts, own)]
        points = sum((points for points, _stamps in sums), Fraction(0))
        stamps = sum((stamps for _points, stamps in sums), Fraction(0))
        return len(own) + stamps, points + sum((self.plain(one.kept) for one in own), Fraction(0))


class Till:
    """The shop itself, driven along."""

    def __init__(self, said: list[dict[str, Any]], keeps_remainders: bool) -> None:
        self.shop = factories.shop(points_per_euro=1, carry_remainders=keeps_remainders, max_daily_stamps=99)
        self.cards = [factories.card(self.shop.store) for _card in range(CARDS)]
        self.rows: list[Promotion] = []
        for number, fields in enumerate(said):
            named = [self.rows[other].pk for other in fields["alone"]]
            own = {name: value for name, value in fields.items() if name != "alone"}
            self.rows.append(
                factories.promotion(self.shop.program, f"Number {number}", not_with=named, **own)
            )
        self.model = Model(said, keeps_remainders)
        self.about = {"store": self.shop.store, "actor": OWNER}

    def do(self, step: str, which: int, how_much: int, now: datetime) -> None:
        if step == "buy":
            made = Bought(how_much, which, now, self.model.offered(how_much, now))
            card_id = self.cards[how_much].pk
            done = purchases.record(card_id=card_id, purchase_amount_cents=which, **self.about)
            made.row, made.lines = done.purchase, done.transactions
            self.model.bought.append(made)
            return
        there = [one for one in self.model.bought if one.kept or (step == "undo a return" and one.back)]
        if there:
            {"return": self.bring_back, "undo a return": self.undo_a_return, "undo": self.undo}[step](
                there[which % len(there)], how_much
            )

    def bring_back(self, one: Bought, cents: int) -> None:
        about = {"purchase_id": one.row.pk, "amount_cents": min(cents, one.kept), "reason": "too small"}
        done = returns.give_back(**self.about, **about)
        line = next(line for line in done.transactions if line.purchase_return is not None)
        one.back.append(line.purchase_return)

    def undo_a_return(self, one: Bought, _how_much: int) -> None:
        if not one.back or one.is_undone:
            return
        lines = LoyaltyTransaction.objects.filter(purchase_return=one.back[-1], voided_by__isnull=True)
        voids.void(transaction_id=lines[0].pk, reason="it stays", **self.about)
        one.back.pop()

    def undo(self, one: Bought, _how_much: int) -> None:
        for line in one.lines:
            voids.void(transaction_id=line.pk, reason="a mistake", **self.about)
        one.is_undone = True

    def agrees(self) -> None:
        for number, card in enumerate(self.cards):
            row = factories.fresh(card)
            net = row.points_balance - row.points_owed + Fraction(row.points_fraction, 10_000)
            assert (row.stamp_count - row.stamps_owed, net) == self.model.has(number)
        for number, row in enumerate(self.rows):
            parts = 1 if row.effect == "stamps" else 10_000
            uses = PromotionUse.objects.filter(promotion=row)
            used = Fraction(sum(use.points + use.stamps for use in uses), parts)
            assert used == self.model.given(number, self.model.bought)


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("days of one shop"):
        yield


@given(said=rules(), steps=any_.lists(STEPS, min_size=2, max_size=14), keeps_remainders=any_.booleans())
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_purchase_has_given_what_its_rest_would_have_given_alone(
    said: list[dict[str, Any]], steps: list[tuple[str, int, int]], keeps_remainders: bool
) -> None:
    with transaction.atomic(), time_machine.travel(START, tick=False) as clock:
        till, now = Till(said, keeps_remainders), START
        for step, which, how_much in steps:
            now += timedelta(minutes=1) if step != "go on" else timedelta(hours=which)
            clock.move_to(now)
            if step != "go on":
                till.do(step, which, how_much, now)
        till.agrees()
        assert [str(each) for each in (*verification.differences(), *fairness.violations())] == []
        assert_the_rules_give_the_ledger()
        transaction.set_rollback(True)
