"""Eighteen months of visits: each customer enrols, comes back, earns and redeems, through the very services."""

import heapq
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from groundwork import clock
from groundwork.errors import DomainError
from loyalty import selectors
from loyalty.demo.people import Person
from loyalty.models import LoyaltyCard, LoyaltyProgram, StaffPin
from loyalty.services import enrollment, points, staff_tokens, stamps
from tenancy.actor import Actor
from tenancy.models import Store, User

OPENING, CLOSING = 7, 18  # hours, UTC


class Visits:
    """The comings and goings of one merchant's customers."""

    def __init__(
        self, program: LoyaltyProgram, stores: list[Store], clerk: User, dice: random.Random
    ) -> None:
        self.program, self.stores, self.clerk, self.dice = program, stores, clerk, dice
        self.pins = {store.pk: list(StaffPin.objects.filter(store=store)) for store in stores}

    def run(self, customers: list[Person], now: datetime) -> None:
        """All customers side by side, in the order of time, so that the ledger's ids follow it."""
        cards: dict[int, LoyaltyCard] = {}
        homes = [self.dice.choice(self.stores) for _ in customers]
        agenda = [
            (self._opening_hours(now - timedelta(days=person.joined_days_ago), now), number)
            for number, person in enumerate(customers)
        ]
        heapq.heapify(agenda)
        while agenda:
            moment, number = heapq.heappop(agenda)
            person = customers[number]
            if number not in cards:
                cards[number] = self._enroll(person, homes[number], moment)
            self._visit(cards[number], self._shop_of_the_day(homes[number], cards[number]), moment)
            pause = timedelta(days=max(0.6, self.dice.gauss(person.pause_days, person.pause_days / 3)))
            end = now - timedelta(days=person.gone_for_days)
            if moment + pause < end:
                heapq.heappush(agenda, (self._opening_hours(moment + pause, end), number))

    def _shop_of_the_day(self, home: Store, card: LoyaltyCard) -> Store:
        stays = card.scope_store_id is not None or self.dice.random() < 0.75
        return home if stays else self.dice.choice(self.stores)

    def _opening_hours(self, moment: datetime, latest: datetime) -> datetime:
        within = moment.replace(
            hour=self.dice.randint(OPENING, CLOSING - 1),
            minute=self.dice.randint(0, 59),
            second=0,
            microsecond=0,
        )
        return min(within, latest)

    def _enroll(self, person: Person, store: Store, moment: datetime) -> LoyaltyCard:
        with clock.at(moment):
            return enrollment.enroll(
                store=store,
                actor=Actor.system(),
                email=person.email,
                name=person.name,
                phone=person.phone,
                birth_date=person.birth_date,
                language=person.language,
                marketing_consent=person.consent,
                self_service=True,
            ).card

    def _visit(self, card: LoyaltyCard, store: Store, moment: datetime) -> None:
        with clock.at(moment):
            actor = self._clerk_at(store, moment)
            at_till: dict[str, Any] = {"store": store, "card_id": card.pk, "actor": actor}
            try:
                if self.program.has_stamps:
                    posting = stamps.give(**at_till)
                    if posting.card.stamp_count >= self.program.stamps_target and self.dice.random() < 0.8:
                        stamps.redeem(**at_till)
                if self.program.has_points and self.dice.random() < 0.8:
                    cents = self.dice.choice((290, 450, 680, 1240, 1590, 2300, 3450))
                    posting = points.earn(
                        purchase_amount_cents=max(cents, self.program.minimum_purchase_cents), **at_till
                    )
                    self._maybe_spend(posting.card, at_till)
            except DomainError:
                return  # too soon after the last visit, as it happens in a shop

    def _maybe_spend(self, card: LoyaltyCard, at_till: dict[str, Any]) -> None:
        affordable = [r for r in selectors.rewards_of(self.program) if r.points_cost <= card.points_balance]
        if affordable and self.dice.random() < 0.35:
            points.redeem(reward_id=affordable[-1].pk, **at_till)

    def _clerk_at(self, store: Store, moment: datetime) -> Actor:
        token = ""
        if self.pins[store.pk]:
            token, _ = staff_tokens.issue(self.dice.choice(self.pins[store.pk]), device="", now=moment)
        return Actor(user=self.clerk, role="staff", staff_token=token)


def forget_tokens() -> None:
    """Remove the staff tokens that the history needed."""
    staff_tokens.clean(now=datetime.now(UTC) + timedelta(days=2))
