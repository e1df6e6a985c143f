"""A café in plain Python: what it would write on paper. The state machine holds the services against it.

Nothing here knows the database, the services or `rules`: every figure is worked out again, in the simplest way.
"""

import math
from datetime import datetime

from tests.loyalty.pure_friends import Friend, Friends, remaining
from tests.loyalty.pure_records import (
    BONUS,
    COOLDOWN,
    DAILY,
    GRACE,
    HELD,
    PERIOD,
    TARGET,
    WARNED,
    WARNING,
    WELCOME_FROM,
    ZONE,
    Card,
    Line,
    Purchase,
    Terms,
)
from tests.loyalty.pure_returns import TakingBack


class Cafe(TakingBack):
    """The rules of the house. Each method says why it refuses (a code), or returns the line it wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.terms = [Terms()]
        self.friends = Friends()

    def terms_at(self, at: datetime) -> Terms:
        return [one for one in self.terms if one.since is None or one.since <= at][-1]

    def enroll(self, store: int, now: datetime) -> Card:
        card = Card(points_earned=BONUS, last_activity=now)
        card.note("card_created", at=now, store=store)
        card.note("welcome_bonus", exact=BONUS, at=now, store=store)
        return card

    def bring(self, host: Card, store: int, now: datetime) -> Card:
        """A newcomer opens somebody's invitation; that of a card which is switched off is none."""
        card, host = self.enroll(store, now), remaining(host)
        if host.active:
            self.friends.known.append(Friend(card, host))
        return card

    def settle_friends(self, now: datetime) -> None:
        """Give the hosts what is right by now, or take it back."""
        for host in {
            id(host): host for gift in self.friends.gifts if (host := remaining(gift.friend.host))
        }.values():
            self.friends.settle(host, now, self.put_right)

    def stamp(self, card: Card, store: int, role: str, count: int, at: datetime, now: datetime) -> Line | str:
        if count > 1 and role == "staff":
            return "manager_required"
        if not self.terms_at(at).has_stamps:
            return "program_type_mismatch"
        card = remaining(card) if at is not now else card
        if not card.active:
            return "card_inactive"
        if refusal := self._cannot_stamp(card, count, at):
            return refusal
        return self._give_stamps(card, store, count, at, now)

    def _cannot_stamp(self, card: Card, count: int, at: datetime) -> str | None:
        stamps = card.counted_stamps()
        if any(abs(at - line.at) < COOLDOWN for line in stamps):
            return "stamp_cooldown"
        same_day = [line for line in stamps if _date(line.at) == _date(at)]
        return "daily_stamp_limit" if sum(line.stamps for line in same_day) + count > DAILY else None

    def _give_stamps(
        self,
        card: Card,
        store: int,
        count: int,
        at: datetime,
        now: datetime,
        purchase: Purchase | None = None,
    ) -> Line:
        card.stamps_earned += count
        card.active_at(at)
        return card.note("stamp_earned", stamps=count, at=at, store=store, recorded=now, purchase=purchase)

    def redeem_stamps(self, card: Card, store: int, now: datetime) -> Line | str:
        if not self.terms[-1].has_stamps:
            return "program_type_mismatch"
        if not card.active:
            return "card_inactive"
        if card.stamps < TARGET:
            return "not_enough_stamps"
        card.stamps_spent += TARGET
        card.rewards += 1
        card.active_at(now)
        return card.note("stamp_redeemed", stamps=-TARGET, at=now, store=store)

    def buy(
        self,
        card: Card,
        store: int,
        cents: int,
        receipt: str,
        at: datetime,
        now: datetime,
        *,
        with_a_stamp: bool,
    ) -> list[Line] | str:
        """A receipt that gives points and, `with_a_stamp`, a stamp; without one it is there for its points alone."""
        card = remaining(card) if at is not now else card
        if not card.active:
            return "card_inactive"
        terms = self.terms_at(at)
        if cents < terms.minimum_cents and not with_a_stamp:
            return "purchase_below_minimum"
        if receipt and any(one.receipt == receipt and one.is_open() for one in self.purchases):
            return "order_reference_used"
        purchase = Purchase(card, store, cents, now, at, terms, receipt)
        purchase.is_of_a_friend = cents >= WELCOME_FROM and self.friends.welcomes(card)
        self.purchases.append(purchase)
        lines = []
        if cents >= terms.minimum_cents:
            card.active_at(at)
            gives = {"exact": purchase.worth(cents), "at": at, "store": store, "recorded": now}
            line = card.note("points_earned", **gives, purchase=purchase)
            card.points_earned += line.points
            lines.append(line)
            self.friends.claim(purchase)
        if with_a_stamp and terms.has_stamps and not self._cannot_stamp(card, 1, at):
            lines.append(self._give_stamps(card, store, 1, at, now, purchase))
        return lines

    def redeem_points(self, card: Card, store: int, cost: int, now: datetime) -> Line | str:
        if not card.active:
            return "card_inactive"
        if card.points < cost:
            return "not_enough_points"
        card.points_spent += cost
        card.active_at(now)
        return card.note("points_redeemed", exact=-cost, at=now, store=store)

    def adjust(self, card: Card, store: int, role: str, delta: int, now: datetime) -> Line | str:
        if role == "staff":
            return "manager_required"
        if not card.active:
            return "card_inactive"
        if delta < 0 and math.floor(card.net_points) + delta < 0:
            return "not_enough_points"
        card.points_earned += max(delta, 0)
        card.points_voided += max(-delta, 0)
        card.active_at(now)
        return card.note("points_adjustment", exact=delta, at=now, store=store)

    # --- What happens to cards, and to time ---------------------------------------------------------------

    def switch(self, card: Card, active: bool, now: datetime) -> str | None:
        if card.active == active:
            return "card_already_active" if active else "card_already_inactive"
        if card.merged:
            return "card_inactive"
        card.active = active
        if active:
            card.not_before = now + GRACE
        return None

    def merge(self, source: Card, target: Card, store: int, now: datetime) -> str | None:
        if source is target or source.merged:
            return "cards_not_mergeable"
        if not target.active:
            return "card_inactive"
        out = source.note(
            "merge_out", stamps=-source.net_stamps, exact=-source.net_points, at=now, store=store
        )
        source.stamps_voided -= out.stamps
        source.points_voided -= out.points
        into = target.note(
            "merge_in", stamps=-out.stamps, exact=-out.exact, at=now, store=store, came_from=out
        )
        target.stamps_earned += max(into.stamps, 0)
        target.stamps_voided += max(-into.stamps, 0)
        target.points_earned += max(into.points, 0)
        target.points_voided += max(-into.points, 0)
        target.active_at(now)
        source.active, source.merged = False, target
        target.inside += [source, *source.inside]
        return None

    def expire(self, cards: list[Card], now: datetime) -> int:
        """Expire and warn; returns how many points went."""
        gone = 0
        for card in cards:
            if not (card.active and card.points):
                continue
            on_time = card.last_activity + PERIOD
            due = max(filter(None, (on_time, card.not_before)))
            was_warned = card.warned is not None and card.warned >= due - WARNING
            taken = now - HELD  # what was recorded offline before has come in
            if due <= taken and (due == on_time or (was_warned and card.warned <= taken - WARNED)):
                gone += card.points
                card.points_voided += card.points
                card.note("points_expired", exact=-card.net_points, at=now, store=-1)
            elif due - WARNING <= now and not was_warned and (due > now or due != on_time):
                card.warned = now
        for card in cards:
            if (card.stamps_owed or card.points_owed) and card.last_activity <= now - HELD - PERIOD:
                self.let_go(card, -1, now)
        return gone


def _date(at: datetime) -> object:
    return at.astimezone(ZONE).date()
