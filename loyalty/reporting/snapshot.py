"""What a program's cards amounted to after a line, so that nobody adds up a million of them, or a busy day.

    snapshot.take(program, until=midnight)       # when a day has closed, in the roll-up's transaction
    snapshot.move_on(program, upto=line_id)      # each minute: it has the lines up to this one as well
    snapshot.of(program, store)                  # as it is now; None: count the cards themselves
    snapshot.recently_active(program, store, now=now)

What a card was is what it is now, less what its lines since then say: only those cards are looked at one by one.
Nothing recorded offline reaches a closed day any more, and no line turns up below the one that a snapshot was moved on
to (`loyalty.reporting.running`): so it stays what it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery

from loyalty.models import CardSnapshot, LoyaltyCard, LoyaltyProgram, LoyaltyTransaction
from loyalty.models import TransactionType as Kind
from loyalty.reporting import cards_then
from loyalty.reporting.cards_then import BATCH, LIVING_CARDS, RECENT_DAYS, Amount, Point, midnight, terms
from tenancy.models import Merchant, Store

# --- Taking it --------------------------------------------------------------------------------------------


def is_taken(program: LoyaltyProgram, *, until: datetime) -> bool:
    """Whether there is a snapshot of that moment on the present terms."""
    row = _row(program, None)
    return row is not None and (row.until, row.terms) == (until, terms(program))


def take(program: LoyaltyProgram, *, until: datetime, safe_id: int) -> None:
    """Count all cards as they were at the end of the closed days, for each store and for all.

    What is not seen yet of the ledger has ids above `safe_id`.
    """
    point = Point(until)
    then = {
        store_id: amount
        for store_id, _now, amount in cards_then.amounts(program, point, LIVING_CARDS, every=True)
    }
    seen = cards_then.seen_since(program, point, LIVING_CARDS)
    first_lines = cards_then.first_lines(program, until, safe_id)
    rows = [
        CardSnapshot(
            merchant_id=program.merchant_id,
            program=program,
            store_id=store_id,
            until=until,
            timezone=program.merchant.timezone,
            terms=terms(program),
            **_columns(_sum(then.values()) if store_id is None else then.get(store_id, Amount())),
            seen_since=seen.get(store_id, {}),
            first_lines=first_lines if store_id is None else {},
        )
        for store_id in {None, *then, *seen}
    ]
    forget(program.merchant)
    CardSnapshot.objects.bulk_create(rows, batch_size=1000)


def move_on(program: LoyaltyProgram, *, upto: int) -> None:
    """Add what the lines up to an id, below which none turns up any more, have made of the cards since."""
    rows = _rows_by_store(program)
    if None not in rows or rows[None].upto >= upto:
        return
    point, whole = Point.of(rows[None]), rows[None]
    moved = {
        store_id: after.plus(before, -1)
        for store_id, after, before in cards_then.amounts(
            program, point, LIVING_CARDS, every=False, moved_to=upto
        )
    }
    moved[None] = _sum(moved.values())
    seen = cards_then.newly_seen(program, point, whole.first_lines, moved_to=upto)
    _add(program, rows, moved, seen, sign=+1)
    CardSnapshot.objects.filter(program=program).update(upto=upto)


def forget(merchant: Merchant) -> None:
    """Remove a merchant's: until the next one is taken, the cards themselves are counted."""
    CardSnapshot.objects.filter(merchant=merchant).delete()


def move(program: LoyaltyProgram, *, batches: Sequence[UUID], sign: int) -> None:
    """Add (+1) the cards of deletion batches to the snapshot, or take them out (-1)."""
    rows = _rows_by_store(program)
    if None not in rows:
        return
    point = Point.of(rows[None])
    of_stores: dict[int | None, Amount] = {None: Amount()}
    which = list(batches)
    for store_id, _now, amount in cards_then.amounts(program, point, BATCH, every=True, batches=which):
        of_stores[None] = of_stores[None].plus(amount)
        if store_id is not None:
            of_stores[store_id] = amount
    _add(program, rows, of_stores, cards_then.seen_since(program, point, BATCH, batches=which), sign=sign)


def _rows_by_store(program: LoyaltyProgram) -> dict[int | None, CardSnapshot]:
    return {row.store_id: row for row in CardSnapshot.objects.filter(program=program)}


def _add(
    program: LoyaltyProgram,
    rows: Mapping[int | None, CardSnapshot],
    amounts: Mapping[int | None, Amount],
    seen: Mapping[int | None, Mapping[str, int]],
    *,
    sign: int,
) -> None:
    """Add amounts and cards seen, by store and by None for all, to the snapshot's rows, or take them out (-1)."""
    whole = rows[None]
    for store_id in amounts.keys() | seen.keys():
        row = rows.get(store_id) or CardSnapshot(
            merchant_id=program.merchant_id,
            program=program,
            store_id=store_id,
            until=whole.until,
            upto=whole.upto,
            timezone=whole.timezone,
            terms=whole.terms,
        )
        for name, value in _columns(amounts.get(store_id, Amount())).items():
            setattr(row, name, getattr(row, name) + sign * value)
        days = seen.get(store_id, {})
        row.seen_since = {
            day: row.seen_since.get(day, 0) + sign * days.get(day, 0)
            for day in row.seen_since.keys() | days.keys()
        }
        row.save()


def _columns(amount: Amount) -> dict[str, int]:
    return {"cards": amount.cards, "active_cards": amount.active, "liability_cents": amount.liability}


def _sum(amounts: Iterable[Amount]) -> Amount:
    total = Amount()
    for amount in amounts:
        total = total.plus(amount)
    return total


# --- Reading it -------------------------------------------------------------------------------------------


def of(program: LoyaltyProgram, store: Store | None = None) -> Amount | None:
    """The cards as they are now, of a store those enrolled there; None where there is no snapshot to begin from."""
    whole, row = _row(program, None), _row(program, store)
    if whole is None or whole.terms != terms(program):
        return None
    amount = Amount(row.cards, row.active_cards, row.liability_cents) if row else Amount()
    for store_id, now, then in cards_then.amounts(program, Point.of(whole), LIVING_CARDS, every=False):
        if store is None or store_id == store.pk:
            amount = amount.plus(now).plus(then, -1)
    return amount


def recently_active(program: LoyaltyProgram, store: Store | None = None, *, now: datetime) -> int:
    """How many cards had a transaction other than an expiry, at a store or at any, today or in the 29 days before."""
    merchant = program.merchant
    first = now.astimezone(merchant.tzinfo).date() - timedelta(days=RECENT_DAYS - 1)
    start, whole, row = midnight(first, merchant), _row(program, None), _row(program, store)
    lines = LoyaltyTransaction.objects.filter(~Q(transaction_type=Kind.POINTS_EXPIRED), merchant=merchant)
    if store is not None:
        lines = lines.filter(store=store)
    cards = LoyaltyCard.objects.filter(program=program)
    if whole is None or start >= whole.until:
        return cards.filter(pk__in=lines.filter(transaction_at__gte=start).values("card_id")).count()
    counted = row.seen_since.get(first.isoformat(), 0) if row else 0
    since = Q(transaction_at__gte=whole.until, pk__gt=whole.upto)
    from_line = whole.first_lines.get(first.isoformat(), 0)
    # The newest first: whoever comes every day is found with one look.
    earlier = lines.filter(~since, card=OuterRef("pk"), pk__gte=from_line, transaction_at__gte=start)
    newly = cards.filter(pk__in=lines.filter(since).values("card_id"))
    newly = newly.alias(earlier=Subquery(earlier.order_by("-id").values("pk")[:1])).filter(earlier=None)
    return counted + newly.count()


def _row(program: LoyaltyProgram, store: Store | None) -> CardSnapshot | None:
    """What counts the days of the merchant's present time zone."""
    rows = CardSnapshot.objects.filter(program=program, timezone=program.merchant.timezone)
    return (rows.filter(store=store) if store else rows.filter(store__isnull=True)).first()
