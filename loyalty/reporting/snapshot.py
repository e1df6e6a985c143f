"""What a program's cards amounted to when the last closed day ended, so that nobody adds up a million of them.

    snapshot.take(program, until=midnight)       # the nightly roll-up, in its transaction
    snapshot.of(program, store)                  # moved on to now; None: count the cards themselves
    snapshot.recently_active(program, store, now=now)

What a card was at that moment is what it is now, less what its lines since then say: only those cards are looked at
one by one. Nothing recorded offline reaches a closed day any more, so the moment stays what it was.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Min, OuterRef, Q, Subquery

from loyalty.models import CardSnapshot, LoyaltyCard, LoyaltyProgram, LoyaltyTransaction
from loyalty.models import TransactionType as Kind
from tenancy.models import Merchant, Store

RECENT_DAYS = 30  # today and the 29 before
LIVING_CARDS = "card.program_id = %(program)s AND card.deleted_at IS NULL"
BATCH = "card.program_id = %(program)s AND card.deletion_batch = %(batch)s"


@dataclass(frozen=True)
class Amount:
    """Cards, how many of them are active, and what their stamps and points are worth (cents)."""

    cards: int = 0
    active: int = 0
    liability: int = 0

    def plus(self, other: "Amount", times: int = 1) -> "Amount":
        return Amount(*[a + times * b for a, b in zip(astuple(self), astuple(other), strict=True)])


def midnight(day: date, merchant: Merchant) -> datetime:
    """When a local day of a merchant begins."""
    return datetime.combine(day, time.min, tzinfo=merchant.tzinfo)


def terms(program: LoyaltyProgram) -> str:
    """What a program's liability hangs on besides the cards; a snapshot taken on other terms says nothing."""
    return f"{program.stamps_reward_value_cents or 0}/{program.stamps_target} {point_value(program)}"


def point_value(program: LoyaltyProgram) -> int:
    """What a point is worth, in ten-thousandths of a cent."""
    # It has four decimals at most: in whole ten-thousandths the division is exact.
    return int(program.point_value_cents * 10_000)


# --- Taking it --------------------------------------------------------------------------------------------


def is_taken(program: LoyaltyProgram, *, until: datetime) -> bool:
    """Whether there is a snapshot of that moment on the present terms."""
    row = _row(program, None)
    return row is not None and (row.until, row.terms) == (until, terms(program))


def take(program: LoyaltyProgram, *, until: datetime) -> None:
    """Count all cards as they were at the end of the closed days, for each store and for all."""
    then = {store_id: amount for store_id, _now, amount in _amounts(program, until, LIVING_CARDS, every=True)}
    seen, first_lines = _seen_since(program, until, LIVING_CARDS), _first_lines(program, until)
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


def forget(merchant: Merchant) -> None:
    """Remove a merchant's: until the next one is taken, the cards themselves are counted."""
    CardSnapshot.objects.filter(merchant=merchant).delete()


def move(program: LoyaltyProgram, *, batch: UUID, sign: int) -> None:
    """Add (+1) the cards of a deletion batch to the snapshot, or take them out (-1)."""
    rows = {row.store_id: row for row in CardSnapshot.objects.filter(program=program)}
    if None not in rows:
        return
    until = rows[None].until
    amounts: dict[int | None, Amount] = {None: Amount()}
    which = LoyaltyCard._meta.get_field("deletion_batch").get_db_prep_value(batch, connection)
    for store_id, _now, amount in _amounts(program, until, BATCH, every=True, batch=which):
        amounts[None] = amounts[None].plus(amount)
        if store_id is not None:
            amounts[store_id] = amount
    seen = _seen_since(program, until, BATCH, batch=which)
    for store_id in amounts.keys() | seen.keys():
        row = rows.get(store_id) or CardSnapshot(
            merchant_id=program.merchant_id,
            program=program,
            store_id=store_id,
            until=until,
            timezone=rows[None].timezone,
            terms=rows[None].terms,
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
    for store_id, now, then in _amounts(program, whole.until, LIVING_CARDS, every=False):
        if store is None or store_id == store.pk:
            amount = amount.plus(now).plus(then, -1)
    return amount


def recently_active(program: LoyaltyProgram, store: Store | None = None, *, now: datetime) -> int:
    """How many cards had a transaction other than an expiry, at a store or at any, today or in the 29 days before."""
    merchant = program.merchant
    first = now.astimezone(merchant.tzinfo).date() - timedelta(days=RECENT_DAYS - 1)
    start, whole, row = midnight(first, merchant), _row(program, None), _row(program, store)
    until = max(start, whole.until) if whole else start
    counted = row.seen_since.get(first.isoformat(), 0) if row and start < until else 0
    lines = LoyaltyTransaction.objects.filter(~Q(transaction_type=Kind.POINTS_EXPIRED), merchant=merchant)
    if store is not None:
        lines = lines.filter(store=store)
    since = lines.filter(transaction_at__gte=until).values("card_id")
    from_line = whole.first_lines.get(first.isoformat(), 0) if whole else 0
    # The newest first: whoever comes every day is found with one look.
    earlier = lines.filter(
        card=OuterRef("pk"), pk__gte=from_line, transaction_at__gte=start, transaction_at__lt=until
    ).order_by("-id")
    cards = LoyaltyCard.objects.filter(program=program, pk__in=since)
    return (
        counted + cards.alias(earlier=Subquery(earlier.values("pk")[:1])).filter(earlier__isnull=True).count()
    )


def _row(program: LoyaltyProgram, store: Store | None) -> CardSnapshot | None:
    """What counts the days of the merchant's present time zone."""
    rows = CardSnapshot.objects.filter(program=program, timezone=program.merchant.timezone)
    return (rows.filter(store=store) if store else rows.filter(store__isnull=True)).first()


# --- The statements ---------------------------------------------------------------------------------------

SWITCHING = (
    f"('{Kind.CARD_CREATED}', '{Kind.CARD_REACTIVATED}', '{Kind.CARD_DEACTIVATED}', '{Kind.MERGE_OUT}')"
)


def _liability(stamps: str, points: str) -> str:
    """Whole cents of one card: `/` of whole numbers rounds down."""
    return (
        f"(CAST({stamps} AS bigint) * %(reward)s / %(target)s + CAST({points} AS bigint) * %(value)s / 10000)"
    )


# What is owed is no balance: before its lines since, a card had what its net was then, or nothing.
STAMPS_THEN = "GREATEST(card.stamp_count - card.stamps_owed - COALESCE(since.stamps, 0), 0)"
POINTS_THEN = "GREATEST(card.points_balance - card.points_owed - COALESCE(since.points, 0), 0)"

# A card was active if the last line that switches it says so; a line that switches off may find it switched off.
AMOUNTS = f"""
SELECT store_id, COUNT(*), SUM(active_now), SUM(liability_now),
    SUM(was_there), SUM(was_there * active_then), SUM(was_there * liability_then)
FROM (
    SELECT card.enrolled_at_store_id AS store_id,
        CASE WHEN card.is_active THEN 1 ELSE 0 END AS active_now,
        {_liability("card.stamp_count", "card.points_balance")} AS liability_now,
        1 - COALESCE(since.is_new, 0) AS was_there,
        CASE WHEN since.is_switched = 1 THEN COALESCE((
            SELECT CASE WHEN line.transaction_type IN ('{Kind.CARD_DEACTIVATED}', '{Kind.MERGE_OUT}') THEN 0 ELSE 1 END
            FROM loyalty_loyaltytransaction line
            WHERE line.card_id = card.id AND line.transaction_at < %(until)s AND line.transaction_type IN {SWITCHING}
            ORDER BY line.id DESC LIMIT 1
        ), 1) WHEN card.is_active THEN 1 ELSE 0 END AS active_then,
        {_liability(STAMPS_THEN, POINTS_THEN)}
            AS liability_then
    FROM loyalty_loyaltycard card {{join}} (
        SELECT card_id, SUM(stamps_delta) AS stamps, SUM(points_delta) AS points,
            MAX(CASE WHEN transaction_type = '{Kind.CARD_CREATED}' THEN 1 ELSE 0 END) AS is_new,
            MAX(CASE WHEN transaction_type IN {SWITCHING} THEN 1 ELSE 0 END) AS is_switched
        FROM loyalty_loyaltytransaction WHERE merchant_id = %(merchant)s AND transaction_at >= %(until)s
        GROUP BY card_id
    ) since ON since.card_id = card.id
    WHERE card.merchant_id = %(merchant)s AND {{where}}
) figures GROUP BY store_id"""

SEEN = """
SELECT {store}, {days} FROM (
    SELECT {line_store} line.card_id, MAX(line.transaction_at) AS seen
    FROM loyalty_loyaltytransaction line JOIN loyalty_loyaltycard card ON card.id = line.card_id
    WHERE line.merchant_id = %(merchant)s AND line.transaction_at >= %(day_0)s AND line.transaction_at < %(until)s
        AND line.transaction_type <> 'points_expired' AND {where}
    GROUP BY {line_store} line.card_id
) cards {group}"""


def _amounts(
    program: LoyaltyProgram, until: datetime, where: str, *, every: bool, **more: Any
) -> list[tuple[int | None, Amount, Amount]]:
    """(store of enrolment, amount now, amount then) of `every` card, or of those with a line since."""
    values = {
        "until": until,
        "reward": program.stamps_reward_value_cents or 0,
        "target": program.stamps_target,
        "value": point_value(program),
        **more,
    }
    rows = _rows(program, AMOUNTS.format(join="LEFT JOIN" if every else "JOIN", where=where), values)
    return [(row[0], Amount(*map(int, row[1:4])), Amount(*map(int, row[4:]))) for row in rows]


def _seen_since(
    program: LoyaltyProgram, until: datetime, where: str, **more: Any
) -> dict[int | None, dict[str, int]]:
    """By store, and by None for all: how many cards have a line of a day or of a later closed one."""
    days = _closed_days(program, until)
    values: dict[str, Any] = {f"day_{number}": start for number, start in enumerate(days.values())}
    counts = ", ".join(f"SUM(CASE WHEN seen >= %({name})s THEN 1 ELSE 0 END)" for name in values)
    values |= {"until": until, **more}
    whole = SEEN.format(store="NULL", line_store="", days=counts, where=where, group="")
    stores = SEEN.format(
        store="store_id", line_store="line.store_id,", days=counts, where=where, group="GROUP BY store_id"
    )
    rows = _rows(program, whole, values)
    rows += [row for row in _rows(program, stores, values) if row[0] is not None]
    return {row[0]: {day: int(n or 0) for day, n in zip(days, row[1:], strict=True)} for row in rows}


def _first_lines(program: LoyaltyProgram, until: datetime) -> dict[str, int]:
    days = _closed_days(program, until)
    closed = LoyaltyTransaction.objects.filter(
        merchant=program.merchant_id, transaction_at__gte=min(days.values()), transaction_at__lt=until
    )
    ids = {day: Min("pk", filter=Q(transaction_at__gte=start)) for day, start in days.items()}
    return {day: line_id for day, line_id in closed.aggregate(**ids).items() if line_id is not None}


def _closed_days(program: LoyaltyProgram, until: datetime) -> dict[str, datetime]:
    """The closed days that "the last 30 days" may begin with, and when each began."""
    last = until.astimezone(program.merchant.tzinfo).date()
    days = [last - timedelta(days=number) for number in range(RECENT_DAYS - 1, 0, -1)]
    return {day.isoformat(): midnight(day, program.merchant) for day in days}


def _rows(program: LoyaltyProgram, sql: str, values: dict[str, Any]) -> list[tuple]:
    values = values | {"merchant": program.merchant_id, "program": program.pk}
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(sql, {name: adapt(v) if isinstance(v, datetime) else v for name, v in values.items()})
        return cursor.fetchall()
