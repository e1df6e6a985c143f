"""A café in plain Python: what it would write on paper. The state machine holds the services against it.

Nothing here knows the database, the services or `rules`: every figure is worked out again, in the simplest way.
"""

import math
from datetime import datetime
from fractions import Fraction
from typing import Any

from tests.loyalty.pure_friends import Friend, Friends, remaining
from tests.loyalty.pure_records import (
    BONUS,
    COOLDOWN,
    DAILY,
    GRACE,
    HELD,
    PERIOD,
    TARGET,
    UNDOABLE,
    WARNED,
    WARNING,
    WELCOME_FROM,
    WINDOW,
    ZONE,
    Card,
    Line,
    Purchase,
    Terms,
    told_again,
)


class Cafe:
    """The rules of the house. Each method says why it refuses (a code), or returns the line it wrote."""

    def __init__(self) -> None:
        self.purchases: list[Purchase] = []
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
            self.friends.settle(host, now, self._put_right)

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

    # --- Taking back --------------------------------------------------------------------------------------

    def bring_back(
        self, purchase: Purchase, store: int, role: str, cents: int | None, now: datetime
    ) -> list[Line] | str:
        card = remaining(purchase.card)
        if not card.active and role == "staff":
            return "card_inactive"
        if refusal := _out_of_reach(purchase.recorded, purchase.store, store, role, now):
            return refusal
        left = purchase.cents - purchase.returned if purchase.is_open() else 0
        amount = left if cents is None else cents
        if not 1 <= amount <= left:
            return "return_exceeds_purchase"
        purchase.returned += amount
        stamps, exact = purchase.change()
        card.active_at(now)
        about = {"at": now, "store": store, "purchase": purchase, "brought_back": amount}
        takes = [{"kind": "points_returned", "exact": exact, **about}]
        takes += [{"kind": "stamps_returned", "stamps": stamps, **about}] if stamps else []
        return self._put_right(card, id(purchase), takes)

    def _put_right(self, card: Card, cause: int, moves: list[dict[str, Any]]) -> list[Line]:
        """Write moves with what they make of expiries, and of what was let go, since; what gives comes first."""
        sums = sum(move.get("stamps", 0) for move in moves), sum(move.get("exact", 0) for move in moves)
        right = told_again(card, cause, *sums)
        where = {"at": moves[0]["at"], "store": moves[0]["store"]}
        more = [
            {"kind": f"{what}_adjusted", "stamps": stamps, "exact": exact, **where}
            for what, (stamps, exact) in right.items()
            if stamps or exact
        ]
        if more:
            moves = sorted(
                [*moves, *more], key=lambda move: move.get("stamps", 0) < 0 or move.get("exact", 0) < 0
            )
        lines = [card.note(**move) for move in moves]
        for line in lines:
            self._count_undone(line)
        return lines

    def void(self, line: Line, store: int, role: str, now: datetime) -> list[Line] | str:
        if refusal := self._cannot_void(line, store, role, now):
            return refusal
        undone = [line]
        if line.brought_back and line.purchase:
            undone = [one for one in line.purchase.lines if one.brought_back and one.at == line.at]
            undone = [one for one in undone if one.brought_back == line.brought_back and not one.undone]
        if line.purchase and not self._may_open(line, undone):
            return "order_reference_used"
        for one in undone:
            one.undone = True
        stamps, exact = line.purchase.change() if line.purchase else (-line.stamps, -line.exact)
        if line.purchase and stamps and not any(one.kind.startswith("stamp") for one in undone):
            took = [one for one in line.purchase.lines if one.kind == "stamps_returned" and not one.undone]
            took[0].undone = True  # another return's, of the last that was left: something is left again
            undone.append(took[0])
        line.card.active_at(now)
        moves = [self._undoing(one, stamps, exact, store, now) for one in undone]
        return self._put_right(line.card, line.cause(), moves)

    def _may_open(self, line: Line, undone: list[Line]) -> bool:
        """Whether a receipt may be open again once its return is undone; notes what is left bought then."""
        purchase = line.purchase
        assert purchase
        was_open = purchase.is_open()
        purchase.returned -= line.brought_back
        others = [one for one in self.purchases if one is not purchase and one.is_open()]
        is_taken = purchase.receipt and any(one.receipt == purchase.receipt for one in others)
        if is_taken and purchase.is_open() and not was_open:
            purchase.returned += line.brought_back
            return False
        return True

    def _undoing(self, line: Line, stamps: int, exact: Fraction, store: int, now: datetime) -> dict[str, Any]:
        is_of_stamps = line.kind.startswith("stamp")
        kind = "stamp_voided" if is_of_stamps else "points_voided"
        moved = {"stamps": stamps} if is_of_stamps else {"exact": exact}
        return {"kind": kind, "at": now, "store": store, "purchase": line.purchase, "undoes": line, **moved}

    def _count_undone(self, line: Line) -> None:
        card, undone = line.card, line.undoes.kind if line.undoes else ""
        if undone == "stamp_redeemed":
            card.stamps_spent -= line.stamps
            card.rewards -= 1
        elif undone == "points_redeemed":
            card.points_spent -= line.points
        else:
            card.stamps_voided -= line.stamps
            card.points_voided -= line.points

    def _cannot_void(self, line: Line, store: int, role: str, now: datetime) -> str | None:
        if not line.card.active and role == "staff":
            return "card_inactive"
        if line.kind not in UNDOABLE or line.card.merged:
            return "not_voidable"
        if line.undone:
            return "already_voided"
        return _out_of_reach(line.recorded or line.at, line.store, store, role, now)

    def forgive(self, card: Card, store: int, role: str, now: datetime) -> Line | str:
        if role == "staff":
            return "manager_required"
        if not (card.stamps_owed or card.points_owed):
            return "nothing_owed"
        return self._let_go(card, store, now)

    def _let_go(self, card: Card, store: int, now: datetime) -> Line:
        stamps, points = card.stamps_owed, card.points_owed
        card.stamps_voided -= stamps
        card.points_voided -= points
        return card.note("debt_forgiven", stamps=stamps, exact=points, at=now, store=store)

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
            was_warned = card.warned is not None and card.warned >= card.last_activity
            taken = now - HELD  # what was recorded offline before has come in
            if due <= taken and (due == on_time or (was_warned and card.warned <= taken - WARNED)):
                gone += card.points
                card.points_voided += card.points
                card.note("points_expired", exact=-card.net_points, at=now, store=-1)
            elif due - WARNING <= now and not was_warned and (due > now or due != on_time):
                card.warned = now
        for card in cards:
            if (card.stamps_owed or card.points_owed) and card.last_activity <= now - HELD - PERIOD:
                self._let_go(card, -1, now)
        return gone


def _out_of_reach(recorded: datetime, at_store: int, store: int, role: str, now: datetime) -> str | None:
    if now - recorded > WINDOW and role == "staff":
        return "void_window_passed"
    return "void_other_store" if store != at_store and role != "owner" else None


def _date(at: datetime) -> object:
    return at.astimezone(ZONE).date()
