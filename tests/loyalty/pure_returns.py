"""What the café in plain Python does when something is brought back, undone or let go."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from tests.loyalty.pure_friends import remaining
from tests.loyalty.pure_records import UNDOABLE, WINDOW, Card, Line, Purchase, told_again


class TakingBack:
    """The part of the café that takes back; it needs all receipts that were ever written."""

    def __init__(self) -> None:
        self.purchases: list[Purchase] = []

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
        return self.put_right(card, id(purchase), takes)

    def put_right(self, card: Card, cause: int, moves: list[dict[str, Any]]) -> list[Line]:
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
        return self.put_right(line.card, line.cause(), moves)

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
        return self.let_go(card, store, now)

    def let_go(self, card: Card, store: int, now: datetime) -> Line:
        stamps, points = card.stamps_owed, card.points_owed
        card.stamps_voided -= stamps
        card.points_voided -= points
        return card.note("debt_forgiven", stamps=stamps, exact=points, at=now, store=store)


def _out_of_reach(recorded: datetime, at_store: int, store: int, role: str, now: datetime) -> str | None:
    if now - recorded > WINDOW and role == "staff":
        return "void_window_passed"
    return "void_other_store" if store != at_store and role != "owner" else None
