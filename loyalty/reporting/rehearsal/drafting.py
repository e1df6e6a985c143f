"""What a line would have been in the draft: what it gives, when a reward would have been handed out. Pure.

Customers do what they did, when they did it. A reward that could not be had yet is handed out as soon as it can be.
"""

from datetime import date, datetime

from loyalty.earning import Breakdown, Part, worth
from loyalty.offers import STAMPS, Bought, Offer, is_on, offers
from loyalty.reporting.rehearsal.expecting import let_go
from loyalty.reporting.rehearsal.figures import Outcome
from loyalty.reporting.rehearsal.stage import Card, Move, Stage, Waiting
from loyalty.reporting.rehearsal.told import Line, Receipt
from loyalty.reporting.rehearsal.valuing import Kept, as_drafted, items_of
from loyalty.rules import POINT

EARNED = frozenset({"stamp_earned", "points_earned"})
REDEEMED = frozenset({"stamp_redeemed", "points_redeemed"})
STILL: Move = (0, 0)


class Drafting:
    """The draft's side of a family's play; `moved` is what each of its lines would have moved."""

    def __init__(self, stage: Stage, outcome: Outcome) -> None:
        self.stage, self.outcome = stage, outcome
        self.moved: dict[int, Move] = {}
        self.stamped: dict[int, tuple[Part, ...]] = {}  # what promotions gave of stamps without a receipt
        self.carried: dict[tuple[datetime, Move], tuple[Move, Card]] = {}

    def drafted(self, line: Line, card: Card, kept: Kept | None, undone: Line | None) -> Move:
        """By how much a line would have moved its card."""
        was = (line.stamps, line.units)
        if kept is not None:
            drafted = self.revalued(kept, card, line.at) if self.stage.changes_purchases else was
        else:
            drafted = self._without_receipt(line, card, undone)
        if self.stage.asks_for_visits:
            self._visit(line, card, kept, undone)
        return drafted

    def _without_receipt(self, line: Line, card: Card, undone: Line | None) -> Move:
        was = (line.stamps, line.units)
        if line.kind in REDEEMED:
            return self._redeemed(line, card)
        if line.voids_id is not None:
            return was if undone is None else self._undone(line, undone, card)
        match line.kind:
            case "stamp_earned":
                return self._stamped(line, card)
            case "points_expired":
                return STILL if self.stage.changes_expiry else (0, -max(card.drafted_units, 0))
            case "debt_forgiven":
                return let_go(card.drafted_stamps, card.drafted_units)
            case "merge_out":
                return self._merged_out(line, card)
            case "merge_in":
                return self._merged_in(line, card)
        return was

    def revalued(self, kept: Kept, card: Card, at: datetime) -> Move:
        """By how much a purchase would have moved its card when it was bought, brought back or undone."""
        stage, row = self.stage, kept.row
        if kept.more is None and stage.draft.promotions:
            kept.more = self._offered(row, card)
        had_stamps = stage.real.tariff.has_stamps(row)
        found = as_drafted(kept, stage.drafted.tariff, had_stamps=had_stamps)
        self._note_given(kept, card, found, at)
        before, kept.drafted = kept.drafted, (found.stamps, found.points)
        return kept.drafted[0] - before[0], kept.drafted[1] - before[1]

    def _offered(self, row: Receipt, card: Card) -> tuple[Offer, ...]:
        """The promotions of the draft that hold for a purchase; most of the time none is on."""
        zone = self.stage.zones[row.store_id]
        on = [each for each in self.stage.draft.promotions if is_on(each, row.at, row.store_id, zone)]
        if not on:
            return ()
        bought = Bought(row.amount_cents, self.stage.drafted.tariff.digits, 0, items_of(row))
        return offers(bought, card.facts(row.at, row.store_id, zone, self.stage.budgets), on, row.at)

    def _note_given(self, kept: Kept, card: Card, found: Breakdown, at: datetime) -> None:
        """Count what the draft's promotions give, against their bounds and budgets."""
        if not kept.more:
            return
        parts = {part.promotion_id: part.points or part.stamps for part in found.parts}
        for offer in kept.more:
            number = offer.promotion.id
            before, after = kept.parts.get(number, 0), parts.get(number, 0)
            if before != after:
                times = (after > 0) - (before > 0)
                self._note(number, card, after - before, of=kept.row.at, at=at, times=times)
                kept.parts[number] = after

    def _note(
        self, number: int, card: Card, given: int, *, of: datetime, at: datetime, times: int | None = None
    ) -> None:
        """Count what a promotion gives, or below 0 takes back `at` a moment, `of` a purchase of then."""
        told = self.outcome.promotions[number]
        told.given += given
        told.times += (1 if given > 0 else -1) if times is None else times
        card.given.setdefault(number, []).append((of, given))
        card.had[number] += given
        self.stage.budgets.note(number, at, given)

    def _visit(self, line: Line, card: Card, kept: Kept | None, undone: Line | None) -> None:
        """Note what a line makes of the days on which its card was here; those of a purchase while any of it stands."""
        if kept is not None:
            stands = kept.living > 0 and kept.cents > 0
            if stands != kept.is_visit:
                kept.is_visit = stands
                card.visits.note(self._day(kept.row.at, kept.row.store_id), 1 if stands else -1)
            return
        of, change = (line, 1) if undone is None else (undone, -1)
        if of.kind in EARNED and of.purchase_id is None and of.store_id is not None:
            card.visits.note(self._day(of.happened_at or of.at, of.store_id), change)
        elif of.kind == "opening_balance":
            card.visits.brought += change

    def _day(self, at: datetime, store_id: int) -> date:
        return at.astimezone(self.stage.zones[store_id]).date()

    def _stamped(self, line: Line, card: Card) -> Move:
        """A stamp without a receipt, of which a promotion may make more."""
        stage, given = self.stage, line.stamps - line.promised_stamps
        if not stage.drafted.terms.has_stamps:
            return STILL
        wanted = [each for each in stage.draft.promotions if each.effect == STAMPS]
        zone = stage.zones.get(line.store_id or 0)
        if not wanted or zone is None:
            return line.stamps, line.units
        bought = Bought(None, stage.drafted.tariff.digits, given)
        facts = card.facts(line.at, line.store_id or 0, zone, stage.budgets)
        found = worth(bought, offers(bought, facts, wanted, line.at), stage.drafted.terms)
        self.stamped[line.id] = found.parts
        for part in found.parts:
            self._note(part.promotion_id, card, part.stamps, of=line.at, at=line.at)
        return line.stamps + found.stamps - given, line.units

    def _redeemed(self, line: Line, card: Card) -> Move:
        """A reward: handed out when it was, or as soon as there is enough for it; never, where it is gone."""
        real, drafted, changes = self.stage.real, self.stage.drafted, self.stage.draft.changes
        course = self.outcome.real
        course.rewards += 1
        if line.kind == "stamp_redeemed":
            course.rewards_cents += real.reward_cents or 0
            stamps = drafted.stamps_target if "stamps_target" in changes else -line.stamps
            asked = Waiting(line.id, stamps, 0, drafted.reward_cents or 0) if drafted.target else None
        else:
            cost = line.reward_points_cost or 0
            course.rewards_cents += real.value(line.reward_id, cost)
            asked = self._asked_for_points(line, cost)
        if asked is not None:
            card.waiting.append(asked)
        return STILL  # until it is handed out, which may be at once

    def _merged_out(self, line: Line, card: Card) -> Move:
        moved = (-card.drafted_stamps, -card.drafted_units)
        self.carried[line.at, (-line.stamps, -line.units)] = (moved, card)
        return moved

    def _merged_in(self, line: Line, card: Card) -> Move:
        carried = self.carried.pop((line.at, (line.stamps, line.units)), None)
        if carried is None:
            return line.stamps, line.units
        moved, source = carried
        card.join(source)
        return -moved[0], -moved[1]

    def _asked_for_points(self, line: Line, cost: int) -> Waiting | None:
        drafted = self.stage.drafted
        if not drafted.terms.has_points:
            return None
        if self.stage.draft.rewards is not None:
            reward = drafted.rewards.get(line.reward_id or 0)
            if reward is None:
                return None
            if self.stage.real.rewards.get(line.reward_id or 0) != reward:
                cost = reward.cost
        return Waiting(line.id, 0, cost * POINT, drafted.value(line.reward_id, cost))

    def hand_out(self, card: Card, at: datetime) -> None:
        """Hand out what is waited for at a moment, the oldest first, as far as there is enough."""
        course = self.outcome.drafted
        while card.waiting:
            first = card.waiting[0]
            if card.drafted_stamps < first.stamps or card.drafted_units // POINT * POINT < first.units:
                return
            card.waiting.pop(0)
            card.drafted_stamps -= first.stamps
            card.drafted_units -= first.units
            self.moved[first.line_id] = (-first.stamps, -first.units)
            course.rewards, course.rewards_cents = course.rewards + 1, course.rewards_cents + first.cents
            (card.drafted_full if first.stamps else card.drafted_rich).take()
            self.note_ready(card, at)

    def note_ready(self, card: Card, at: datetime) -> None:
        real, drafted = self.stage.real, self.stage.drafted
        if real.target:
            card.full.note(card.stamps >= self.stage.target_at(at), at)
        if drafted.target:
            target = drafted.target if self.stage.changes_target else self.stage.target_at(at)
            card.drafted_full.note(card.drafted_stamps >= target, at)
        if real.cheapest is not None:
            card.rich.note(card.units >= real.cheapest * POINT, at)
        if drafted.cheapest is not None:
            card.drafted_rich.note(card.drafted_units >= drafted.cheapest * POINT, at)

    def _undone(self, line: Line, undone: Line, card: Card) -> Move:
        """The opposite of what the draft made of a line; a reward that is still waited for is waited for no more."""
        if undone.kind in REDEEMED:
            self._take_back_reward(undone, card)
        for part in self.stamped.pop(undone.id, ()):
            self._note(part.promotion_id, card, -part.stamps, of=undone.at, at=line.at)
        stamps, units = self.moved.get(undone.id, STILL)
        return -stamps, -units

    def _take_back_reward(self, undone: Line, card: Card) -> None:
        stage, outcome = self.stage, self.outcome
        real = stage.real.reward_cents or 0
        drafted = stage.drafted.reward_cents or 0
        if undone.kind == "points_redeemed":
            cost = undone.reward_points_cost or 0
            real = stage.real.value(undone.reward_id, cost)
            asked = self._asked_for_points(undone, cost)
            drafted = asked.cents if asked else 0
        outcome.real.rewards -= 1
        outcome.real.rewards_cents -= real
        was_handed_out = self.moved.get(undone.id, STILL) != STILL
        card.waiting = [each for each in card.waiting if each.line_id != undone.id]
        if was_handed_out:
            outcome.drafted.rewards -= 1
            outcome.drafted.rewards_cents -= drafted
