"""Any order of operations: a machine taps at two tills as it likes, beside a café in plain Python (`pure_model`).

After each step the balances, counters and times of every card, the ledger and the daily limits agree with it.
"""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as any_
from hypothesis.stateful import (
    Bundle,
    initialize,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from loyalty.models import LoyaltyCard
from loyalty.services import (
    cards,
    debts,
    enrollment,
    expiry,
    friend_gifts,
    friends,
    points,
    programs,
    purchases,
    returns,
    stamps,
    voids,
)
from tenancy.models import OutboxMessage
from tests import factories
from tests.loyalty import pure_records
from tests.loyalty.pure_friends import remaining
from tests.loyalty.pure_records import Line, Terms
from tests.loyalty.shopkeeping import REWARDS, Shopkeeping

pytestmark = pytest.mark.django_db

# What is drawn is what a shop does: refusals must stay the exception, or nothing is ever undone or merged.
stores, roles = any_.integers(0, 1), any_.sampled_from(["staff", "manager", "owner"])
offline = any_.none() | any_.sampled_from([0, 14, 15, 60, 700]).map(
    lambda minutes: timedelta(minutes=minutes)
)
prices = any_.sampled_from([50, 100, 139, 1000, 2500, 4000])
people: Bundle = Bundle("people")
lines: Bundle = Bundle("lines")


class TwoTills(Shopkeeping):
    """Everything that may happen."""

    def before_the_end(self) -> None:
        self.friends_are_settled()

    # --- What happens at a till ---------------------------------------------------------------------------

    @initialize(target=people)
    def two_people_come_in(self) -> Any:
        return multiple(self.enroll_person(0, 0), self.enroll_person(1, 1))

    @precondition(lambda self: len(self.cards) < 3)
    @rule(target=people, person=any_.integers(1, 2), store=stores)
    def enroll(self, person: int, store: int) -> int:
        return self.enroll_person(person, store)

    def enroll_person(self, person: int, store: int) -> int:
        email = f"person{person}@example.com"
        done = self.call(
            enrollment.enroll,
            None,
            store=self.stores[store],
            email=email,
            create_if_missing=True,
            actor=factories.actor(),
        )
        assert done.already_enrolled == (done.card.pk in self.cards)
        if not done.already_enrolled:
            self.cards[done.card.pk] = self.cafe.enroll(store, self.now)
        return done.card.pk

    @precondition(lambda self: len(self.cards) < 5)
    @rule(target=people, by=people, store=stores)
    def bring_a_friend(self, by: int, store: int) -> int:
        with time_machine.travel(self.now, tick=False):
            code = friends.code_of(LoyaltyCard.objects.get(pk=by))
        done = self.call(
            enrollment.enroll,
            None,
            store=self.stores[store],
            email=f"friend{len(self.cards)}@example.com",
            self_service=True,
            brought_by=code,
            actor=factories.actor(""),
        )
        self.cards[done.card.pk] = self.cafe.bring(self.cards[by], store, self.now)
        return done.card.pk

    @rule()
    def friends_are_settled(self) -> None:
        """What the outbox was told to look at again, in its order; the model looks at all there is."""
        messages = OutboxMessage.objects.filter(event="loyalty.friend_to_settle", pk__gt=self.told)
        with time_machine.travel(self.now, tick=False):
            for message in messages.order_by("pk"):
                self.told = message.pk
                friend_gifts.settle(gift_id=message.payload["gift_id"])
        self.cafe.settle_friends(self.now)

    @rule(
        target=lines,
        card=people,
        store=stores,
        role=roles,
        count=any_.sampled_from([1, 1, 1, 2, 3]),
        ago=offline,
    )
    def stamp(self, card: int, store: int, role: str, count: int, ago: timedelta | None) -> Any:
        at = self.now if ago is None else self.now - ago
        before = remaining(self.cards[card]).stamps
        expected = self.cafe.stamp(self.cards[card], store, role, count, at, self.now)
        claimed = None if ago is None else at
        more = self.at_till(card, store, role, count=count, occurred_at=claimed)
        done = self.call(stamps.give, expected, **more)
        if done:
            assert done.reward_ready == (before < pure_records.TARGET <= done.card.stamp_count)
        return self.wrote(done, expected)

    @rule(target=lines, card=people, store=stores, role=roles)
    def redeem_stamps(self, card: int, store: int, role: str) -> Any:
        expected = self.cafe.redeem_stamps(self.cards[card], store, self.now)
        return self.wrote(self.call(stamps.redeem, expected, **self.at_till(card, store, role)), expected)

    @rule(
        target=lines,
        card=people,
        store=stores,
        cents=prices,
        receipt=any_.sampled_from(["", "", "", "R-1"]),
        ago=offline,
    )
    def earn(self, card: int, store: int, cents: int, receipt: str, ago: timedelta | None) -> Any:
        return self.buy(points.earn, card, store, cents, receipt, ago, with_a_stamp=False)

    @rule(
        target=lines,
        card=people,
        store=stores,
        cents=prices,
        receipt=any_.sampled_from(["", "", "R-1", "r - 1", "R\u20111"]),
        ago=offline,
    )
    def buy_something(self, card: int, store: int, cents: int, receipt: str, ago: timedelta | None) -> Any:
        return self.buy(purchases.record, card, store, cents, receipt, ago, with_a_stamp=True)

    def buy(
        self,
        service: Any,
        card: int,
        store: int,
        cents: int,
        receipt: str,
        ago: timedelta | None,
        *,
        with_a_stamp: bool,
    ) -> Any:
        at = self.now if ago is None else self.now - ago
        key = "R-1" if receipt else ""
        expected = self.cafe.buy(self.cards[card], store, cents, key, at, self.now, with_a_stamp=with_a_stamp)
        more = {"purchase_amount_cents": cents, "order_reference": receipt}
        more["occurred_at"] = None if ago is None else at
        done = self.call(service, expected, **self.at_till(card, store, "staff", **more))
        return self.wrote(done, expected)

    @rule(
        target=lines,
        line=lines,
        elsewhere=any_.sampled_from([False, False, False, True]),
        role=roles,
        cents=any_.sampled_from([None, None, 1, 60, 950, 5000]),
    )
    def bring_back(self, line: tuple[int, Line], elsewhere: bool, role: str, cents: int | None) -> Any:
        purchase = line[1].purchase
        if purchase is None:
            return multiple()
        store = 1 - purchase.store if elsewhere else purchase.store
        expected = self.cafe.bring_back(purchase, store, role, cents, self.now)
        done = self.call(
            returns.give_back,
            expected,
            store=self.stores[store],
            purchase_id=purchase.pk,
            actor=factories.actor(role),
            amount_cents=cents,
            reason="too small",
        )
        if done:
            assert done.shortfall == pure_records.owed_by(expected)
            assert done.purchase.is_open == purchase.is_open()
        return self.wrote(done, expected)

    @rule(target=lines, card=people, role=roles)
    def forgive(self, card: int, role: str) -> Any:
        expected = self.cafe.forgive(self.cards[card], 0, role, self.now)
        more = self.at_till(card, 0, role, reason="a regular")
        return self.wrote(self.call(debts.forgive, expected, **more), expected)

    @rule(target=lines, card=people, store=stores, reward=any_.integers(0, 1))
    def redeem_points(self, card: int, store: int, reward: int) -> Any:
        expected = self.cafe.redeem_points(self.cards[card], store, REWARDS[reward], self.now)
        more = self.at_till(card, store, "staff", reward_id=self.rewards[reward].pk)
        return self.wrote(self.call(points.redeem, expected, **more), expected)

    @rule(
        target=lines,
        card=people,
        store=stores,
        role=roles,
        delta=any_.sampled_from([-60, -5, 5, 60]),
    )
    def adjust(self, card: int, store: int, role: str, delta: int) -> Any:
        expected = self.cafe.adjust(self.cards[card], store, role, delta, self.now)
        more = self.at_till(card, store, role, points_delta=delta, reason="put right")
        return self.wrote(self.call(points.adjust, expected, **more), expected)

    @rule(target=lines, line=lines, elsewhere=any_.sampled_from([False, False, False, True]), role=roles)
    def void(self, line: tuple[int, Line], elsewhere: bool, role: str) -> Any:
        line_id, noted = line
        store = 1 - noted.store if elsewhere else noted.store
        expected = self.cafe.void(noted, store, role, self.now)
        done = self.call(
            voids.void,
            expected,
            store=self.stores[store],
            transaction_id=line_id,
            actor=factories.actor(role),
            reason="undone",
        )
        if done:
            assert done.shortfall == pure_records.owed_by(expected)
        return self.wrote(done, expected)

    # --- What happens to cards, and to time ---------------------------------------------------------------

    @rule(card=people, active=any_.sampled_from([True, True, False]))
    def switch(self, card: int, active: bool) -> None:
        expected = self.cafe.switch(self.cards[card], active, self.now)
        service = cards.reactivate if active else cards.deactivate
        self.call(service, expected, **self.at_till(card, 0, "manager"))

    @rule(card=people, into=people, store=stores)
    def merge(self, card: int, into: int, store: int) -> None:
        expected = self.cafe.merge(self.cards[card], self.cards[into], store, self.now)
        more = self.at_till(card, store, "manager", into_card_id=into, reason="one person")
        self.call(cards.merge, expected, **more)

    @rule(
        rate=any_.sampled_from(["2.5", "0.33", "10"]),
        minimum=any_.sampled_from([100, 100, 1500]),
        keeps_remainders=any_.booleans(),
        has_stamps=any_.sampled_from([True, True, False]),
    )
    def change_terms(self, rate: str, minimum: int, keeps_remainders: bool, has_stamps: bool) -> None:
        self.cafe.terms.append(Terms(self.now, Fraction(rate), minimum, keeps_remainders, has_stamps))
        self.call(
            programs.change,
            None,
            program_id=self.shop.program.pk,
            actor=factories.actor("manager"),
            confirm=True,
            points_per_euro=Decimal(rate),
            minimum_purchase_cents=minimum,
            carry_remainders=keeps_remainders,
            loyalty_type="hybrid" if has_stamps else "points",
        )

    @rule(minutes=any_.sampled_from([1, 5, 14, 15, 60, 600, 1440]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(days=any_.sampled_from([1, 7, 16, 30]))
    def points_expire(self, days: int) -> None:
        self.now += timedelta(days=days)
        gone = self.cafe.expire(list(self.cards.values()), self.now)
        assert expiry.expire(now=self.now).points_expired == gone


def test_services_and_model_agree_whatever_the_order() -> None:
    run_state_machine_as_test(
        TwoTills,
        settings=settings(
            max_examples=20,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
