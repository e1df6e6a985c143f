"""Adjustments: the lines that put right what expired, or was let go, before something was taken back (`hindsight`)."""

from collections.abc import Sequence
from functools import reduce

from loyalty import hindsight, receipts
from loyalty.hindsight import Moved
from loyalty.ledger import Entry
from loyalty.models import TransactionType
from loyalty.services.operation import Operation


def in_hindsight(call: Operation, entries: Sequence[Entry], *, notes: str = "") -> list[Entry]:
    """Lines that take something back, with those that put right what an expiry took, or what was let go, since.

    `entries` are of one purchase, or undo one line, or write it again. What gives comes first, so that nothing is owed
    in between.
    """
    first, told = entries[0], receipts.told(call.card)
    named = first.voids or first.restores
    origin = ("line", named.pk if named else 0)
    if first.purchase:
        origin = ("purchase", first.purchase.pk)
    elif told:
        origin = hindsight.origins(told).get(origin[1], origin)
    moved = reduce(Moved.plus, (Moved(entry.stamps_delta, entry.points_units) for entry in entries))
    found = hindsight.adjustments(told, {origin: moved})
    kinds = {
        TransactionType.EXPIRY_ADJUSTED: found.expiry,
        TransactionType.FORGIVENESS_ADJUSTED: found.forgiveness,
    }
    added = [
        call.entry(kind, stamps_delta=each.stamps, points_units=each.units, notes=notes)
        for kind, each in kinds.items()
        if each != Moved()
    ]
    return sorted([*entries, *added], key=_takes) if added else list(entries)


def _takes(entry: Entry) -> bool:
    return entry.stamps_delta < 0 or entry.points_units < 0
