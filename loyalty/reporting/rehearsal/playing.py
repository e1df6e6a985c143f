"""The play of a family of cards, line by line: held against the rules, beside what it would have been. Pure."""

from datetime import datetime, timedelta

from loyalty import rules
from loyalty.reporting.rehearsal.drafting import EARNED, REDEEMED, STILL, Drafting
from loyalty.reporting.rehearsal.expecting import expected
from loyalty.reporting.rehearsal.figures import Outcome
from loyalty.reporting.rehearsal.stage import Card, Move, Stage
from loyalty.reporting.rehearsal.told import Family, Line, Receipt
from loyalty.reporting.rehearsal.valuing import Kept, offers_of
from loyalty.rules import POINT

GIVEN = EARNED | {"stamps_returned", "points_returned"}


def play(family: Family, stage: Stage, outcome: Outcome) -> None:
    """Play a family, and add to the outcome what became of it."""
    _Play(family, stage, outcome).run()


class _Play(Drafting):
    def __init__(self, family: Family, stage: Stage, outcome: Outcome) -> None:
        super().__init__(stage, outcome)
        self.family = family
        self.cards = {holder.card_id: Card.of(holder) for holder in family.holders}
        self._join_those_merged_before()
        self.kept = {
            row.id: Kept(row, offers_of(row, stage.promotions), cents=row.amount_cents)
            for row in family.receipts
        }
        self.lines: dict[int, Line] = {}
        self.merged: dict[tuple[datetime, Move], Move] = {}
        self.differing = False

    def _join_those_merged_before(self) -> None:
        """Cards that were merged before the days that are played are one with the card that remained since."""
        merged_now = {line.card_id for line in self.family.lines if line.kind == "merge_out"}
        for number, card in self.cards.items():
            remaining = self.cards.get(card.holder.family)
            if remaining is not None and remaining is not card and number not in merged_now:
                remaining.join(card)

    def run(self) -> None:
        """Lines in their order, and between them the purchases that gave nothing, by their time."""
        named = {line.purchase_id for line in self.family.lines}
        silent = sorted((row for row in self.family.receipts if row.id not in named), key=lambda row: row.at)
        silent.reverse()
        for line in self.family.lines:
            while silent and silent[-1].at <= line.at:
                self._silent(silent.pop())
            self._line(line)
        while silent:
            self._silent(silent.pop())
        self._end()

    # --- What happened ---

    def _line(self, line: Line) -> None:
        card = self._opened(line)
        kept = self.kept.get(line.purchase_id or 0)
        undone = self.lines.get(line.voids_id or 0)
        if kept is not None:
            kept.note(line, undone)
        self._check(line, card, kept, undone)
        self._expire(card, line.at)
        drafted = self.drafted(line, card, kept, undone)
        self.lines[line.id], self.moved[line.id] = line, drafted
        card.stamps, card.units = line.stamps_after, line.units_after
        if line.kind in REDEEMED:
            (card.full if line.kind == "stamp_redeemed" else card.rich).take()
        if line.kind == "points_expired":
            self.outcome.real.expired_units -= line.units
            self.outcome.drafted.expired_units -= drafted[1]
        if line.kind in GIVEN or (undone is not None and undone.kind in GIVEN):
            self._give(line.day, line.hour, (line.stamps, line.units), drafted)
        self._move(card, drafted, line.at)
        card.differs = card.differs or self.moved[line.id] != (line.stamps, line.units)
        if line.kind not in rules.NOT_ACTIVITY:
            card.active_at = max(card.active_at or line.at, line.at)

    def _opened(self, line: Line) -> Card:
        """The card of a line, with what it had before its first one."""
        card = self.cards[line.card_id]
        if not card.is_opened:
            card.is_opened = True
            card.stamps = card.drafted_stamps = line.stamps_after - line.stamps
            card.units = card.drafted_units = line.units_after - line.units
            if self.stage.start is None and (card.stamps or card.units):
                self._differs(f"card {line.card_id} does not begin with nothing", card.stamps, card.units)
            self._note_opening(card, self.stage.start or line.at)
        return card

    def _silent(self, row: Receipt) -> None:
        """A purchase that gave nothing: below the minimum, or without points and stamp."""
        kept, card = self.kept[row.id], self.cards[row.card_id]
        drafted = self.revalued(kept, card, row.at)
        self._give(row.day, row.hour, STILL, drafted)
        self._move(card, drafted, row.at)
        card.differs = card.differs or drafted != STILL

    # --- The check ---

    def _check(self, line: Line, card: Card, kept: Kept | None, undone: Line | None) -> None:
        check, was = self.outcome.check, (line.stamps, line.units)
        check.lines += 1
        should = expected(line, card, kept, undone, self.stage, self.merged)
        if should is None:
            check.carried += 1
            should = was
        if should != was:
            words = f"line {line.id} of card {line.card_id} ({line.kind}) moves {_said(*was)}, not {_said(*should)}"
            self._differs(words, was[0] - should[0], was[1] - should[1])
        if (card.stamps + line.stamps, card.units + line.units) != (line.stamps_after, line.units_after):
            self._differs(f"line {line.id} of card {line.card_id} does not follow from the one before")
        if line.kind == "merge_out":
            brought = (-line.stamps, -line.units)
            self.merged[line.at, brought] = brought
        if kept is not None:
            kept.real = (kept.real[0] + line.stamps, kept.real[1] + line.units)

    def _differs(self, words: str, stamps: int = 0, units: int = 0) -> None:
        self.outcome.check.differs(words, stamps=stamps, units=units)
        if not self.differing:
            self.differing = True
            self.outcome.check.differing_cards += 1

    # --- Both ---

    def _give(self, day: int, hour: int, real: Move, drafted: Move) -> None:
        """Count what a line gave, and would have given."""
        outcome = self.outcome
        outcome.real.stamps += real[0]
        outcome.real.units += real[1]
        outcome.drafted.stamps += drafted[0]
        outcome.drafted.units += drafted[1]
        outcome.by_day.add(min(day, outcome.days - 1), real, drafted)
        outcome.by_hour.add(hour, real, drafted)

    def _move(self, card: Card, drafted: Move, at: datetime) -> None:
        card.drafted_stamps += drafted[0]
        card.drafted_units += drafted[1]
        self.note_ready(card, at)
        if card.waiting:
            self.hand_out(card, at)

    def _note_opening(self, card: Card, at: datetime) -> None:
        """Whoever has enough at the beginning in both courses waits for nothing; in one of them, it counts."""
        self.note_ready(card, at)
        for one, other in ((card.full, card.drafted_full), (card.rich, card.drafted_rich)):
            if one.now and other.now:
                one.since, other.since = [], []

    def _expire(self, card: Card, at: datetime) -> None:
        """Take the points of a card to which nothing has happened for as long as the draft says."""
        days = self.stage.expiry_days
        if days is None or card.active_at is None or card.drafted_units < POINT:
            return
        moment = card.active_at + timedelta(days=days)
        is_within = self.stage.start is None or moment >= self.stage.start
        if is_within and moment + rules.OFFLINE_LIMIT <= at:
            self.outcome.drafted.expired_units += card.drafted_units
            card.drafted_units, card.differs = 0, True
            self.note_ready(card, moment)

    def _end(self) -> None:
        for kept in self.kept.values():
            self._must_have_earned(kept)
            self._sum_up(kept)
        any_lines = bool(self.family.lines)
        for card in self.cards.values():
            if not card.is_opened and (any_lines or card.stamps or card.units):
                self._note_opening(card, self.stage.start or self.stage.now)
            self._finish(card)
        self.outcome.purchases += len(self.family.receipts)

    def _sum_up(self, kept: Kept) -> None:
        """What was sold, as far as it was kept; and what of it with promotions of the draft."""
        if kept.is_undone:
            return
        self.outcome.bought_cents += kept.cents
        for number, given in kept.parts.items():
            if given:
                self.outcome.promotions[number].bought_cents += kept.cents

    def _must_have_earned(self, kept: Kept) -> None:
        """A purchase that was worth points has a line that gave them."""
        if kept.has_points or kept.lost_points:
            return
        whole = Kept(kept.row, kept.offers, cents=kept.row.amount_cents)
        units = self.stage.real.tariff.worth(whole, 0, kept.offers).points
        if units:
            self._differs(f"purchase {kept.row.id} earned nothing, not {_said(0, units)}", 0, units)

    def _finish(self, card: Card) -> None:
        """What is on a card at the end, and whether its rewards would have come at another time."""
        holder, outcome = card.holder, self.outcome
        self._expire(card, self.stage.now)
        outcome.check.cards += 1
        if (card.stamps, card.units) != (holder.stamps, holder.units):
            self._differs(f"card {holder.card_id} has {_said(holder.stamps, holder.units)}")
        is_otherwise = False
        for real, drafted in ((card.full, card.drafted_full), (card.rich, card.drafted_rich)):
            if not is_otherwise and (real.since or drafted.since):
                is_otherwise = outcome.sooner.compare(real.since, drafted.since)
        outcome.cards += card.is_opened
        for number, had in card.had.items():
            outcome.promotions[number].cards += had > 0
        outcome.reached += card.differs or is_otherwise
        if holder.is_living:
            outcome.real.liability_cents += self.stage.real.liability(card.stamps, card.units)
            outcome.drafted.liability_cents += self.stage.drafted.liability(
                card.drafted_stamps, card.drafted_units
            )


def _said(stamps: int, units: int) -> str:
    return f"{stamps} stamps and {units / POINT:g} points"
