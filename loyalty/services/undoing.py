"""Undoing many lines of the ledger as one batch, each by the service that undoes one; and taking that back as another.

    batch = undoing.begin(lines=..., actor=actor)        # what was chosen is written down
    undoing.foresee(batch=batch, actor=actor)            # what would happen, line by line; nothing of it stays
    undoing.confirm(batch=batch, reason="Till was tried")
    undoing.carry_out(batch=batch, actor=actor)          # each line once, however often it is interrupted
    undoing.begin_reverse(batch=batch, actor=actor)      # another batch, of the lines that undo

A line that cannot be undone keeps nobody from undoing the others, and is named with the reason. Lines are taken from
the newest to the oldest of each card: what was spent comes back before that is taken with which it was paid. A card is
held for one line, so that no till waits for a batch.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from groundwork import clock
from groundwork.errors import DomainError
from loyalty import ledger, promoted
from loyalty.errors import NotVoidable
from loyalty.models import LoyaltyCard, LoyaltyTransaction, Purchase, UndoBatch, UndoneLine, UndoState
from loyalty.models.transaction import newly_owed, settled
from loyalty.services import operation, restoring, voids
from loyalty.services.voids import Voiding
from loyalty.undo_errors import NotForeseen, NothingToUndo, SeveralMerchants, TooManyToUndo
from tenancy.actor import Actor
from tenancy.roles import MANAGERS, granted, visible_to

MOST_AT_ONCE = 50_000
CHUNK = 1_000
WHY_LENGTH = UndoneLine._meta.get_field("why").max_length or 0
Counted = Callable[[int], None]


@dataclass(frozen=True)
class Figures:
    """What the lines of a batch come to: by how much all cards together change, and what is owed more since."""

    lines: int = 0
    done: int = 0
    refused: int = 0
    stamps: int = 0
    points: int = 0
    stamps_owed: int = 0
    points_owed: int = 0
    cards: int = 0
    customers: int = 0


# --- Choosing ---------------------------------------------------------------------------------------------


@transaction.atomic
def begin(
    *, lines: QuerySet[LoyaltyTransaction], actor: Actor, reverses: UndoBatch | None = None
) -> UndoBatch:
    """Write down which lines are to be undone; what the same person chose before and did not confirm is forgotten.

    Raises NothingToUndo, TooManyToUndo or SeveralMerchants.
    """
    lines = lines.order_by("pk")
    merchants = list(lines.order_by().values_list("merchant_id", flat=True).distinct()[:2])
    if not merchants:
        raise NothingToUndo()
    if len(merchants) > 1:
        raise SeveralMerchants()
    if lines.order_by()[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE:
        text = _("At most %(count)d transactions can be undone at once. Narrow the list down.")
        raise TooManyToUndo(text % {"count": MOST_AT_ONCE})
    _forget_unconfirmed(actor)
    batch = UndoBatch.objects.create(merchant_id=merchants[0], user=actor.user, reverses=reverses)
    rows = (
        UndoneLine(merchant_id=batch.merchant_id, batch=batch, line_id=pk, card_id=card_id)
        for pk, card_id in lines.values_list("pk", "card_id").iterator(CHUNK)
    )
    while some := list(islice(rows, CHUNK)):
        UndoneLine.objects.bulk_create(some)
    return batch


def begin_reverse(*, batch: UndoBatch, actor: Actor) -> UndoBatch:
    """Choose the lines by which a batch undid, to take them back. Raises NothingToUndo."""
    done = UndoneLine.objects.filter(batch=batch, state=UndoState.DONE)
    made = {"voids__in": done.values("line")} if batch.reverses_id is None else {}
    lines = LoyaltyTransaction.objects.filter(merchant_id=batch.merchant_id, **made)
    if batch.reverses_id is not None:  # what was written again is undone like any line
        return begin(lines=lines.filter(restores__in=done.values("line")), actor=actor)
    return begin(lines=lines.filter(restored_by__isnull=True), actor=actor, reverses=batch)


def _forget_unconfirmed(actor: Actor) -> None:
    given_up = UndoBatch.objects.filter(user=actor.user, confirmed_at=None)
    UndoneLine.objects.filter(batch__in=given_up.values("pk")).delete()
    given_up.delete()


# --- Foreseeing -------------------------------------------------------------------------------------------


def foresee(*, batch: UndoBatch, actor: Actor, counted: Counted = lambda count: None) -> None:
    """Note what undoing each line would do now; the ledger stays as it is."""
    rows = UndoneLine.objects.filter(batch=batch)
    for card_id in list(rows.order_by("card_id").values_list("card_id", flat=True).distinct()):
        some = list(rows.filter(card=card_id).order_by("-line_id"))
        with transaction.atomic():
            _foresee_card(batch, some, actor)
            transaction.set_rollback(True)
        UndoneLine.objects.bulk_update(some, _OUTCOME)
        counted(len(some))
    UndoBatch.objects.filter(pk=batch.pk, confirmed_at=None).update(
        foreseen=asdict(figures_of(batch)), foreseen_at=clock.now(), updated_at=clock.now()
    )


_OUTCOME = ("state", "why", "stamps", "points", "stamps_owed", "points_owed")


def _foresee_card(batch: UndoBatch, rows: Sequence[UndoneLine], actor: Actor) -> None:
    undone: set[int] = set()
    lines = _lines(rows, actor)
    _hold(lines.values())
    for row in rows:
        _note(row, UndoState.WAITING)
        if row.line_id in undone:
            continue  # it goes along with one before
        try:
            done = _undo(batch, row, lines.get(row.line_id), actor, reason="-")
        except DomainError as refusal:
            _note(row, UndoState.REFUSED, why=str(refusal))
        else:
            undone |= _named_by(done)
            _note(row, UndoState.WAITING, done)


def _hold(lines: Iterable[LoyaltyTransaction]) -> None:
    """Many lines of a card in one transaction: the budgets of them all are locked before the first is undone."""
    some = list(lines)
    ledger.lock(LoyaltyCard.all_objects.filter(pk__in={line.card_id for line in some}))
    bought = Purchase.objects.filter(pk__in={line.purchase_id for line in some if line.purchase_id})
    promoted.hold_budgets_of(bought, some)


# --- Doing ------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(*, batch: UndoBatch, reason: str) -> None:
    """Decide that a batch is done as it was foreseen. Raises NotForeseen, or Invalid for no reason.

    Once it is confirmed this says nothing new: a worker that was lost is followed by one that goes on.
    """
    locked = UndoBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.foreseen_at is None:
        raise NotForeseen()
    if locked.confirmed_at is None:
        locked.reason = operation.require_reason(reason)
        locked.confirmed_at = clock.now()
        locked.save(update_fields=["reason", "confirmed_at", "updated_at"])


def carry_out(*, batch: UndoBatch, actor: Actor, counted: Counted = lambda count: None) -> Figures:
    """Undo the lines of a confirmed batch that are still to be done, each in a transaction of its own."""
    actor.require_manager()
    pending = UndoneLine.objects.filter(batch=batch, state=UndoState.WAITING).order_by("card_id", "-line_id")
    counted(UndoneLine.objects.filter(batch=batch).exclude(state=UndoState.WAITING).count())
    while some := list(pending[:CHUNK]):
        lines = _lines(some, actor)
        for row in some:
            _carry_out_one(batch, row.pk, lines.get(row.line_id), actor)
            counted(1)
    figures = figures_of(batch)
    UndoBatch.objects.filter(pk=batch.pk, finished_at=None).update(
        figures=asdict(figures), finished_at=clock.now(), updated_at=clock.now()
    )
    return figures


@transaction.atomic
def _carry_out_one(batch: UndoBatch, row_id: int, line: LoyaltyTransaction | None, actor: Actor) -> None:
    row = UndoneLine.objects.select_for_update(of=("self",)).get(pk=row_id)
    if row.state != UndoState.WAITING:
        return  # done by a worker before, or along with another line
    try:
        with transaction.atomic():
            done = _undo(batch, row, line, actor, reason=batch.reason or "-")
    except DomainError as refusal:
        _note(row, UndoState.REFUSED, why=str(refusal))
    else:
        _note(row, UndoState.DONE, done)
        _note_those_along(batch, row, done)
    row.save()


def _note_those_along(batch: UndoBatch, row: UndoneLine, done: Voiding) -> None:
    """Lines that were undone along with this one: what they move is counted with it."""
    along = UndoneLine.objects.filter(batch=batch, line__in=_named_by(done), state=UndoState.WAITING)
    along.exclude(pk=row.pk).update(
        state=UndoState.DONE, first=row.first, last=row.last, stamps=0, points=0, stamps_owed=0, points_owed=0
    )


# --- One line ---------------------------------------------------------------------------------------------


def _lines(rows: Iterable[UndoneLine], actor: Actor) -> Mapping[int, LoyaltyTransaction]:
    """Those of some lines that whoever asks may undo."""
    among = LoyaltyTransaction.objects.filter(pk__in=[row.line_id for row in rows])
    if actor.user is not None:
        among = granted(actor.user, visible_to(actor.user, among), MANAGERS)
    return among.select_related("store", "card__enrolled_at_store").in_bulk()


def _undo(
    batch: UndoBatch, row: UndoneLine, line: LoyaltyTransaction | None, actor: Actor, *, reason: str
) -> Voiding:
    store = (line.store or line.card.enrolled_at_store) if line else None
    if line is None or store is None:
        raise NotVoidable()
    if batch.reverses_id is None:
        return voids.void(store=store, transaction_id=line.pk, actor=actor, reason=reason, asks_for_pin=False)
    written = _written_for(batch.reverses_id, line)
    return restoring.restore(store=store, undoing_id=line.pk, written=written, actor=actor, reason=reason)


def _written_for(batch_id: int, undoing: LoyaltyTransaction) -> list[int]:
    """The lines that a batch wrote together with one that undoes."""
    row = UndoneLine.objects.filter(batch=batch_id, line=undoing.voids_id, state=UndoState.DONE).first()
    if row is None:
        return []
    lines = LoyaltyTransaction.objects.filter(card=row.card_id, pk__gte=row.first_id, pk__lte=row.last_id)
    return list(lines.values_list("pk", flat=True))


def _named_by(done: Voiding) -> set[int]:
    """The lines that were undone, or whose undoing was taken back."""
    named = (row.voids_id or row.restores_id for row in done.transactions)
    return {line_id for line_id in named if line_id is not None}


def _note(row: UndoneLine, state: str, done: Voiding | None = None, *, why: str = "") -> None:
    row.state, row.why = state, why[:WHY_LENGTH]
    lines = done.transactions if done else []
    row.stamps = sum(line.stamps_delta for line in lines)
    row.points = sum(line.points_delta for line in lines)
    more, less = newly_owed(lines), settled(lines)
    row.stamps_owed, row.points_owed = more.stamps - less.stamps, more.points - less.points
    if state == UndoState.DONE and lines:
        row.first_id, row.last_id = lines[0].pk, lines[-1].pk


# --- What it comes to -------------------------------------------------------------------------------------


def figures_of(batch: UndoBatch) -> Figures:
    """The figures of a batch as its lines are now; one statement. Lines still to be done count as done."""
    rows = UndoneLine.objects.filter(batch=batch).order_by()
    refused = Q(state=UndoState.REFUSED)
    summed = {name: Coalesce(Sum(name), 0) for name in ("stamps", "points", "stamps_owed", "points_owed")}
    found: dict[str, Any] = rows.aggregate(
        lines=Count("pk"),
        refused=Count("pk", filter=refused),
        cards=Count("card", distinct=True, filter=~refused),
        customers=Count("card__customer", distinct=True, filter=~refused),
        **{f"sum_{name}": each for name, each in summed.items()},
    )
    sums = {name: int(found[f"sum_{name}"]) for name in summed}
    counts = {name: found[name] for name in ("lines", "refused", "cards", "customers")}
    return Figures(done=counts["lines"] - counts["refused"], **counts, **sums)
