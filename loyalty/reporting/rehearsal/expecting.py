"""What the rules say that a line of the ledger moves: the honest check of a rehearsal. Pure.

Lines that no rule made - adjustments, imports, what puts expiries right - are carried as they are.
"""

from collections.abc import Mapping
from datetime import datetime

from loyalty.reporting.rehearsal.stage import Card, Move, Stage
from loyalty.reporting.rehearsal.told import Line
from loyalty.reporting.rehearsal.valuing import Kept, as_it_was
from loyalty.rules import POINT

OF_STAMPS = frozenset({"stamp_earned", "stamp_voided", "stamps_returned"})
Merged = Mapping[tuple[datetime, Move], Move]


def expected(
    line: Line, card: Card, kept: Kept | None, undone: Line | None, stage: Stage, merged: Merged
) -> Move | None:
    """By how much a line moves its card, by the rules of its moment; None: it is carried.

    `kept` is its purchase with the line taken notice of, `undone` the line that it undoes, as far as they belong to
    the days that are played. `merged`: what merges took of other cards.
    """
    if kept is not None:
        found = as_it_was(kept, stage.real.tariff)
        if line.kind in OF_STAMPS:
            return found.stamps - kept.real[0], 0
        return 0, found.points - kept.real[1]
    if line.voids_id is not None:
        return None if undone is None else (-undone.stamps, -undone.units)
    match line.kind:
        case "stamp_redeemed" if not stage.takes_a_target(line.at, -line.stamps):
            return -stage.target_at(line.at), 0
        case "stamp_redeemed":
            return line.stamps, 0
        case "points_redeemed" if line.reward_points_cost is not None:
            return 0, -line.reward_points_cost * POINT
        case "points_expired":
            return 0, -max(card.units, 0)
        case "debt_forgiven":
            return let_go(card.stamps, card.units)
        case "merge_out":
            return -card.stamps, -card.units
        case "merge_in":
            return merged.get((line.at, (line.stamps, line.units)), (0, 0))
    return None


def let_go(stamps: int, units: int) -> Move:
    """What is given where what is owed is let go."""
    return max(-stamps, 0), max(-(units // POINT), 0) * POINT
