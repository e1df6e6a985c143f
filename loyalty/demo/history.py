"""Eighteen months of visits: each customer enrols, comes back, earns, redeems and brings back, through the services."""

import heapq
import math
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from groundwork import clock
from groundwork.errors import DomainError
from groundwork.formats.currencies import minor_digits
from loyalty import selectors
from loyalty.demo.people import Person
from loyalty.models import LoyaltyCard, LoyaltyProgram, Purchase, StaffPin
from loyalty.services import enrollment, points, purchases, returns, staff_tokens, stamps
from tenancy.actor import Actor
from tenancy.models import Store, User

OPENING, CLOSING = 7, 18  # hours, UTC
RETURNED = 0.03  # of the purchases, half of them in part


class Visits:
    """The comings and goings of one merchant's customers."""

    def __init__(
        self, program: LoyaltyProgram, stores: list[Store], clerk: User, dice: random.Random
    ) -> None:
        self.program, self.stores, self.clerk, self.dice = program, stores, clerk, dice
        self.pins = {store.pk: list(StaffPin.objects.filter(store=store)) for store in stores}
        self.second_thoughts = random.Random(program.merchant.slug)
        self.to_bring_back: list[tuple[datetime, int]] = []

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
            self._bring_back(until=moment)
            person = customers[number]
            if number not in cards:
                cards[number] = self._enroll(person, homes[number], moment)
            self._visit(cards[number], self._shop_of_the_day(homes[number], cards[number]), moment)
            pause = timedelta(days=max(0.6, self.dice.gauss(person.pause_days, person.pause_days / 3)))
            end = now - timedelta(days=person.gone_for_days)
            if moment + pause < end:
                heapq.heappush(agenda, (self._opening_hours(moment + pause, end), number))
        self._bring_back(until=now)
        self._leave_one_owing(cards, now)

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
                    bought = self._buy(max(cents, self.program.minimum_purchase_cents), at_till)
                    self._maybe_spend(bought.card, at_till)
                    self._maybe_regret(bought, moment)
            except DomainError:
                return  # too soon after the last visit, as it happens in a shop

    def _maybe_spend(self, card: LoyaltyCard, at_till: dict[str, Any]) -> None:
        affordable = [r for r in selectors.rewards_of(self.program) if r.points_cost <= card.points_balance]
        if affordable and self.dice.random() < 0.35:
            points.redeem(reward_id=affordable[-1].pk, **at_till)

    def _buy(self, cents: int, at_till: dict[str, Any]) -> Purchase:
        """A purchase for points; its stamp was given, or not, before."""
        receipt = f"{at_till['store'].pk:02}-{Purchase.objects.count() + 1:05}"
        done = purchases.record(purchase_amount_cents=cents, order_reference=receipt, stamps=0, **at_till)
        assert done.purchase is not None
        done.purchase.card = done.card
        return done.purchase

    def _maybe_regret(self, bought: Purchase, moment: datetime) -> None:
        if self.second_thoughts.random() < RETURNED:
            later = moment + timedelta(days=self.second_thoughts.randint(1, 6))
            heapq.heappush(self.to_bring_back, (later, bought.pk))

    def _bring_back(self, *, until: datetime) -> None:
        """Bring back what is due by a moment: half of the purchases wholly, of the others a third."""
        while self.to_bring_back and self.to_bring_back[0][0] <= until:
            moment, purchase_id = heapq.heappop(self.to_bring_back)
            bought = Purchase.objects.select_related("store").get(pk=purchase_id)
            is_whole = self.second_thoughts.random() < 0.5
            self._give_back(bought, bought.amount_cents if is_whole else bought.amount_cents // 3, moment)

    def _give_back(self, bought: Purchase, cents: int, moment: datetime) -> None:
        with clock.at(moment):
            returns.give_back(
                store=bought.store,
                purchase_id=bought.pk,
                actor=Actor(user=self.clerk, role="manager"),
                reason="Changed their mind",
                amount_cents=cents,
                asks_for_pin=False,
            )

    def _leave_one_owing(self, cards: dict[int, LoyaltyCard], now: datetime) -> None:
        """Somebody takes the cheapest reward for a purchase, and then brings that back."""
        rewards = selectors.rewards_of(self.program)
        if not rewards:
            return
        cost = min(reward.points_cost for reward in rewards)
        ids = [card.pk for card in cards.values()]
        poor = LoyaltyCard.objects.filter(pk__in=ids, points_balance__lt=cost, points_owed=0)
        card = poor.select_related("enrolled_at_store").order_by("-points_balance", "pk").last()
        if card is None or card.enrolled_at_store is None:
            return
        store = card.enrolled_at_store
        unit = 10 ** minor_digits(store.merchant.currency)
        cents = math.ceil((cost - card.points_balance) * unit / self.program.points_per_euro)
        with clock.at(now):
            at_till: dict[str, Any] = {
                "store": store,
                "card_id": card.pk,
                "actor": self._clerk_at(store, now),
            }
            bought = self._buy(max(cents, self.program.minimum_purchase_cents), at_till)
            points.redeem(reward_id=next(r.pk for r in rewards if r.points_cost == cost), **at_till)
        self._give_back(bought, bought.amount_cents, now)

    def _clerk_at(self, store: Store, moment: datetime) -> Actor:
        token = ""
        if self.pins[store.pk]:
            token, _ = staff_tokens.issue(self.dice.choice(self.pins[store.pk]), device="", now=moment)
        return Actor(user=self.clerk, role="staff", staff_token=token)


def forget_tokens() -> None:
    """Remove the staff tokens that the history needed."""
    staff_tokens.clean(now=datetime.now(UTC) + timedelta(days=2))
